import assert from "node:assert/strict";
import { applicationSecrets, fingerprint } from "../support/cluster.ts";
import { versionsIn } from "../support/clouds/stores.ts";
import { changeClouds, cloudsOptions, deployClouds, proofNames, rows } from "../support/clouds/stack.ts";
import { open, succeed, type Run } from "../support/stacks.ts";

/** Every store but the key vault, whose provider has no such fields. */
const stores = ["parameter-store", "secrets-manager", "secret-manager", "vault"] as const;
const valuesAre = (mode: "state" | "write-only") =>
  changeClouds({ facts: { stores: Object.fromEntries(stores.map((name) => [name, { values: mode }])) } });

describe("stores that become write-only", () => {
  let change: Run;
  let before_: Readonly<Record<string, number>>;

  before(async () => {
    await deployClouds();
    before_ = await versions();
    change = await succeed("up", valuesAre("write-only"));
  });
  after(() => succeed("up", valuesAre("state")));

  it("get every value once more, and report no drift", async () => {
    assert.deepEqual([change.warnings, change.errors], [[], []]);
    const now = await versions();
    for (const [name, count] of Object.entries(before_)) assert.equal(now[name], count + 1, name);
  });

  it("leave no value in the outputs of their resources", async () => {
    const password = await sharedPassword();
    const { deployment } = (await (await open(cloudsOptions())).exportStack()) as {
      readonly deployment: { readonly resources: readonly { readonly type: string; readonly outputs?: unknown }[] };
    };
    const holding = deployment.resources
      .filter(({ outputs }) => JSON.stringify(outputs ?? {}).includes(password))
      .map(({ type }) => type);
    assert.deepEqual([...new Set(holding)], ["pulumi:index:Stash"]);
  });

  it("are not changed by a second up, nor by one that refreshes", async () => {
    for (const refresh of [false, true]) {
      const { changes, warnings } = await succeed("up", cloudsOptions(), { refresh });
      assert.deepEqual([changes, warnings], [{}, []], `refresh: ${refresh}`);
    }
  });

  it("get a rotated value, in one more version of each object that changed", async () => {
    const [old, counts] = [await sharedPassword(), await versions()];
    const { warnings } = await succeed(
      "up",
      changeClouds({ facts: { rotations: { "proof/credentials": "2026-12-03T10:00:00Z" } } }),
    );
    assert.deepEqual(warnings, []);
    assert.notEqual(await sharedPassword(), old);
    const now = await versions();
    for (const [name, count] of Object.entries(counts)) {
      assert.equal(now[name], count + (name.endsWith("username") ? 0 : 1), name);
    }
    assert.deepEqual((await succeed("up", cloudsOptions())).changes, {});
  });
});

/** How many versions each object of these stores has. */
async function versions(): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const store of stores) {
    for (const name of proofNames[store] ?? []) {
      counts[`${store} ${name}`] = (await versionsIn[store]?.(name))?.length ?? 0;
    }
  }
  return counts;
}

/** The password that is the same in the Secret of every namespace. */
async function sharedPassword(): Promise<string> {
  const secrets = await applicationSecrets(rows.map(({ namespace }) => namespace));
  const passwords = new Map([...secrets.values()].map(({ password = "" }) => [fingerprint(password), password]));
  assert.equal(passwords.size, 1);
  return [...passwords.values()][0] ?? "";
}
