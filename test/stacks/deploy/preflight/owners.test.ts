import assert from "node:assert/strict";
import type { OwnedObject, Survey } from "../../../../components/backends/survey.ts";
import { literal } from "../../../../components/values/recipe.ts";
import type { Origin, SecretSpec } from "../../../../components/values/secret-spec.ts";
import type { PreflightStore } from "../../../../stacks/deploy/preflight/contract.ts";
import { moveNotes, ownerIssues } from "../../../../stacks/deploy/preflight/owners.ts";

const generated: Origin = { kind: "generated" };
const spec = (origin: Origin): SecretSpec => ({
  id: "shop/db",
  app: "shop",
  name: "db",
  path: "shop/db",
  keys: { username: literal("shop") },
  epoch: "initial",
  rotatedAt: "2026-01-31T00:00:00Z",
  origin,
});

/** A store that is to hold the secret under this name. */
function storeOf(
  remoteName: string,
  { origin = generated, ...rest }: Partial<PreflightStore> & { origin?: Origin } = {},
) {
  const session = {
    owned: () => assert.fail("the state was surveyed before"),
    existing: () => assert.fail("the store was asked before"),
  };
  const by = origin.kind === "referenced" ? { referencedBy: 'reference["shop/db"]' } : {};
  const objects = [{ spec: spec(origin), remoteName, resource: "shop/db/main", ...by }];
  return { name: "main", session, objects, ...rest };
}

/** A state that has an object of this name, as this resource. */
const owning = (name: string, resource = "shop/db/main"): ReadonlyMap<string, OwnedObject> =>
  new Map([[name, { resource, names: {} }]]);
const surveyed = (name: string): ReadonlyMap<string, Survey> =>
  new Map([["main", { owned: owning(name), untracked: new Map() }]]);

const inLowerCase = (name: string) => name.toLowerCase();

describe("an object that the state has", () => {
  it("may stay, and may get another name", () => {
    assert.deepEqual(ownerIssues(storeOf("new"), owning("new")), []);
    assert.deepEqual(ownerIssues(storeOf("new"), owning("old")), []);
    assert.deepEqual(ownerIssues(storeOf("new"), new Map()), []);
  });

  for (const [fact, origin] of [
    ["reference", { kind: "referenced" }],
    ["generatedInCluster", { kind: "in-cluster", cluster: "main" }],
  ] as const) {
    it(`does not become somebody else's by ${fact}, under another name either`, () => {
      for (const remoteName of ["old", "new"]) {
        assert.deepEqual(ownerIssues(storeOf(remoteName, { origin }), owning("old")), [
          {
            path: `${fact}["shop/db"]`,
            problem: '"old" in store main is managed by this stack, which would now delete it',
            fix: `pulumi config rm --path '${fact}["shop/db"]'`,
          },
        ]);
      }
      assert.deepEqual(ownerIssues(storeOf("new", { origin }), owning("old", "shop/mail/main")), []);
    });
  }

  it("keeps its spelling where the store ignores case", () => {
    assert.deepEqual(ownerIssues(storeOf("DB"), owning("db")), []);
    assert.deepEqual(ownerIssues(storeOf("db", { canonicalName: inLowerCase }), owning("db")), []);
    assert.deepEqual(ownerIssues(storeOf("DB", { canonicalName: inLowerCase }), owning("db")), [
      {
        path: "shop/db",
        problem:
          '"DB" in store main is "db" in the state, which the store takes for the same name: it would be deleted after this run had written it',
        fix: "leave names as they were",
      },
    ]);
  });

  it("is another secret's, spelled otherwise too", () => {
    const [issue] = ownerIssues(storeOf("DB", { canonicalName: inLowerCase }), owning("db", "shop/mail/main"));
    assert.equal(
      issue?.problem,
      '"DB" in store main is shop/mail/main in the state, which would be deleted after this run had written it as shop/db/main',
    );
  });
});

describe("what people are told of an object that gets another name", () => {
  const moved = 'moving shop/db in store main from "old" to "new": the old object';

  it("is what becomes of the old one", () => {
    const notes = (retain: boolean) => moveNotes([storeOf("new")], surveyed("old"), { retain });
    assert.deepEqual(notes(false), [`${moved} is deleted at the end of the run`]);
    assert.deepEqual(notes(true), [`${moved} stays in the store`]);
  });

  it("is nothing where none does, or nothing is written", () => {
    assert.deepEqual(moveNotes([storeOf("new")], surveyed("new"), { retain: false }), []);
    assert.deepEqual(moveNotes([storeOf("new")], new Map(), { retain: false }), []);
    const referenced = storeOf("new", { origin: { kind: "referenced" } });
    assert.deepEqual(moveNotes([referenced], surveyed("old"), { retain: false }), []);
  });
});
