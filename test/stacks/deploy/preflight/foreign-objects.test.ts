import assert from "node:assert/strict";
import { legalLabel } from "../../../../components/backends/gcp/labels.ts";
import type { Told } from "../../../../components/backends/examiner.ts";
import type { Labels } from "../../../../components/backends/labels.ts";
import { literal, password } from "../../../../components/values/recipe.ts";
import type { SecretSpec } from "../../../../components/values/secret-spec.ts";
import type { PreflightStore } from "../../../../stacks/deploy/preflight/contract.ts";
import { foreignObjects, type Stacks } from "../../../../stacks/deploy/preflight/foreign-objects.ts";
import { preflight } from "../../../../stacks/deploy/preflight/stores.ts";
import { FakeVault } from "../../../support/fake-vault.ts";
import { stateResource } from "../../../support/fixtures.ts";
import { failing, up } from "../../../support/stack.ts";
import { surveyOf } from "../../../support/survey.ts";

const spec: SecretSpec = {
  id: "shop/db",
  app: "shop",
  name: "db",
  path: "shop/db",
  keys: { password: password(), username: literal("shop") },
  epoch: "initial",
  rotatedAt: "2026-01-31T00:00:00Z",
  origin: { kind: "adopted", fromStores: true, without: [] },
};
const remoteName = "acme-test/shop/db";
const labelsOf = (project: string, stack: string): Labels => ({ "managed-by": "pulumi", project, stack });
const own: Stacks = { owner: "secrets/test", former: [] };

function storeOf(told: Told<Labels>, more: Partial<PreflightStore["session"]> = {}, secret = spec): PreflightStore {
  return {
    name: "vault",
    session: {
      owned: () => new Map(),
      existing: () => Promise.resolve(new Map([[remoteName, {}]])),
      labelsOf: () => Promise.resolve(told),
      ...more,
    },
    objects: [{ spec: secret, remoteName, resource: "shop/db/vault" }],
  };
}

const ask = (store: PreflightStore, stacks: Stacks = own) =>
  foreignObjects(store, store.objects, new Map([[remoteName, {}]]), stacks);

describe("an object that exists, and its labels", () => {
  const value = labelsOf("secrets", "prod");

  it("stops the adoption of what another stack writes: the object, the store, the stack and the ways out", async () => {
    const { issues, notes, names } = await ask(storeOf({ value }));
    assert.deepEqual(issues, [
      {
        path: 'adopt["shop/db"]',
        problem:
          '"acme-test/shop/db" in store vault belongs to stack secrets/prod, by its labels: two stacks would write it, and each would undo what the other wrote',
        fix:
          `read it, and leave it to that stack: pulumi config rm --path 'adopt["shop/db"]' && pulumi config set --path 'reference["shop/db"]' true` +
          "\n    or if that stack is gone, was renamed to this one, or has released it (docs/existing.md#an-object-of-another-stack): " +
          "pulumi config set --path 'formerStacks[0]' secrets/prod",
      },
    ]);
    assert.deepEqual([notes, [...names]], [[], [remoteName]]);
  });

  it("let this stack adopt its own after a lost state, and what nobody's labels are on", async () => {
    for (const labels of [
      labelsOf("secrets", "test"),
      {},
      { "managed-by": "terraform", project: "secrets", stack: "prod" },
      { "managed-by": "pulumi", project: "secrets" },
    ]) {
      assert.deepEqual((await ask(storeOf({ value: labels }))).issues, [], JSON.stringify(labels));
    }
    assert.deepEqual((await ask(storeOf({ absent: true }))).issues, []);
  });

  it("let it take over from a stack that the facts call a former one, and from no other", async () => {
    assert.deepEqual((await ask(storeOf({ value }), { ...own, former: ["secrets/prod"] })).issues, []);
    const [issue] = (await ask(storeOf({ value }), { ...own, former: ["secrets/old", "other/prod"] })).issues;
    assert.match(issue?.fix ?? "", /pulumi config set --path 'formerStacks\[2\]' secrets\/prod$/);
  });

  it("are compared as the store spells them", async () => {
    const spelled = labelsOf("secrets", "prod_web");
    const store = storeOf({ value: spelled }, { spelledLabel: legalLabel });
    assert.deepEqual((await ask(store, { owner: "Secrets/prod.web", former: [] })).issues, []);
    assert.deepEqual((await ask(store, { ...own, former: ["secrets/prod_web"] })).issues, []);
    assert.equal((await ask(store)).issues.length, 1);
  });

  it("name the command that moves the application where another part of the environment has it", async () => {
    const stacks = ["secrets/prod", "secrets/prod.web"];
    const part = { environment: "prod", name: "web", stacks };
    const { issues } = await ask(storeOf({ value }), { owner: "secrets/prod.web", former: [], part });
    assert.deepEqual(
      issues.map(({ fix }) => fix),
      [
        "move the application with its state: npx secrets fleet move prod shop web (facts that were changed by hand: put them back first)",
      ],
    );
  });

  it("are a note where they can't be read: what else is checked goes on", async () => {
    const { issues, notes } = await ask(storeOf({ refused: "permission denied" }));
    assert.deepEqual(issues, []);
    assert.deepEqual(notes, [
      `shop/db: whether another stack writes "acme-test/shop/db" in store vault is not known, since its labels can't be read: permission denied`,
    ]);
  });

  it("are told in place of the refusal to overwrite, and asked of nothing that an interrupted run made", async () => {
    const generated: SecretSpec = { ...spec, origin: { kind: "generated" } };
    const { issues } = await preflight([], [storeOf({ value }, {}, generated)], new Set(), own);
    assert.deepEqual(
      issues.map(({ path, problem }) => [path, /belongs to stack secrets\/prod/.test(problem)]),
      [["shop/db", true]],
    );
    const forbidden = () => assert.fail("an interrupted run of this stack made it");
    const state = [stateResource({ name: "shop/db/password" })];
    const interrupted = storeOf({ value }, { labelsOf: forbidden }, generated);
    assert.deepEqual((await preflight(state, [interrupted], new Set(), own)).issues, []);
  });
});

describe("a stack that is to adopt what another one wrote", () => {
  const written = async () => {
    const { vault, memory } = await up({ project: "one" });
    const adopt = { "shop/db": true, "till/api": true };
    const labels = () => (name: string) => Promise.resolve({ value: memory.labels("vault-kv", name) });
    return { project: "two", vault, memory, external: { labels }, facts: { adopt } };
  };

  it("is stopped before its first write", async () => {
    const before = await written();
    const values = before.vault.values;
    const { error, resources } = await failing(before);
    assert.match(error.message, /^Environment "test" was refused: 2 problems\. Nothing was changed\.$/m);
    assert.match(error.message, /adopt\["shop\/db"\]: "acme-test\/shop\/db" in store vault belongs to stack one\/test/);
    assert.deepEqual(
      resources.contents.filter((each) => !each.startsWith("pulumi:providers:")),
      [],
    );
    assert.deepEqual(before.vault.values, values);
  });

  it("goes on with a fact that names the other one, and the labels are its own from then on", async () => {
    const before = await written();
    const values = before.vault.values;
    await up({ ...before, facts: { ...before.facts, formerStacks: ["one/test"] } });
    assert.deepEqual(before.vault.values, values);
    assert.deepEqual(
      ["shop/db", "till/api"].map((id) => before.memory.labels("vault-kv", `acme-test/${id}`)["project"]),
      ["two", "two"],
    );
  });

  it("takes over what the other one has in clusters, too, once the fact names it", async () => {
    const objects = surveyOf({
      main: [
        {
          kind: "ServiceAccount",
          namespace: "till",
          name: "secrets-reader",
          annotations: { "multicloud-secrets/stack": "one/test" },
        },
      ],
    });
    const { error } = await failing({ project: "two", vault: new FakeVault(), clusters: objects });
    assert.match(error.message, /namespace till of cluster main belongs to stack one\/test/);
    await up({ project: "two", clusters: objects, facts: { formerStacks: ["one/test"] } });
  });
});
