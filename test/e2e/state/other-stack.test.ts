import assert from "node:assert/strict";
import { password } from "../../../components/values/recipe.ts";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import { configured, typed } from "../support/cli.ts";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { run, succeed, type Run, type StackOptions } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { vaultOk } from "../support/vault.ts";

const path = "mlops-platform-giver/giver/db";
/** Its policy keeps what it made, so that the object outlives it. */
const giver = { ...stackOf("giver"), policy: { retain: true } };
const taker = (facts: Record<string, ConfigValue> = {}) =>
  stackOf("taker", { stores: { vault: { remoteNames: { "taker/db": path } } }, ...facts });
const adopt = { "taker/db": true };

/** A stack of one secret, in a namespace of its own. */
function stackOf(name: string, facts: Record<string, ConfigValue> = {}): StackOptions & { readonly stack: string } {
  const tenant = tenantStack(name, [name]);
  return {
    ...tenant,
    demo: false,
    catalogue: {
      [name]: {
        secrets: { db: { keys: { password: password() } } },
        deliveries: [{ namespace: name, secretName: "db", from: ["db"] }],
      },
    },
    facts: { ...tenant.facts, ...facts },
  };
}

/** Everything that Vault has of the object but its value: versions, times, and whose it is. */
async function metadata() {
  const { data = {} } = (await vaultOk(`secret/metadata/${path}`)).body;
  return data as { readonly custom_metadata: Readonly<Record<string, string>>; readonly current_version: number };
}

/** The first run of a stack registers itself and its providers, whatever it finds. */
function assertNothingMade({ steps }: Run): void {
  assert.deepEqual(
    steps.filter((step) => !/^create (default|vault|multicloud-secrets-[a-z]+)$/.test(step)),
    [],
  );
}

const belongs =
  /"mlops-platform-giver\/giver\/db" in store vault belongs to stack multicloud-secrets\/giver, by its labels: two stacks would write it/;

describe("an object that another stack writes", () => {
  let value: string | undefined;
  const delivered = async (name: string) => fingerprints(await applicationSecrets([name]))[`${name}/db password`];

  before(async () => {
    await deployShared();
    await succeed("up", giver);
    value = await delivered("giver");
  });
  after(async () => {
    await succeed("destroy", taker());
    await succeed("destroy", giver);
  });

  it("is refused before the first write, with and without adopt, with whose it is and every way out", async () => {
    const before = await metadata();
    for (const facts of [{}, { adopt }]) {
      const refused = await run("up", taker(facts));
      const said = refused.errors.join("\n");
      assert.equal(refused.ok, false);
      assert.match(said, belongs);
      assert.match(said, /pulumi config set --path 'reference\["taker\/db"\]' true/);
      assert.match(said, /pulumi config set --path 'formerStacks\[0\]' multicloud-secrets\/giver/);
      assertNothingMade(refused);
    }
    assert.deepEqual(await metadata(), before);
  });

  it("is read, and left to that stack, by the fix that is printed", async () => {
    const refused = await run("up", taker({ adopt }));
    const [fix = ""] =
      /pulumi config rm .* && pulumi config set --path 'reference.*/.exec(refused.errors.join("\n")) ?? [];
    const { code, output } = await typed(fix, "taker");
    assert.equal(code, 0, output);
    const facts = await configured("taker");
    assert.deepEqual([facts["adopt"] ?? {}, facts["reference"]], [{}, adopt]);
    const before = await metadata();
    await succeed("up", taker({ reference: adopt }));
    assert.deepEqual([await delivered("taker"), await metadata()], [value, before]);
    assert.deepEqual((await succeed("up", giver)).changes, {});
  });

  it("is still the other's once that stack is destroyed and has left it, until formerStacks names it", async () => {
    await succeed("destroy", giver);
    assert.match((await run("up", taker({ adopt }))).errors.join("\n"), belongs);
    const { warnings } = await succeed("up", taker({ adopt, formerStacks: ["multicloud-secrets/giver"] }));
    assert.deepEqual(warnings, []);
    assert.equal(await delivered("taker"), value);
    const { custom_metadata: labels } = await metadata();
    assert.deepEqual([labels["project"], labels["stack"]], ["multicloud-secrets", "taker"]);
  });

  it("is this stack's from then on, without either entry, and the other one is refused it", async () => {
    const { changes, warnings } = await succeed("up", taker());
    assert.deepEqual([changes, warnings], [{}, []]);
    const refused = await run("up", { ...giver, facts: { ...giver.facts, adopt: { "giver/db": true } } });
    assert.match(refused.errors.join("\n"), /belongs to stack multicloud-secrets\/taker, by its labels/);
    assertNothingMade(refused);
    assert.equal(await delivered("taker"), value);
  });
});
