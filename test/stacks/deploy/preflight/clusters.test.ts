import assert from "node:assert/strict";
import type { StateResource } from "../../../../components/backends/contract.ts";
import { clusterStoreName } from "../../../../components/support/naming.ts";
import { literal, password } from "../../../../components/values/recipe.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import { preflightClusters, type ClusterFindings } from "../../../../stacks/deploy/preflight/clusters.ts";
import { environment, facts, policy, stateResource } from "../../../support/fixtures.ts";
import { emptyClusters } from "../../../support/external-queries.ts";
import { up } from "../../../support/stack.ts";
import { surveyOf, type Existing } from "../../../support/survey.ts";

const owner = "acme/test";
const catalogue: Catalogue = {
  shop: {
    secrets: { db: { keys: { username: literal("shop"), password: password() } } },
    deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
  },
};
// Its operator is another stack's: other-stacks.test.ts has those that are installed here.
const main = { flavour: "kubeconfig", externalSecrets: { version: "2.9.0", install: false } };
const two = {
  stores: { vault: { ...facts.stores.vault, auth: { mountPaths: { second: "kubernetes-second" } } } },
  clusters: { main, second: { ...main, context: "second" } },
  namespaces: { shop: { clusters: { main: { store: "vault" }, second: { store: "vault" } } } },
};
const shared = {
  clusters: { main: { ...main, externalSecrets: { version: "2.9.0", install: false, clusterSecretStore: {} } } },
};
const storeName = clusterStoreName({ platform: "acme", environment: "test", store: "vault" });

const preflight = async (
  changes: object,
  clusters: Readonly<Record<string, readonly Existing[]>>,
  state: readonly StateResource[] = [],
) => {
  const spec = environment({ catalogue, facts: { ...facts, clusters: { main }, ...changes } });
  const survey = surveyOf(clusters);
  return { ...(await preflightClusters({ environment: spec, owner, state, survey, isMadeAnew: () => false })), survey };
};

/** What a namespace that reads Vault gets, as the cluster and as the state know it. */
const made: readonly (readonly [Existing, type: string, name: string])[] = [
  [
    { kind: "SecretStore", namespace: "shop", name: "secrets-reader" },
    "external-secrets.io/v1:SecretStore",
    "secret-store",
  ],
  [{ kind: "ServiceAccount", namespace: "shop", name: "secrets-reader" }, "core/v1:ServiceAccount", "service-account"],
  [
    { kind: "Role", namespace: "shop", name: "secrets-reader-token-request" },
    "rbac.authorization.k8s.io/v1:Role",
    "token-request",
  ],
  [
    { kind: "RoleBinding", namespace: "shop", name: "secrets-reader-token-request" },
    "rbac.authorization.k8s.io/v1:RoleBinding",
    "token-request-binding",
  ],
  [{ kind: "ExternalSecret", namespace: "shop", name: "shop-db" }, "external-secrets.io/v1:ExternalSecret", "shop-db"],
];
const stateOf = (cluster: string) =>
  made.map(([, type, name]) => stateResource({ type: `kubernetes:${type}`, name: `${cluster}/shop/${name}` }));
const strangerIn = (cluster: string, what: string) => ({
  path: `clusters.${cluster}`,
  problem: `${what} exists and is not managed by this stack`,
  fix:
    "rename the existing object, or the one of this stack" +
    `\n    or, after a lost state, adopt what exists: pulumi config set --path 'clusters.${cluster}.upsertExistingObjects' true`,
});

const namesIn = (adopted: ClusterFindings["adopted"]) =>
  (adopted.get("main") ?? []).map((each) => `${each.kind} ${each.namespace ?? ""}/${each.name}`);

describe("an object of the name of one that a namespace gets", () => {
  for (const [object] of made) {
    const what = `${object.kind} shop/${object.name}`;

    it(`stops the run: ${what}`, async () => {
      assert.deepEqual((await preflight({}, { main: [object] })).issues, [strangerIn("main", what)]);
    });

    it(`does not stop it where this stack made it: ${what}`, async () => {
      const ours = { ...object, annotations: { "multicloud-secrets/stack": owner } };
      const { issues, takenOver, adopted } = await preflight({}, { main: [ours] });
      assert.deepEqual([issues, takenOver], [[], new Map([["main", "unforced"]])]);
      assert.deepEqual(namesIn(adopted), [what]);
    });

    it(`does not stop it where a stack that this one was before made it: ${what}`, async () => {
      const former = { ...object, annotations: { "multicloud-secrets/stack": "acme/old" } };
      const { issues, takenOver } = await preflight({ formerStacks: ["acme/old"] }, { main: [former] });
      assert.deepEqual([issues, takenOver], [[], new Map([["main", "forced"]])]);
    });

    it(`does not stop it where objects may be taken over: ${what}`, async () => {
      const upsert = { clusters: { main: { ...main, upsertExistingObjects: true } } };
      const { issues, adopted } = await preflight(upsert, { main: [object] });
      assert.deepEqual([issues, namesIn(adopted)], [[], [what]]);
      const ours = { ...object, annotations: { "multicloud-secrets/stack": owner } };
      assert.deepEqual(namesIn((await preflight(upsert, { main: [ours] })).adopted), [what]);
    });
  }

  it("is asked for in the same breath as the Secret, and no other is", async () => {
    const { survey } = await preflight({}, { main: [] });
    const expected = [...made.map(([{ kind, name }]) => `main ${kind} shop/${name}`), "main Secret shop/shop-db"];
    assert.deepEqual([...survey.asked].sort(), expected.sort());
  });

  it("is asked for only where it is new to the state", async () => {
    for (const [index, [{ kind, name }]] of made.entries()) {
      const { survey } = await preflight(
        {},
        { main: [] },
        stateOf("main").filter((_, each) => each !== index),
      );
      // A Secret is known by its ExternalSecret.
      const secret = kind === "ExternalSecret" ? ["main Secret shop/shop-db"] : [];
      assert.deepEqual(survey.asked, [`main ${kind} shop/${name}`, ...secret]);
    }
  });

  it("is known by its type and name in the state, not by one of the two", async () => {
    const state = [
      ...stateOf("other"),
      ...stateOf("main").map(({ name }) => stateResource({ name, type: "kubernetes:core/v1:ConfigMap" })),
    ];
    assert.equal((await preflight({}, { main: [] }, state)).survey.asked.length, made.length + 1);
  });

  it("is asked for in no cluster where nothing is new", async () => {
    const survey = { find: () => assert.fail("a cluster was asked"), read: () => assert.fail("a Secret was read") };
    const spec = environment({ catalogue, facts: { ...facts, clusters: { main } } });
    const state = stateOf("main");
    const found = await preflightClusters({ environment: spec, owner, state, survey, isMadeAnew: () => true });
    assert.deepEqual(found, { issues: [], holders: new Map(), notes: [], takenOver: new Map(), adopted: new Map() });
  });

  it("is the Secret of credentials, too, where people bring those", async () => {
    const stores = { vault: { ...facts.stores.vault, staticCredentials: true } };
    const spec = environment({
      catalogue,
      facts: { ...facts, stores },
      policy: { ...policy, allowStaticCredentials: true },
      secretKeys: new Set(["vaultReaderToken"]),
    });
    const survey = surveyOf({ main: [{ kind: "Secret", namespace: "shop", name: "secrets-reader-credentials" }] });
    const { issues } = await preflightClusters({
      environment: spec,
      owner,
      state: [],
      survey,
      isMadeAnew: () => false,
    });
    assert.deepEqual(issues, [strangerIn("main", "Secret shop/secrets-reader-credentials")]);
  });

  it("is a Secret called credentials though a reader's credentials are a resource of that name", async () => {
    const spec = environment({
      catalogue: {
        shop: {
          secrets: { db: { keys: { password: password() } } },
          deliveries: [{ namespace: "shop", secretName: "credentials", from: ["db"] }],
        },
      },
      facts: { ...facts, stores: { vault: { ...facts.stores.vault, staticCredentials: true } } },
      policy: { ...policy, allowStaticCredentials: true },
      secretKeys: new Set(["vaultReaderToken"]),
    });
    const survey = surveyOf({ main: [] });
    const named = { name: "main/shop/credentials", type: "kubernetes:core/v1:Secret" };
    const state = [stateResource({ ...named, objectName: "secrets-reader-credentials" })];
    const found = await preflightClusters({ environment: spec, owner, state, survey, isMadeAnew: () => false });
    assert.deepEqual(found.issues, []);
    assert.ok(survey.asked.includes("main Secret shop/credentials"));
    // One that was delivered plain is another matter: it is known, and changes hands.
    const plain = [stateResource({ ...named, objectName: "credentials" })];
    const later = surveyOf({ main: [] });
    const args = { environment: spec, owner, state: plain, survey: later, isMadeAnew: () => false };
    assert.deepEqual((await preflightClusters(args)).issues, []);
    assert.ok(!later.asked.includes("main Secret shop/credentials"), later.asked.join(", "));
  });

  it("is a ClusterSecretStore where namespaces share one, with its reader beside the operator", async () => {
    const { survey, issues } = await preflight(shared, { main: [{ kind: "ClusterSecretStore", name: storeName }] });
    assert.deepEqual(issues, [strangerIn("main", `ClusterSecretStore ${storeName}`)]);
    assert.deepEqual(survey.asked, [
      `main ClusterSecretStore ${storeName}`,
      "main ServiceAccount external-secrets/secrets-reader",
      "main Role external-secrets/secrets-reader-token-request",
      "main RoleBinding external-secrets/secrets-reader-token-request",
      "main ExternalSecret shop/shop-db",
      "main Secret shop/shop-db",
    ]);
  });

  it("is none where Secrets are plain", async () => {
    const { survey } = await preflight({ stores: { vault: { kind: "kubernetes" } } }, { main: [] });
    assert.deepEqual(survey.asked, ["main Secret shop/shop-db"]);
  });
});

describe("several clusters", () => {
  const secret: Existing = { kind: "Secret", namespace: "shop", name: "shop-db" };

  it("are asked each for its own, and what they say is said together", async () => {
    const [[store] = assert.fail()] = made;
    const { issues, survey } = await preflight(two, { main: [secret], second: [store] });
    assert.deepEqual(
      issues.map(({ problem }) => problem),
      [
        "Secret shop/shop-db of cluster main exists and is not managed by this stack: its values would be overwritten",
        "SecretStore shop/secrets-reader exists and is not managed by this stack",
      ],
    );
    assert.equal(survey.asked.length, 2 * (made.length + 1));
  });

  it("are asked no more where the state knows everything of them", async () => {
    const { survey } = await preflight(two, { main: [], second: [] }, stateOf("main"));
    assert.ok(survey.asked.length > 0 && survey.asked.every((each) => each.startsWith("second ")));
  });

  it("have one entry for the Secret in all of them", async () => {
    const existingSecrets = { "shop/shop-db": "adopt" };
    const held = (value: string) => [{ ...secret, data: { password: value } }];
    const { issues, holders } = await preflight({ ...two, existingSecrets }, { main: held("a"), second: held("b") });
    assert.deepEqual(issues, []);
    assert.deepEqual(
      holders.get("shop/db")?.map(({ name, where, values }) => [name, where, values]),
      [
        ["main", "Secret shop/shop-db of cluster main", { password: { text: "a" } }],
        ["second", "Secret shop/shop-db of cluster second", { password: { text: "b" } }],
      ],
    );
  });

  it("have an entry of their own where it begins with the cluster, which decides nothing for the others", async () => {
    const existingSecrets = { "second/shop/shop-db": "merge" };
    const { issues } = await preflight({ ...two, existingSecrets }, { main: [secret], second: [secret] });
    assert.deepEqual(
      issues.map(({ problem }) => problem),
      ["Secret shop/shop-db of cluster main exists and is not managed by this stack: its values would be overwritten"],
    );
  });
});

describe("values of a Secret that is taken over", () => {
  const deliveries = [
    {
      namespace: "shop",
      secretName: "shop-db",
      from: [
        { secret: "db", keys: { DB_USER: "username", DB_PASSWORD: "password", ADMIN_PASSWORD: "password" } },
        { secret: "api", keys: { TOKEN: "token" } },
      ],
    },
  ];
  const secrets = {
    db: { keys: { username: literal("shop"), password: password() } },
    api: { keys: { token: password() } },
  };

  it("go to the secrets that its keys are delivered from, under their names there", async () => {
    const spec = environment({
      catalogue: { shop: { secrets, deliveries } },
      facts: { ...facts, existingSecrets: { "shop/shop-db": "adopt" } },
    });
    const data = { DB_USER: "u", DB_PASSWORD: "p", ADMIN_PASSWORD: "another", TOKEN: "t", note: "n" };
    const survey = surveyOf({ main: [{ kind: "Secret", namespace: "shop", name: "shop-db", data }] });
    const { holders } = await preflightClusters({
      environment: spec,
      owner,
      state: [],
      survey,
      isMadeAnew: () => true,
    });
    const found = [...holders].map(([id, each]) => [id, each.map(({ values }) => values)]);
    assert.deepEqual(found, [
      // Two values of one key: both are held against what becomes of it.
      ["shop/db", [{ password: { text: "p" }, username: { text: "u" } }, { password: { text: "another" } }]],
      ["shop/api", [{ token: { text: "t" } }]],
    ]);
  });
});

describe("a cluster that is not to be asked", () => {
  it("is warned of in each run that makes something new, and asked nothing", async () => {
    const clusters = { main: { ...main, assumeNothingExists: true } };
    const survey = { ...emptyClusters, find: () => assert.fail("the cluster was asked") };
    const { logs, state, vault } = await up({ facts: { clusters }, clusters: survey });
    assert.deepEqual(logs, [
      {
        severity: "warning",
        message:
          "clusters.main: existing objects are not checked (assumeNothingExists): any object with the name of a new one is overwritten.",
      },
    ]);
    assert.deepEqual((await up({ facts: { clusters }, clusters: survey, state, vault })).logs, []);
  });
});
