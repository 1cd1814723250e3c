import assert from "node:assert/strict";
import { RefusedError } from "../../../../components/support/messages/errors.ts";
import type { StateResource } from "../../../../components/backends/contract.ts";
import { foundNames, type Surveyed } from "../../../../components/backends/survey.ts";
import { literal, password, provided, bcryptOf, type Recipe } from "../../../../components/values/recipe.ts";
import type { SecretSpec } from "../../../../components/values/secret-spec.ts";
import { stateResource } from "../../../support/fixtures.ts";
import type { PreflightStore } from "../../../../stacks/deploy/preflight/contract.ts";
import { preflight } from "../../../../stacks/deploy/preflight/stores.ts";

const spec: SecretSpec = {
  id: "shop/db",
  app: "shop",
  name: "db",
  path: "shop/db",
  keys: { password: password(), username: literal("shop") },
  epoch: "initial",
  rotatedAt: "2026-01-31T00:00:00Z",
  origin: { kind: "generated" },
};
const adopting: SecretSpec = { ...spec, origin: { kind: "adopted", fromStores: true, without: [] } };
const remoteName = "acme-test/shop/db";

/** A store that holds some names and owns some of the state; it is asked for names, and nothing else. */
function storeOf(
  holds: readonly string[],
  owns: readonly string[] = [],
  secrets: readonly SecretSpec[] = [spec],
  owner = "shop/db/vault",
) {
  const asked: (readonly string[])[] = [];
  const session: Surveyed = {
    existing: (names) => {
      asked.push(names);
      return Promise.resolve(foundNames(names.filter((name) => holds.includes(name))));
    },
    owned: () => new Map(owns.map((name) => [name, { resource: owner, names: {} }])),
  };
  const store: PreflightStore = {
    name: "vault",
    session,
    objects: secrets.map((each) => ({
      spec: each,
      remoteName: `acme-test/${each.path}`,
      resource: `${each.id}/vault`,
      ...(each.origin.kind === "referenced" ? { referencedBy: `reference["${each.id}"]` } : {}),
    })),
  };
  return { store, asked };
}

/** A state that knows resources of these names. */
const stateOf = (...names: readonly string[]): readonly StateResource[] =>
  names.map((name) => stateResource({ name, type: "pulumi:index:Stash" }));

async function untrackedIn(store: PreflightStore, state: readonly StateResource[] = []) {
  const { surveys, issues } = await preflight(state, [store]);
  assert.deepEqual(issues, []);
  return [...(surveys.get(store.name)?.untracked.keys() ?? [])];
}

async function refusalOf(stores: readonly PreflightStore[], state: readonly StateResource[] = []): Promise<string> {
  const { issues } = await preflight(state, stores);
  assert.notDeepEqual(issues, [], "it was not refused");
  return new RefusedError("test", issues).message;
}

const taken = [
  '  shop/db: store vault already contains "acme-test/shop/db", which is not in the state: its value would be overwritten',
  `    fix: to adopt it (refused if any value would be lost): pulumi config set --path 'adopt["shop/db"]' true`,
];
const refusal = (...lines: readonly string[]) =>
  ['Environment "test" was refused: 1 problem. Nothing was changed.', ...lines].join("\n");

describe("preflight", () => {
  it("refuses a name that the state has as another resource: its deletion would come last", async () => {
    const { store } = storeOf([remoteName], [remoteName], [spec], "shop/database/vault");
    assert.equal(
      await refusalOf([store]),
      refusal(
        '  shop/db: "acme-test/shop/db" in store vault is shop/database/vault in the state, which would be deleted after this run had written it as shop/db/vault',
        "    fix: leave names as they were, or follow docs/operations.md#rename-a-secret",
      ),
    );
  });

  it("lets a secret through whose name is free", async () => {
    assert.deepEqual(await untrackedIn(storeOf([]).store), []);
  });

  it("lets a secret through that the state knows, and does not ask the store for it", async () => {
    const { store, asked } = storeOf([remoteName], [remoteName]);
    assert.deepEqual(await untrackedIn(store, stateOf("shop/db/password", "shop/db/vault")), []);
    assert.deepEqual(asked, []);
  });

  it("rejects a name that is taken after a lost state", async () => {
    assert.equal(await refusalOf([storeOf([remoteName]).store]), refusal(...taken));
  });

  it("lets an interrupted run go on: its value is in the state, the object is not", async () => {
    assert.deepEqual(await untrackedIn(storeOf([remoteName]).store, stateOf("shop/db/password")), [remoteName]);
  });

  it("rejects a taken name where only some of the values are in the state", async () => {
    const keys: Readonly<Record<string, Recipe>> = { hash: bcryptOf("password"), password: password() };
    const { store } = storeOf([remoteName], [], [{ ...spec, keys }]);
    assert.equal(await refusalOf([store], stateOf("shop/db/password")), refusal(...taken));
    assert.deepEqual(await untrackedIn(store, stateOf("shop/db/password", "shop/db/hash")), [remoteName]);
  });

  it("rejects a taken name where the values in the state are of an earlier epoch", async () => {
    const { store } = storeOf([remoteName], [], [{ ...spec, epoch: "2026-02-01" }]);
    assert.equal(await refusalOf([store], stateOf("shop/db/password")), refusal(...taken));
  });

  it("lets a secret without a generated value through, to be compared before it is written", async () => {
    const keys: Readonly<Record<string, Recipe>> = { token: provided("shopToken"), username: literal("shop") };
    assert.deepEqual(await untrackedIn(storeOf([remoteName], [], [{ ...spec, keys }]).store), [remoteName]);
  });

  it("lets an adoption through", async () => {
    assert.deepEqual(await untrackedIn(storeOf([remoteName], [], [adopting]).store), [remoteName]);
  });

  it("lets an entry stand after its adoption, and go", async () => {
    const state = stateOf("shop/db/password", "shop/db/vault");
    for (const secret of [adopting, spec]) {
      assert.deepEqual(await untrackedIn(storeOf([remoteName], [remoteName], [secret]).store, state), []);
    }
  });

  it("rejects an adoption of nothing", async () => {
    assert.equal(
      await refusalOf([storeOf([], [], [adopting]).store]),
      refusal(
        '  adopt["shop/db"]: there is nothing to adopt: no store holds this secret outside the state',
        `    fix: pulumi config rm --path 'adopt["shop/db"]'`,
      ),
    );
  });

  for (const epoch of ["initial", "2026-01-31"]) {
    it(`rejects a rotation that goes back to ${epoch}`, async () => {
      const { store } = storeOf([remoteName], [remoteName], [{ ...spec, epoch }]);
      assert.equal(
        await refusalOf([store], stateOf("shop/db/password@2026-02-01", "shop/db/vault")),
        refusal(
          `  rotations["shop/db"]: the secret was rotated at 2026-02-01, and setting it back to ${epoch} would not restore the old value but generate a new one`,
          `    fix: pulumi config set --path 'rotations["shop/db"]' 2026-02-01`,
        ),
      );
    });
  }

  it("lets a rotation go back that was not finished where facts say so, and takes a lost entry for no such wish", async () => {
    const state = stateOf("shop/db/password", "shop/db/password@2026-02-01");
    const rolledBack = storeOf([remoteName], [remoteName], [{ ...spec, rolledBack: "2026-02-01" }]);
    assert.deepEqual(await untrackedIn(rolledBack.store, state), []);
    assert.equal(
      await refusalOf([storeOf([remoteName], [remoteName]).store], state),
      refusal(
        '  rotations["shop/db"]: the rotation at 2026-02-01 is not finished, and setting it back to initial would give its value up',
        `    fix: to go on with it: pulumi config set --path 'rotations["shop/db"]' 2026-02-01`,
        `    or, to roll it back: pulumi config set --path 'rollBack["shop/db"]' 2026-02-01`,
      ),
    );
  });

  it("does not take the object of a store for the value of a key of its name", async () => {
    const keys = { vault: password() };
    const { store } = storeOf([remoteName], [remoteName], [{ ...spec, keys, rolledBack: "2026-02-01" }]);
    const object = stateResource({ name: "shop/db/vault", type: "vault:kv/secretV2:SecretV2" });
    assert.match(
      await refusalOf([store], [...stateOf("shop/db/vault@2026-02-01"), object]),
      /the secret was rotated at 2026-02-01, and setting it back to initial would not restore the old value/,
    );
  });

  for (const epoch of ["2026-02-01", "2026-02-01T08:00:00Z", "2026-02-02"]) {
    it(`lets a rotation stay or go on to ${epoch}`, async () => {
      const { store } = storeOf([remoteName], [remoteName], [{ ...spec, epoch }]);
      assert.deepEqual(await untrackedIn(store, stateOf("shop/db/password@2026-02-01")), []);
    });
  }

  it("rejects every taken name at once, and asks each store once", async () => {
    const api: SecretSpec = { ...spec, id: "shop/api", name: "api", path: "shop/api" };
    const { store, asked } = storeOf([remoteName, "acme-test/shop/api"], [], [spec, api]);
    assert.equal(
      await refusalOf([store]),
      [
        'Environment "test" was refused: 2 problems. Nothing was changed.',
        ...taken,
        '  shop/api: store vault already contains "acme-test/shop/api", which is not in the state: its value would be overwritten',
        `    fix: to adopt it (refused if any value would be lost): pulumi config set --path 'adopt["shop/api"]' true`,
      ].join("\n"),
    );
    assert.deepEqual(asked, [[remoteName, "acme-test/shop/api"]]);
  });

  it("lets an adoption stand that has its values from a Secret of a cluster", async () => {
    const { store } = storeOf([], [], [adopting]);
    assert.deepEqual((await preflight([], [store], new Set(["shop/db"]))).issues, []);
    assert.equal((await preflight([], [store], new Set(["shop/other"]))).issues.length, 1);
  });

  it("asks every store, and takes an adoption from the one that holds the secret", async () => {
    const adopt = [adopting];
    const other = { ...storeOf([], [], adopt).store, name: "other" };
    const { surveys } = await preflight([], [other, storeOf([remoteName], [], adopt).store]);
    const untracked = ["other", "vault"].map((name) => [...(surveys.get(name)?.untracked.keys() ?? [])]);
    assert.deepEqual(untracked, [[], [remoteName]]);
  });
});
