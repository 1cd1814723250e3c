import assert from "node:assert/strict";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { cli } from "../support/cli.ts";
import { deployMain, mainOptions } from "../support/main-stack.ts";
import { succeed, type Run } from "../support/stacks.ts";
import { kvVersions, readKv, vaultOk } from "../support/vault.ts";
import { prefix } from "./scene.ts";

const changedPath = `${prefix}/grafana/admin`;
const deletedPath = `${prefix}/minio/root`;
const typedByHand = "typed-by-hand-in-vault";

describe("one value changed by hand in Vault, and another deleted", () => {
  let delivered: Readonly<Record<string, string>>;
  let original: Readonly<Record<string, string>> | undefined;
  let deleted: Readonly<Record<string, string>> | undefined;
  let told: Run;

  before(async () => {
    await deployMain();
    delivered = fingerprints(await applicationSecrets());
    [original, deleted] = await Promise.all([readKv(changedPath), readKv(deletedPath)]);
    const data = { ...original, "admin-password": typedByHand };
    await vaultOk(`secret/data/${changedPath}`, { method: "POST", body: { data } });
    await vaultOk(`secret/metadata/${deletedPath}`, { method: "DELETE" });
    told = await succeed("preview", mainOptions());
  });

  it("are reported by a preview, each with its fix", () => {
    const changed = told.warnings.find((text) => text.includes(changedPath));
    const gone = told.warnings.find((text) => text.includes(deletedPath));
    assert.match(changed ?? "", /^drift: .*\(grafana\/admin\) in store vault was changed outside this program\./);
    assert.match(changed ?? "", /fix: vault kv rollback -mount=secret /);
    assert.match(gone ?? "", /\(minio\/root\) was deleted from store vault outside this program/);
    assert.match(gone ?? "", /fix: pulumi up --refresh/);
    assert.equal(told.warnings.length, 2);
  });

  it("are reported without a value", () => {
    const values = [typedByHand, ...Object.values(original ?? {}), ...Object.values(deleted ?? {})];
    const long = values.filter((value) => value.length > 16);
    assert.ok(long.length >= 3);
    assert.equal(long.filter((value) => told.output.includes(value)).length, 0);
  });

  it("are reported by an up, which overwrites neither", async () => {
    const versions = await kvVersions();
    const { warnings, changes } = await succeed("up", mainOptions());
    assert.deepEqual(warnings, told.warnings);
    assert.deepEqual(changes, {});
    assert.deepEqual(await kvVersions(), versions);
    assert.deepEqual(fingerprints(await applicationSecrets()), delivered);
  });

  it("are restored by the printed commands, and then nothing warns", async () => {
    const changed = told.warnings.find((text) => text.includes(changedPath)) ?? "";
    const [, command = ""] = /fix: vault (kv rollback .*?);/.exec(changed) ?? [];
    const rollback = await cli("vault", command.replace(/<last version written by this program>/, "1").split(" "));
    assert.equal(rollback.code, 0, rollback.output);
    await succeed("up", mainOptions(), { refresh: true });
    const { warnings, changes } = await succeed("up", mainOptions());
    assert.deepEqual([warnings, changes], [[], {}]);
    const [first, second] = await Promise.all([readKv(changedPath), readKv(deletedPath)]);
    assert.ok(sameValues(first, original), "the changed value did not come back");
    assert.ok(sameValues(second, deleted), "the deleted value did not come back");
    assert.deepEqual(fingerprints(await applicationSecrets()), delivered);
  });
});

function sameValues(one: object | undefined, other: object | undefined): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
