import assert from "node:assert/strict";
import type { StateResource } from "../../../../components/backends/contract.ts";
import { literal, password } from "../../../../components/values/recipe.ts";
import { preflightClusters } from "../../../../stacks/deploy/preflight/clusters.ts";
import type { CatalogueDelivery } from "../../../../stacks/environments/catalogue-spec.ts";
import { environment, facts, stateResource } from "../../../support/fixtures.ts";
import { surveyOf, type Existing } from "../../../support/survey.ts";

const owner = "acme/test";
const plain = { via: "plain" };
const basic = "kubernetes.io/basic-auth";
const external = "kubernetes:external-secrets.io/v1:ExternalSecret";
const name = "main/shop/shop-db";

interface Scene {
  readonly facts?: object;
  readonly delivery?: Partial<CatalogueDelivery>;
  /** What the Secret `shop/shop-db` is like; absent where there is none. */
  readonly secret?: Partial<Existing>;
  readonly state?: readonly StateResource[];
}

const run = async ({ facts: changes = {}, delivery, secret, state = [] }: Scene) => {
  const spec = environment({
    catalogue: {
      shop: {
        secrets: { db: { keys: { username: literal("shop"), password: password() } } },
        deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"], ...delivery }],
      },
    },
    facts: { ...facts, ...changes },
  });
  const survey = surveyOf({
    main: secret === undefined ? [] : [{ kind: "Secret", namespace: "shop", name: "shop-db", ...secret }],
  });
  return {
    ...(await preflightClusters({ environment: spec, owner, state, survey, isMadeAnew: () => false })),
    asked: survey.asked.includes("main Secret shop/shop-db"),
  };
};
const issuesOf = async (scene: Scene) => (await run(scene)).issues;
const choice = (chosen: string) => ({ existingSecrets: { "shop/shop-db": chosen } });
const upsert = { clusters: { main: { ...facts.clusters.main, upsertExistingObjects: true } } };

const exists = (type: string, said: string, fix = `give the delivery type: "${type}", or another secretName`) => ({
  path: "clusters.main",
  problem: `Secret shop/shop-db exists with type ${type}, and ${said}: Kubernetes never changes the type of a Secret`,
  fix: `in the catalogue, ${fix}`,
});

describe("the type of a Secret that exists and is new to the state", () => {
  for (const [via, changes] of [
    ["external-secret", {}],
    ["plain", { ...plain, ...upsert }],
  ] as const) {
    it(`has to be that of the delivery: ${via}`, async () => {
      const overwrite = { ...changes, ...choice("overwrite") };
      const scene = { facts: overwrite, delivery: { type: basic } };
      assert.deepEqual(await issuesOf({ ...scene, secret: { type: basic } }), []);
      assert.deepEqual(await issuesOf({ ...scene, secret: {} }), [exists("Opaque", `its delivery says ${basic}`)]);
      assert.deepEqual(await issuesOf({ facts: overwrite, secret: { type: basic } }), [
        exists(basic, "its delivery names no type, which is Opaque"),
      ]);
    });

    for (const chosen of ["adopt", "merge"]) {
      it(`has to be that of the delivery, if it names one, where the Secret stays that of others: ${via}, ${chosen}`, async () => {
        const scene = { facts: { ...changes, ...choice(chosen) }, secret: { type: basic } };
        assert.deepEqual(await issuesOf(scene), []);
        assert.deepEqual(await issuesOf({ ...scene, delivery: { type: basic } }), []);
        assert.deepEqual(await issuesOf({ ...scene, delivery: { type: "Opaque" } }), [
          exists(basic, "its delivery says Opaque"),
        ]);
      });
    }

    it(`has to be that of a delivery that merges, if it names one: ${via}`, async () => {
      const scene = { facts: changes, secret: { type: basic } };
      assert.deepEqual(await issuesOf({ ...scene, delivery: { merge: true } }), []);
      assert.deepEqual(await issuesOf({ ...scene, delivery: { merge: true, type: "example.com/own" } }), [
        exists(basic, "its delivery says example.com/own"),
      ]);
    });
  }

  it("is told beside the refusal to overwrite it: another choice would not help", async () => {
    const issues = await issuesOf({ delivery: { type: basic }, secret: {} });
    assert.deepEqual(
      issues.map(({ path }) => path),
      ['existingSecrets["shop/shop-db"]', "clusters.main"],
    );
  });

  it("is not suggested where no delivery may have it", async () => {
    const type = "kubernetes.io/service-account-token";
    assert.deepEqual(await issuesOf({ facts: choice("overwrite"), secret: { type } }), [
      exists(type, "its delivery names no type, which is Opaque", "give the delivery another secretName"),
    ]);
  });

  it("matters in no cluster without such a Secret", async () => {
    assert.deepEqual(await issuesOf({ delivery: { type: basic } }), []);
  });
});

const changed = (before: string, now: string) => ({
  path: "clusters.main",
  problem: `Secret shop/shop-db has type ${before}, and its delivery now says ${now}: Kubernetes never changes the type of a Secret`,
  fix: "in the catalogue, leave this delivery as it was, and add one of the new type under another secretName; remove the old one when no application reads it",
});

describe("the type of a Secret that this stack made", () => {
  for (const [type, changes] of [
    [external, {}],
    ["kubernetes:core/v1:Secret", plain],
  ] as const) {
    const known = (secretType?: string) => [
      stateResource({ type, name, ...(secretType === undefined ? {} : { secretType }) }),
    ];
    it(`stays, and needs no cluster to say so: ${type}`, async () => {
      for (const [before, now] of [
        [undefined, basic],
        ["Opaque", basic],
        [basic, undefined],
        [basic, "example.com/own"],
      ] as const) {
        const delivery = now === undefined ? {} : { type: now };
        const { issues, asked } = await run({ facts: changes, delivery, state: known(before) });
        assert.deepEqual([issues, asked], [[changed(before ?? "Opaque", now ?? "Opaque")], false]);
      }
    });

    it(`may be named or left out where it is the same: ${type}`, async () => {
      for (const [before, now] of [
        [undefined, undefined],
        [undefined, "Opaque"],
        ["Opaque", undefined],
        [basic, basic],
      ] as const) {
        const delivery = now === undefined ? {} : { type: now };
        assert.deepEqual(await issuesOf({ facts: changes, delivery, state: known(before) }), []);
      }
    });
  }

  it("stays where nothing else that exists is checked", async () => {
    const clusters = { main: { ...facts.clusters.main, assumeNothingExists: true } };
    const state = [stateResource({ type: "kubernetes:core/v1:Secret", name })];
    const { issues, asked } = await run({ facts: { ...plain, clusters }, delivery: { type: basic }, state });
    assert.deepEqual([issues, asked], [[changed("Opaque", basic)], false]);
  });

  it("is not that of a reader's credentials, whose resource may have the same name", async () => {
    const state = [stateResource({ type: "kubernetes:core/v1:Secret", name, objectName: "other" })];
    assert.deepEqual(await issuesOf({ facts: plain, delivery: { type: basic }, state }), []);
  });
});

describe("the type of a Secret of others that keys are merged into already", () => {
  const known = (secretType?: string) => [
    stateResource({ type: external, name, merges: true, ...(secretType === undefined ? {} : { secretType }) }),
  ];

  it("is asked for where the delivery names another than before, and nothing else of the Secret is", async () => {
    const scene = { delivery: { merge: true, type: basic }, secret: {} };
    for (const before of [undefined, "example.com/own"]) {
      const { issues, asked, holders, notes } = await run({ ...scene, state: known(before) });
      assert.deepEqual([issues, asked], [[exists("Opaque", `its delivery says ${basic}`)], true]);
      assert.deepEqual([[...holders], notes], [[], []]);
    }
    assert.deepEqual(await issuesOf({ ...scene, secret: { type: basic }, state: known() }), []);
  });

  it("is not asked for where the delivery names the same, or none", async () => {
    for (const [before, type] of [
      [basic, basic],
      [basic, undefined],
      [undefined, undefined],
    ] as const) {
      const delivery = { merge: true, ...(type === undefined ? {} : { type }) };
      const { issues, asked } = await run({ delivery, secret: {}, state: known(before) });
      assert.deepEqual([issues, asked], [[], false]);
    }
  });
});
