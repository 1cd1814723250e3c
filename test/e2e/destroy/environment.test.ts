import assert from "node:assert/strict";
import { argoCd } from "../../../sandbox/fixtures.ts";
import { cli } from "../support/cli.ts";
import { applicationSecrets, decode, ownNamespaces, readSecret } from "../support/cluster.ts";
import { deployMain, destroyMain } from "../support/main-stack.ts";
import { customResourceKinds, operatorObjects } from "../support/operator.ts";
import { listKv, policyNames, roleNames } from "../support/vault.ts";

describe("destroying the environment", () => {
  let foreignKeys: Readonly<Record<string, string>>;
  let left: readonly string[];

  before(async () => {
    const deployed = await deployMain();
    foreignKeys = deployed.foreignKeys;
    left = deployed.run.outputs?.leftByDestroy.namespaces["local"] ?? [];
    const destroyed = await destroyMain();
    assert.deepEqual(Object.keys(destroyed?.changes ?? {}), ["delete"]);
  });

  it("leaves nothing in Vault: no secret with its versions, no policy, no role", async () => {
    assert.deepEqual(await listKv(), []);
    assert.deepEqual(await policyNames(), []);
    assert.deepEqual(await roleNames(), []);
  });

  it("leaves the namespaces that its outputs named, and no Secret but Argo CD's with the keys that it had", async () => {
    assert.ok(left.includes("external-secrets") && left.length > 1);
    assert.deepEqual(await ownNamespaces(), [argoCd.namespace, ...left].sort());
    assert.deepEqual([...(await applicationSecrets()).keys()], [`${argoCd.namespace}/${argoCd.secret}`]);
    const secret = await readSecret(argoCd.namespace, argoCd.secret);
    const values = secret === undefined ? {} : decode(secret);
    for (const [key, value] of Object.entries(foreignKeys)) assert.ok(values[key] === value, `${key} was changed`);
    assert.equal(secret?.metadata?.finalizers, undefined);
  });

  it("leaves no release, no object of the operator and no cluster-wide right, but the operator's kinds", async () => {
    const { stdout } = await cli("helm", ["list", "--all-namespaces", "--all", "--short"]);
    assert.equal(stdout.trim(), "");
    assert.deepEqual(await operatorObjects("externalsecrets"), []);
    assert.deepEqual(await operatorObjects("secretstores"), []);
    const rights = await cli("kubectl", ["get", "clusterroles,clusterrolebindings", "--output=name"]);
    assert.doesNotMatch(rights.stdout, /external-secrets/);
    assert.ok((await customResourceKinds()).includes("externalsecrets.external-secrets.io"));
  });
});
