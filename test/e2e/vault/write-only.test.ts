import assert from "node:assert/strict";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { secretsPerApplication } from "../support/small-stack.ts";
import { open, succeed, type StackOptions } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { kvVersions, readKv, vaultOk } from "../support/vault.ts";

const application = "write-only";
const small = tenantStack(application, [application]);
const path = (secret: string) => `mlops-platform-${application}/${application}/${secret}`;

interface StateEntry {
  readonly type: string;
  readonly inputs?: unknown;
  readonly outputs?: unknown;
}

/** The state, decrypted: the Automation API exports with `--show-secrets`, and keeps no transcript. */
async function state(): Promise<readonly StateEntry[]> {
  const { deployment } = (await (await open(small)).exportStack()) as { readonly deployment: unknown };
  return (deployment as { readonly resources: readonly StateEntry[] }).resources;
}

describe("a store whose values are write-only", () => {
  let stack: StackOptions = { ...small, facts: { ...small.facts, stores: { vault: { values: "write-only" } } } };
  let values: Readonly<Record<string, Readonly<Record<string, string>>>>;

  before(async () => {
    await deployShared();
    const { warnings } = await succeed("up", stack);
    assert.deepEqual(warnings, []);
    values = Object.fromEntries(await applicationSecrets([application]));
  });
  after(() => succeed("destroy", stack));

  it("gets every value, in one version, and the cluster gets it from there", async () => {
    assert.equal(Object.keys(values).length, secretsPerApplication);
    for (let index = 0; index < secretsPerApplication; index += 1) {
      const name = `secret-${index}`;
      assert.deepEqual({ ...(await readKv(path(name))) }, { ...values[`${application}/${name}`] }, name);
      assert.equal((await kvVersions())[path(name)], 1, name);
    }
  });

  it("leaves no value in the outputs of the state, except the Stash of what is generated", async () => {
    const resources = await state();
    const passwords = Object.values(values).map(({ password = "" }) => password);
    const holding = (part: "inputs" | "outputs") => {
      const types = resources
        .filter((each) => passwords.some((value) => JSON.stringify(each[part] ?? {}).includes(value)))
        .map(({ type }) => type);
      return [...new Set(types)].sort();
    };
    assert.deepEqual(holding("outputs"), ["pulumi:index:Stash"]);
    // pulumi-terraform-bridge#3201: what is sent stays among the inputs, encrypted.
    assert.deepEqual(holding("inputs"), ["pulumi:index:Stash", "vault:kv/secretV2:SecretV2"]);
  });

  it("is not changed by a second up, nor by one that refreshes", async () => {
    for (const refresh of [false, true]) {
      const { changes, warnings } = await succeed("up", stack, { refresh });
      assert.deepEqual([changes, warnings], [{}, []], `refresh: ${refresh}`);
    }
  });

  it("gets a rotated value, without another write or a warning", async () => {
    const before = fingerprints(await applicationSecrets([application]));
    stack = { ...stack, facts: { ...stack.facts, rotations: { [`${application}/secret-0`]: "2026-12-01T00:00:00Z" } } };
    const { warnings } = await succeed("up", stack);
    assert.deepEqual(warnings, []);
    const versions = await kvVersions();
    assert.deepEqual([versions[path("secret-0")], versions[path("secret-1")]], [2, 1]);
    const after = fingerprints(await applicationSecrets([application]));
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    assert.deepEqual([...new Set(changed.map((name) => name.split(" ")[0]))], [`${application}/secret-0`]);
    assert.deepEqual((await succeed("up", stack)).changes, {});
  });

  it("reports a value that was changed by hand, and does not overwrite it", async () => {
    const theirs = { ...values[`${application}/secret-1`], password: "changed-by-hand" };
    await vaultOk(`secret/data/${path("secret-1")}`, { method: "POST", body: { data: theirs } });
    const { warnings } = await succeed("up", stack);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? "",
      /drift: ".*secret-1" \(write-only\/secret-1\) in store vault was changed outside this program/,
    );
    assert.equal((await readKv(path("secret-1")))?.["password"], "changed-by-hand");
  });
});
