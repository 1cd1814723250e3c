import assert from "node:assert/strict";
import { literal, password, provided } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { forget } from "../support/mishaps/forget.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { kvVersions } from "../support/vault.ts";

const namespace = "renamed";
const path = `mlops-platform-${namespace}/${namespace}/db`;
const tenant = tenantStack(namespace, [namespace]);
/** One secret of this name, always at the same path in Vault. */
const stackOf = (name: string, facts: StackOptions["facts"] = {}): StackOptions => {
  const keys = { username: literal("user"), password: password(), hub: provided("huggingfaceToken") };
  const catalogue: Catalogue = {
    [namespace]: {
      secrets: { [name]: { path: `${namespace}/db`, keys } },
      deliveries: [{ namespace, secretName: "db", from: [name] }],
    },
  };
  return { ...tenant, catalogue, facts: { ...tenant.facts, ...facts } };
};

describe("a secret that gets another name, but keeps its path in Vault", () => {
  let delivered: Readonly<Record<string, string>>;

  before(async () => {
    await deployShared();
    await succeed("up", stackOf("db"));
    delivered = fingerprints(await applicationSecrets([namespace]));
  });
  after(() => succeed("destroy", stackOf("database")));

  it("stops an up, and stays as it is", async () => {
    const refused = await run("up", stackOf("database"));
    assert.equal(refused.ok, false);
    assert.match(
      refused.errors.join("\n"),
      new RegExp(`"${path}" in store vault is ${namespace}/db/vault in the state`),
    );
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), delivered);
  });

  it("keeps its value and its objects when the state forgets the old name and the new one is adopted", async () => {
    await forget(stackOf("db"), `${namespace}/db`);
    const taken = { adopt: { [`${namespace}/database`]: true } };
    const local = { externalSecrets: { install: false }, upsertExistingObjects: true };
    await succeed("up", stackOf("database", { ...taken, clusters: { local } }));
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), delivered);
    await succeed("up", stackOf("database"));
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), delivered);
    assert.deepEqual((await succeed("up", stackOf("database"))).changes, {});
    assert.ok(Object.keys(await kvVersions()).includes(path));
  });
});
