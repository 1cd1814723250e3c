import assert from "node:assert/strict";
import { applicationSecrets, readSecret } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { kvVersions, readKv } from "../support/vault.ts";
import { deployGenerated, generator, kubectl, namespace, path, vaultCli } from "./scene.ts";

describe("rotating a secret that the cluster generated", () => {
  before(deployGenerated);

  it("is done by hand, as docs/values.md describes: Vault keeps the old version, and the application gets the new value", async () => {
    const before = (await kvVersions())[path] ?? 0;
    const old = (await readKv(path))?.["password"];
    const uid = (await readSecret(generator, "db"))?.metadata?.uid;
    await kubectl("delete", "secret", "db", `--namespace=${generator}`);
    await kubectl("wait", "--for=create", "secret/db", `--namespace=${generator}`);
    assert.notEqual((await readSecret(generator, "db"))?.metadata?.uid, uid);
    await vaultCli("delete", path);
    await kubectl("annotate", "pushsecret", "db", `--namespace=${generator}`, `pushed-at=${Date.now()}`, "--overwrite");
    await eventually("the value is in Vault", async () => (await readKv(path)) !== undefined);
    assert.equal((await kvVersions())[path], before + 1);
    const now = (await readKv(path))?.["password"];
    assert.notEqual(now, old);
    await kubectl("annotate", "externalsecret", "db", `--namespace=${namespace}`, "read-at=now");
    const valueOf = async () => (await applicationSecrets([namespace])).get(`${namespace}/db`)?.["password"];
    await eventually("the Secret has the new value", async () => (await valueOf()) === now);
    // Back, and forth again.
    await vaultCli("undelete", `-versions=${before}`, path);
    await vaultCli("rollback", `-version=${before}`, path);
    assert.equal((await readKv(path))?.["password"], old);
    await vaultCli("rollback", `-version=${before + 1}`, path);
    assert.equal((await readKv(path))?.["password"], now);
  });
});
