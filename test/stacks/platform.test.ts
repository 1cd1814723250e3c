import assert from "node:assert/strict";
import { RefusedError, StoreError } from "../../components/support/errors.ts";
import { literal, password, provided } from "../../components/values/recipe.ts";
import type { Catalogue } from "../../stacks/catalogue-spec.ts";
import type { Policy } from "../../stacks/environment.ts";
import { deployStack } from "../../stacks/index.ts";
import { leaks } from "../support/clear-text.ts";
import { knownEntropy } from "../support/entropy.ts";
import { secretList, startCluster, type FakeCluster } from "../support/fake-cluster.ts";
import { FakeVault } from "../support/fake-vault.ts";
import { facts, policy } from "../support/fixtures.ts";
import { goldenResources } from "../support/golden.ts";
import { runFailing, runProgram, type RunOptions } from "../support/mocks.ts";
import { asText } from "../support/project.ts";

const secretV2 = "vault:kv/secretV2:SecretV2";
const stash = "pulumi:index:Stash";

/** Two applications in two namespaces; one reads a secret of the other. */
const catalogue: Catalogue = {
  shop: {
    secrets: { db: { rotateEveryDays: 90, keys: { username: literal("shop"), password: password() } } },
    deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
  },
  till: {
    secrets: { api: { keys: { token: provided("tillToken") } } },
    deliveries: [
      { namespace: "till", secretName: "till-api", from: ["api"] },
      { namespace: "till", secretName: "till-db", from: [{ secret: "shop/db", keys: { PASSWORD: "password" } }] },
    ],
  },
};
const namespaces = { shop: { cluster: "main", store: "vault" }, till: { cluster: "main", store: "vault" } };
const canary = "canary-of-the-till-9f2c";

interface Changes extends RunOptions {
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly policy?: Partial<Policy>;
  readonly entropy?: string;
}

/** The stack `test` with the facts of the fixtures and these changes. */
function stack({ facts: changes = {}, policy: decisions = {}, entropy = "first", ...options }: Changes = {}) {
  const plain = Object.entries({ ...facts, namespaces, ...changes }).map(([key, value]) => [key, asText(value)]);
  const policies = { test: { ...policy, retain: false, ...decisions } };
  return [
    () => deployStack({ catalogue, policies, entropy: knownEntropy(entropy) }),
    {
      stack: "test",
      config: { plain: Object.fromEntries(plain) as Record<string, string>, secret: { tillToken: canary } },
      ...options,
    },
  ] as const;
}
const up = (changes?: Changes) => runProgram(...stack(changes));
const failing = async (changes?: Changes) => {
  const run = await runFailing(...stack(changes));
  const [error] = run.errors;
  assert.ok(error instanceof Error);
  return { ...run, error };
};

describe("deploying an environment", () => {
  it("stores each secret once, and gives each namespace what it consumes", async () => {
    const { resources, vault, result } = await up();
    assert.deepEqual(vault.paths, ["secret/acme-test/shop/db", "secret/acme-test/till/api"]);
    assert.deepEqual(resources.names("vault:index/policy:Policy"), ["main/shop/policy", "main/till/policy"]);
    assert.deepEqual(resources.names("kubernetes:external-secrets.io/v1:ExternalSecret"), [
      "main/shop/shop-db",
      "main/till/till-api",
      "main/till/till-db",
    ]);
    const rights = resources.find("vault:index/policy:Policy", "main/shop/policy").inputs["policy"];
    assert.ok(!String(rights).includes("till"), "shop may read what is till's");
    assert.deepEqual(result, {
      schemaVersion: 1,
      environment: "test",
      namespaces: {
        shop: {
          cluster: "main",
          secretStore: "secrets-reader",
          secrets: {
            "shop-db": {
              keys: ["password", "username"],
              store: "vault",
              remoteNames: ["acme-test/shop/db"],
              rotateBy: "2026-05-01",
              rotatedAt: "2026-01-31T00:00:00Z",
              merged: false,
            },
          },
        },
        till: {
          cluster: "main",
          secretStore: "secrets-reader",
          secrets: {
            "till-api": {
              keys: ["token"],
              store: "vault",
              remoteNames: ["acme-test/till/api"],
              rotatedAt: "2026-01-31T00:00:00Z",
              merged: false,
            },
            "till-db": {
              keys: ["PASSWORD"],
              store: "vault",
              remoteNames: ["acme-test/shop/db"],
              rotateBy: "2026-05-01",
              rotatedAt: "2026-01-31T00:00:00Z",
              merged: false,
            },
          },
        },
      },
      clusters: { main: { flavour: "kubeconfig", operator: { namespace: "external-secrets", version: "2.9.0" } } },
    });
  });

  it("has every component below the stack, without inputs, and every other resource below a component or a provider", async () => {
    const { resources } = await up();
    const components = resources.all.filter(({ custom, type }) => !custom && type !== "pulumi:pulumi:Stack");
    assert.deepEqual(components.map(({ name }) => name).sort(), ["main", "main/shop", "main/till", "shop", "till"]);
    for (const { inputs, parent } of components) assert.deepEqual([inputs, parent], [{}, ""]);
    const orphans = resources.all.filter(
      ({ custom, parent, type }) => custom && parent === "" && !type.startsWith("pulumi:providers:"),
    );
    assert.deepEqual(orphans, []);
  });

  it("uses a provider of its own for everything, never a default one", async () => {
    const { resources } = await up();
    const byDefault = resources.all.filter(
      ({ custom, provider, type }) => custom && provider === "" && !type.startsWith("pulumi:"),
    );
    assert.deepEqual(byDefault, []);
  });

  it("changes nothing in a second run, whatever is random in it", async () => {
    const first = await up();
    const before = structuredClone(first.vault.read("secret", "acme-test/shop/db"));
    const second = await up({ vault: first.vault, state: first.state, entropy: "second" });
    assert.deepEqual(goldenResources(second.resources), goldenResources(first.resources));
    assert.deepEqual(second.vault.read("secret", "acme-test/shop/db"), before);
    assert.deepEqual(second.logs, []);
  });

  it("leaves no value in clear, in two runs", async () => {
    const first = await up();
    const second = await up({ vault: first.vault, state: first.state });
    const values = first.vault.values.filter((value) => value !== "shop");
    assert.deepEqual([values.length, values.includes(canary)], [2, true]);
    for (const { resources, logs, debugLog, calls, result } of [first, second]) {
      assert.deepEqual(leaks([resources.all, logs, debugLog, calls, result], values), []);
    }
  });

  it("says in the store whose a secret is, and in which stack", async () => {
    const { resources } = await up({ stack: "test.part" });
    const { inputs } = resources.find(secretV2, "shop/db/vault");
    assert.deepEqual(inputs["customMetadata"], {
      maxVersions: 10,
      data: { "managed-by": "pulumi", project: "multicloud-secrets", stack: "test.part" },
    });
  });

  it("makes only what the applications need that it runs", async () => {
    const { resources, result } = await up({ facts: { applications: ["shop"] } });
    assert.deepEqual(
      resources.all.filter(({ name }) => name.includes("till")),
      [],
    );
    assert.deepEqual(Object.keys(result.namespaces), ["shop"]);
  });

  it("uses an operator that is there already where it is told to", async () => {
    const externalSecrets = { version: "2.9.0", namespace: "operators", install: false };
    const { resources } = await up({ facts: { clusters: { main: { flavour: "kubeconfig", externalSecrets } } } });
    resources.assertNone("kubernetes:helm.sh/v3:Release");
    resources.assertNone("kubernetes:core/v1:Namespace");
    const binding = resources.find(
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
      "main/shop/token-request-binding",
    );
    assert.deepEqual(binding.inputs["subjects"], [
      { kind: "ServiceAccount", name: "external-secrets", namespace: "operators" },
    ]);
  });

  it("keeps remote objects and Secrets at the end where the policy says so, and no rights", async () => {
    const { resources } = await up({ policy: { retain: true } });
    const kept = resources.all.filter(({ options }) => options.retainOnDelete).map(({ type }) => type);
    assert.deepEqual([...new Set(kept)], [secretV2]);
    assert.equal(JSON.stringify(goldenResources(resources)).match(/"creationPolicy":"Orphan"/g)?.length, 3);
  });

  it("warns of a stack that gets slow", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`ns-${index}`, { cluster: "main", store: "vault" }]),
    );
    const deliveries = Object.keys(many).map((namespace) => ({ namespace, secretName: "shop-db", from: ["db"] }));
    const large: Catalogue = { shop: { secrets: { db: { keys: { password: password() } } }, deliveries } };
    const [, options] = stack({ facts: { namespaces: many } });
    const { logs } = await runProgram(() => deployStack({ catalogue: large, policies: { test: policy } }), {
      ...options,
      config: { plain: options.config?.plain ?? {} },
    });
    assert.deepEqual(logs, [
      {
        severity: "warning",
        message:
          "This stack holds about 555 resources; with a file or object-store backend each step writes the whole state again, " +
          "so time grows with the square beyond 500.\n" +
          "    fix: split it by applications into several stacks: docs/operations.md#large-environments",
      },
    ]);
  });
});

describe("deploying after something went wrong", () => {
  it("is refused before the first write when the state is lost, and says how to take each value over", async () => {
    const { vault } = await up();
    const before = vault.read("secret", "acme-test/shop/db");
    const { error, resources } = await failing({ vault, entropy: "second" });
    assert.ok(error instanceof RefusedError);
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  shop/db: store vault already holds "acme-test/shop/db", and the state does not know it: its value would be overwritten',
        `    fix: to take it over (generated keys keep its value, configured ones are written): pulumi config set --path 'adopt["shop/db"]' true`,
      ].join("\n"),
    );
    assert.deepEqual(vault.read("secret", "acme-test/shop/db"), before);
    assert.deepEqual(resources.contents, ["pulumi:providers:vault vault"]);
  });

  it("keeps every value when a lost state's secrets are adopted", async () => {
    const { vault } = await up();
    const before = vault.read("secret", "acme-test/shop/db");
    await up({ vault, entropy: "second", facts: { adopt: { "shop/db": true } } });
    assert.deepEqual(vault.read("secret", "acme-test/shop/db"), before);
  });

  it("goes on after an interruption at any point, with the values of the first run", async () => {
    const { vault, state } = await up();
    const before = vault.read("secret", "acme-test/shop/db");
    const steps = Object.entries(state).filter(([, { type }]) => type === stash || type === secretV2);
    for (let reached = 1; reached <= steps.length; reached += 1) {
      const partial = Object.fromEntries(steps.slice(0, reached));
      await up({ vault, state: partial, entropy: `run ${reached}` });
      assert.deepEqual(vault.read("secret", "acme-test/shop/db"), before, `interrupted after ${reached}`);
    }
  });

  it("warns of drift in what it owns, and not where drift is not looked for", async () => {
    const { vault, state } = await up();
    vault.write("secret/acme-test/till/api", { token: "by-hand" });
    const [watching, blind] = [await up({ vault, state }), await up({ vault, state, facts: { detectDrift: false } })];
    assert.deepEqual(
      watching.logs.map(({ message }) => message.split("\n")[0]),
      ['drift: "acme-test/till/api" (till/api) was changed by hand in store vault.'],
    );
    assert.deepEqual([blind.logs, blind.calls.filter(({ token }) => token.startsWith("vault:"))], [[], []]);
  });

  it("rotates one secret and leaves the others alone", async () => {
    const { vault, state } = await up();
    const before = [vault.read("secret", "acme-test/shop/db"), vault.read("secret", "acme-test/till/api")];
    const run = await up({ vault, state, entropy: "later", facts: { rotations: { "shop/db": "2026-02-01" } } });
    const [db, api] = [vault.read("secret", "acme-test/shop/db"), vault.read("secret", "acme-test/till/api")];
    assert.notEqual(db["password"], before[0]?.["password"]);
    assert.deepEqual(api, before[1]);
    assert.equal(run.result.namespaces["shop"]?.secrets["shop-db"]?.rotateBy, "2026-05-02");
    const annotation = (name: string) =>
      JSON.stringify(run.resources.find("kubernetes:external-secrets.io/v1:ExternalSecret", name).inputs["metadata"]);
    assert.match(annotation("main/shop/shop-db"), /"force-sync":"2"/);
    assert.match(annotation("main/till/till-api"), /"force-sync":"1"/);
  });

  it("rejects an unreachable Vault before the first write", async () => {
    const vault = new FakeVault();
    vault.list = () => {
      throw new Error("connection refused");
    };
    const { error, resources } = await failing({ vault });
    assert.ok(error instanceof StoreError);
    assert.match(
      error.message,
      /^stores\.vault: listing names in Vault at https:\/\/vault\.example:8200 \(mount secret\) failed: connection refused\. Nothing was changed\.\n/,
    );
    assert.deepEqual(resources.contents, ["pulumi:providers:vault vault"]);
  });
});

describe("deploying plain Secrets", () => {
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = await startCluster(Object.fromEntries([secretList("shop", "other", "shop-db-2"), secretList("till")]));
  });
  afterEach(() => cluster.close());
  const hold = (...list: Parameters<typeof secretList>) => cluster.answers.set(...secretList(...list));
  const plainFacts = (changes: object = {}) => ({
    stores: { vault: { kind: "kubernetes" } },
    clusters: {
      main: {
        flavour: "kubeconfig",
        kubeconfig: cluster.kubeconfig,
        externalSecrets: { version: "2.9.0" },
        ...changes,
      },
    },
  });

  it("makes Secrets, and neither store nor operator", async () => {
    const { resources, result } = await up({ facts: plainFacts() });
    assert.deepEqual(
      resources.contents.filter((each) => !each.startsWith("secrets:") && !each.startsWith(stash)),
      [
        "kubernetes:core/v1:Secret main/shop/shop-db",
        "kubernetes:core/v1:Secret main/till/till-api",
        "kubernetes:core/v1:Secret main/till/till-db",
        "pulumi:providers:kubernetes main",
      ],
    );
    assert.deepEqual(result.namespaces["shop"], {
      cluster: "main",
      secrets: {
        "shop-db": {
          keys: ["password", "username"],
          store: "vault",
          remoteNames: [],
          rotateBy: "2026-05-01",
          rotatedAt: "2026-01-31T00:00:00Z",
          merged: false,
        },
      },
    });
    assert.deepEqual(result.clusters, { main: { flavour: "kubeconfig" } });
    assert.deepEqual([...cluster.requests].sort(), [
      "GET /api/v1/namespaces/shop/secrets",
      "GET /api/v1/namespaces/till/secrets",
    ]);
  });

  it("rejects a Secret that exists and that the state does not know, before the first write", async () => {
    hold("shop", "other", "shop-db");
    const { error, resources } = await failing({ facts: plainFacts() });
    assert.ok(error instanceof RefusedError);
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        "  clusters.main: Secret shop/shop-db exists, and the state does not know it: its values would be overwritten",
        "    fix: remove it (kubectl -n shop delete secret shop-db), or overwrite it: pulumi config set --path 'clusters.main.upsertExistingObjects' true",
      ].join("\n"),
    );
    assert.deepEqual(resources.contents, []);
  });

  it("rejects to move a namespace to plain Secrets that its ExternalSecrets own", async () => {
    const { state } = await up();
    const { error } = await failing({ facts: { ...plainFacts(), applications: ["shop"] }, state });
    assert.ok(error instanceof RefusedError);
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  namespaces["shop"].store: Secret shop-db is owned by an ExternalSecret of this stack, which this change would remove, and the Secret with it',
        "    fix: keep the store; a namespace can't move from a remote store to plain Secrets while an application uses them",
      ].join("\n"),
    );
  });

  it("asks nothing where the state knows every Secret, or where existing ones are to be overwritten", async () => {
    const { state } = await up({ facts: plainFacts() });
    const asked = cluster.requests.length;
    hold("shop", "other", "shop-db");
    await up({ facts: plainFacts(), state });
    await up({ facts: plainFacts({ upsertExistingObjects: true }) });
    assert.equal(cluster.requests.length, asked);
  });

  it("rejects a cluster that does not answer, before the first write", async () => {
    await cluster.close();
    const { error, resources } = await failing({ facts: plainFacts() });
    cluster = await startCluster({});
    assert.ok(error instanceof StoreError);
    assert.match(
      error.message,
      /^clusters\.main: asking which Secrets exist failed: .+\. Nothing was changed\.\n {4}fix: check the kubeconfig and its context, and that you may list Secrets: kubectl auth can-i list secrets -A$/s,
    );
    assert.deepEqual(resources.contents, []);
  });
});
