import assert from "node:assert/strict";
import type { Issue } from "../../../../components/support/messages/errors.ts";
import { literal, password } from "../../../../components/values/recipe.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { preflightClusters } from "../../../../stacks/deploy/preflight/clusters.ts";
import { leaks } from "../../../support/clear-text.ts";
import { environment, facts, stateResource } from "../../../support/fixtures.ts";
import { surveyOf, type Existing } from "../../../support/survey.ts";

const canary = "canary-in-use-3b7e";
const owner = "acme/test";
const place = "shop/shop-db";

const catalogue: Catalogue = {
  shop: {
    secrets: { db: { keys: { username: literal("shop"), password: password() } } },
    deliveries: [
      { namespace: "shop", secretName: "shop-db", from: ["db"] },
      { namespace: "shop", secretName: "argocd-secret", from: ["db"], merge: true },
    ],
  },
};
const remote = {};
const plain = { stores: { vault: { kind: "kubernetes" } } };
const upsert = { clusters: { main: { ...facts.clusters.main, upsertExistingObjects: true } } };

interface Scene {
  readonly facts?: object;
  /** What the Secret `shop/shop-db` is like; absent where there is none. */
  readonly secret?: Partial<Existing>;
  readonly others?: readonly Existing[];
  readonly state?: Parameters<typeof preflightClusters>[0]["state"];
  /** Whether the values are made in this run. */
  readonly anew?: boolean;
}

const run = async ({ facts: changes = remote, secret, others = [], state = [], anew = false }: Scene) => {
  const spec = environment({ catalogue, facts: { ...facts, ...changes } });
  const existing =
    secret === undefined ? [] : [{ kind: "Secret", namespace: "shop", name: "shop-db", ...secret } as const];
  const survey = surveyOf({ main: [...existing, ...others] });
  const findings = await preflightClusters({ environment: spec, owner, state, survey, isMadeAnew: () => anew });
  assert.deepEqual(leaks([findings.issues, findings.notes], [canary]), []);
  return { ...findings, survey };
};
const issuesOf = async (scene: Scene) => (await run(scene)).issues;

const path = `existingSecrets["${place}"]`;
const stranger: Issue = {
  path,
  problem: `Secret ${place} of cluster main exists and is not managed by this stack: its values would be overwritten`,
  fix: [
    `to adopt it (generated keys keep their existing values, its other keys stay): pulumi config set --path '${path}' adopt`,
    `    or overwrite the keys of the same names and keep its others: pulumi config set --path '${path}' merge`,
    `    or replace the whole Secret: pulumi config set --path '${path}' overwrite`,
    "    or give the delivery of shop-db another secretName in the catalogue",
  ].join("\n"),
};
const choice = (chosen: string, more: object = {}) => ({ ...more, existingSecrets: { [place]: chosen } });

const managed = { "reconcile.external-secrets.io/managed": "true" };
const operator = "externalsecrets.external-secrets.io/shop-db";
const ours = { "multicloud-secrets/stack": owner };
/** What the operator left behind of an ExternalSecret with `creationPolicy: Orphan`. */
const orphan: Partial<Existing> = { labels: managed, managers: [operator], annotations: ours };

describe("a Secret that has the name of a delivery", () => {
  for (const [name, secret] of [
    ["made by hand", {}],
    ["controlled by something else", { controller: "ExternalSecret/other" }],
    ["controlled by a Certificate of that name", { controller: "Certificate/shop-db" }],
    ["of another stack", { annotations: { "multicloud-secrets/stack": "acme/other" } }],
    ["that the operator merged into", { labels: managed, managers: ["kubectl-create", operator], annotations: ours }],
    ["that the operator made for another ExternalSecret", { ...orphan, managers: [`${operator}-2`] }],
    ["of which nobody knows the writer", { ...orphan, managers: [] }],
  ] as const) {
    for (const [store, changes] of [
      ["remote", remote],
      ["plain", plain],
    ] as const) {
      it(`stops the run: one ${name}, in a namespace of a ${store} store`, async () => {
        assert.deepEqual(await issuesOf({ facts: changes, secret }), [stranger]);
      });
    }
  }

  it("stops the run whatever the cluster's other objects may be", async () => {
    assert.deepEqual(await issuesOf({ facts: upsert, secret: {} }), [stranger]);
  });

  it("does not stop it where there is none", async () => {
    assert.deepEqual(await issuesOf({}), []);
  });

  it("does not stop it where the ExternalSecret of its name controls it, unless its values would be made anew", async () => {
    const secret = { controller: "ExternalSecret/shop-db" };
    assert.deepEqual(await issuesOf({ secret }), []);
    assert.deepEqual(await issuesOf({ secret, anew: true }), [stranger]);
  });

  it("does not stop it where the operator left it, unless its values would be made anew", async () => {
    assert.deepEqual(await issuesOf({ secret: orphan }), []);
    assert.deepEqual(await issuesOf({ secret: orphan, anew: true }), [stranger]);
  });

  it("does not stop it where an interrupted run wrote it itself, unless its values would be made anew", async () => {
    const secret = { annotations: ours };
    assert.deepEqual(await issuesOf({ facts: plain, secret }), []);
    assert.deepEqual(await issuesOf({ facts: plain, secret, anew: true }), [stranger]);
  });

  it("stops it where the mark is a copy that the operator made", async () => {
    const secret = { annotations: ours, labels: managed, managers: ["kubectl-create", operator] };
    assert.deepEqual(await issuesOf({ facts: plain, secret }), [stranger]);
    assert.deepEqual(await issuesOf({ secret: { annotations: ours } }), [stranger]);
    assert.deepEqual(await issuesOf({ secret: { ...orphan, labels: {} } }), [stranger]);
  });
});

describe("a Secret about which facts decide", () => {
  for (const chosen of ["adopt", "merge", "overwrite"]) {
    it(`stops no run: ${chosen}`, async () => {
      assert.deepEqual(await issuesOf({ facts: choice(chosen), secret: {} }), []);
      assert.deepEqual(await issuesOf({ facts: choice(chosen, { ...plain, ...upsert }), secret: {}, anew: true }), []);
    });
  }

  it("is overwritten as a plain one only where the cluster allows it", async () => {
    assert.deepEqual(await issuesOf({ facts: choice("overwrite", plain), secret: {} }), [
      {
        path,
        problem: "to overwrite a plain Secret, clusters.main.upsertExistingObjects must be true",
        fix: "pulumi config set --path 'clusters.main.upsertExistingObjects' true",
      },
    ]);
    assert.deepEqual(await issuesOf({ facts: choice("merge", plain), secret: {} }), []);
  });

  for (const [chosen, what] of [
    ["adopt", "adopt"],
    ["merge", "merge into"],
  ] as const) {
    it(`must exist: ${chosen}`, async () => {
      assert.deepEqual(await issuesOf({ facts: choice(chosen) }), [
        { path, problem: `cluster main has no Secret ${place} to ${what}`, fix: `pulumi config rm --path '${path}'` },
      ]);
    });
  }

  it("need not exist to be overwritten", async () => {
    assert.deepEqual(await issuesOf({ facts: choice("overwrite") }), []);
  });

  const secret = { data: { password: canary, note: canary, url: canary } };

  it("is not read where it is overwritten, or stops the run", async () => {
    for (const changes of [choice("overwrite"), {}]) {
      const { survey, holders, notes } = await run({ facts: changes, secret });
      assert.deepEqual([survey.opened, [...holders], notes], [[], [], []]);
    }
  });

  it("is said to be written over key by key where it is merged into, and no value is taken over", async () => {
    const { holders, notes } = await run({ facts: choice("merge"), secret });
    assert.deepEqual([...holders], []);
    assert.deepEqual(notes, [`Secret ${place} of cluster main: password overwritten; note, url unchanged`]);
  });

  it("is read where its values are taken over, and says which of its keys are left alone", async () => {
    const { survey, holders, notes } = await run({ facts: choice("adopt"), secret });
    assert.deepEqual(survey.opened, [`main ${place}`]);
    assert.deepEqual(
      [...holders],
      [
        [
          "shop/db",
          [{ name: "main", where: `Secret ${place} of cluster main`, values: { password: { text: canary } } }],
        ],
      ],
    );
    assert.deepEqual(notes, [`Secret ${place} of cluster main: note, url unchanged`]);
  });

  it("says nothing where every key of it is ours", async () => {
    const { notes } = await run({ facts: choice("adopt"), secret: { data: { password: canary } } });
    assert.deepEqual(notes, []);
  });
});

describe("a Secret that the state knows", () => {
  const name = `main/${place}`;
  const external = "kubernetes:external-secrets.io/v1:ExternalSecret";

  for (const type of [external, "kubernetes:core/v1:Secret"]) {
    it(`is not asked for: ${type}`, async () => {
      const { issues, survey } = await run({
        facts: type === external ? remote : plain,
        secret: {},
        state: [stateResource({ type, name })],
      });
      assert.deepEqual(issues, []);
      assert.ok(!survey.asked.includes(`main Secret ${place}`));
    });
  }

  for (const type of [external, "kubernetes:core/v1:SecretPatch"]) {
    const known = [stateResource({ type, name, merges: true })];
    const changes = type === external ? remote : plain;

    it(`is not narrowed to our keys when the entry goes: ${type}`, async () => {
      assert.deepEqual(await issuesOf({ facts: changes, secret: {}, state: known }), [stranger]);
    });

    it(`is asked for no more while the entry stays: ${type}`, async () => {
      for (const chosen of ["adopt", "merge"]) {
        const { issues, survey } = await run({ facts: choice(chosen, changes), secret: {}, state: known });
        assert.deepEqual(issues, []);
        assert.ok(!survey.asked.includes(`main Secret ${place}`));
      }
    });
  }
});

describe("a Secret that is somebody else's by the catalogue", () => {
  const argocd: Existing = {
    kind: "Secret",
    namespace: "shop",
    name: "argocd-secret",
    data: { username: canary, "admin.password": canary },
  };

  for (const [store, changes] of [
    ["remote", remote],
    ["plain", plain],
  ] as const) {
    it(`stops no run, there or not, and says what becomes of its keys, in a namespace of a ${store} store`, async () => {
      assert.deepEqual((await run({ facts: changes })).issues, []);
      const { issues, notes } = await run({ facts: changes, others: [argocd] });
      assert.deepEqual(issues, []);
      assert.deepEqual(notes, [
        "Secret shop/argocd-secret of cluster main: username overwritten; admin.password unchanged",
      ]);
    });
  }

  it("is asked for no more once the state knows it", async () => {
    const state = [
      stateResource({ type: "kubernetes:core/v1:SecretPatch", name: "main/shop/argocd-secret", merges: true }),
    ];
    const { notes, survey } = await run({ facts: plain, others: [argocd], state });
    assert.deepEqual([notes, survey.asked], [[], [`main Secret ${place}`]]);
  });
});
