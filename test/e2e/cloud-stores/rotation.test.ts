import assert from "node:assert/strict";
import { fingerprint } from "../support/cluster.ts";
import { versionsIn } from "../support/clouds/stores.ts";
import { changeClouds, deployClouds, proofNames, rows } from "../support/clouds/stack.ts";
import { assertStoreFirst, observe, type Observation } from "../support/observer.ts";
import { succeed, type Run } from "../support/stacks.ts";

describe("rotating a secret that is in every store", () => {
  let rotation: Run;
  let before_: Readonly<Record<string, readonly string[]>>;
  let seen: Observation;

  before(async () => {
    await deployClouds();
    before_ = await allVersions();
    const options = changeClouds({ facts: { rotations: { "proof/credentials": "2026-12-01T10:00:00Z" } } });
    const secrets = rows.map(({ namespace }) => `${namespace}/credentials`);
    seen = await observe({ secrets, storedVersions: passwordVersions }, async () => {
      rotation = await succeed("up", options);
    });
  });

  it("warns of nothing, and writes one more version of each object with a new value, in each store", async () => {
    assert.deepEqual(rotation.warnings, []);
    const now = await allVersions();
    for (const [name, old] of Object.entries(before_)) {
      const isNew = !name.endsWith("username");
      assert.equal((now[name]?.length ?? 0) - old.length, isNew ? 1 : 0, name);
    }
  });

  it("has put the same new value into every Secret when the run is over", () => {
    const values = rows.map(({ namespace }) => seen.atEnd.get(`${namespace}/credentials`)?.["password"] ?? "");
    const [first = ""] = values;
    assert.match(first, /^[a-zA-Z0-9]{32}$/);
    for (const [index, value] of values.entries()) assert.ok(value === first, rows[index]?.namespace);
    for (const { namespace } of rows) {
      const before = seen.secrets.get(`${namespace}/credentials`)?.[0]?.values["password"];
      assert.ok(before !== undefined && before !== first, `${namespace} still has the old value`);
    }
  });

  for (const { namespace } of rows) {
    it(`never shows ${namespace} a value before its store has it`, () => {
      assertStoreFirst(seen.secrets.get(`${namespace}/credentials`) ?? [], `${namespace}/credentials`);
    });

    it(`never shows the Secret of ${namespace} missing, empty, reverted or with a third value`, () => {
      const sightings = seen.secrets.get(`${namespace}/credentials`) ?? [];
      const prints = sightings.map(({ type, values }) => {
        assert.notEqual(type, "DELETED");
        assert.match(values["password"] ?? "", /^[a-zA-Z0-9]{32}$/);
        return fingerprint(values["password"] ?? "");
      });
      const [first, last] = [prints[0], prints.at(-1)];
      assert.deepEqual([...new Set(prints)], [first, last]);
      assert.notEqual(first, last);
      assert.equal(prints.lastIndexOf(first ?? "") < prints.indexOf(last ?? ""), true, "the old value came back");
    });
  }
});

/** Versions, in the store that a Secret is read from, of the object with its password. */
async function passwordVersions(secret: string): Promise<readonly string[]> {
  const row = rows.find(({ namespace }) => secret.startsWith(`${namespace}/`)) ?? assert.fail(secret);
  const [password = ""] = proofNames[row.store] ?? [];
  return [...((await versionsIn[row.store]?.(password)) ?? [])].sort();
}

/** Versions of each object of the proof, by store and name. */
async function allVersions(): Promise<Readonly<Record<string, readonly string[]>>> {
  const entries = Object.entries(proofNames).flatMap(([store, names]) =>
    names.map(async (name) => [`${store} ${name}`, (await versionsIn[store]?.(name)) ?? []] as const),
  );
  return Object.fromEntries(await Promise.all(entries));
}
