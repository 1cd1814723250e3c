import assert from "node:assert/strict";
import { existingNamespaces } from "../../../../components/clusters/existing-namespaces.ts";
import { RefusedError, StoreError } from "../../../../components/support/messages/errors.ts";
import { startCluster, type FakeCluster } from "../../../support/fake-cluster.ts";
import { namespaceList } from "../../../support/external-queries.ts";
import { failing, up, type Changes } from "../../../support/stack.ts";

const namespace = "kubernetes:core/v1:Namespace";
const both = ["shop", "till"] as const;
const operator = "main/operator-namespace-kept";

/** The facts where both namespaces are made here, but for these changes. */
const facts = (changes: object = {}) => ({
  namespaces: Object.fromEntries(both.map((name) => [name, { cluster: "main", store: "vault", create: true }])),
  ...changes,
});
const madeByOthers = {
  namespaces: Object.fromEntries(both.map((name) => [name, { cluster: "main", store: "vault" }])),
};
/** A cluster that has these namespaces, and counts how often it is asked. */
function clusterOf(found: ReturnType<typeof namespaceList> | undefined) {
  const asked: string[] = [];
  const existingNamespaces = ({ name }: { readonly name: string }) => {
    asked.push(name);
    return Promise.resolve(found);
  };
  return { asked, external: { existingNamespaces } };
}
const restricted = { terminating: false, labels: { "pod-security.kubernetes.io/enforce": "restricted" } };
const empty = () => clusterOf(new Map());
const refused = (count: number, ...lines: readonly string[]) =>
  [
    `Environment "test" was refused: ${count === 1 ? "1 problem" : `${count} problems`}. Nothing was changed.`,
    ...lines,
  ].join("\n");
async function refusal(changes: Changes): Promise<string> {
  const { error, resources } = await failing(changes);
  assert.ok(error instanceof RefusedError);
  assert.deepEqual(resources.contents, ["pulumi:providers:vault vault"]);
  return error.message;
}

/** The state as a version before `-kept` left it. */
const before = (state: NonNullable<Changes["state"]>) =>
  Object.fromEntries(Object.entries(state).map(([urn, each]) => [urn.replace(/namespace-kept$/, "namespace"), each]));

describe("the namespaces of an environment", () => {
  it("are made where the cluster has none, and nothing ever deletes them, whatever the policy says", async () => {
    const { asked, external } = empty();
    const { resources } = await up({ facts: facts(), policy: { retain: false }, external });
    assert.deepEqual(asked, ["main"]);
    assert.deepEqual(resources.names(namespace), [operator, "main/shop/namespace-kept", "main/till/namespace-kept"]);
    for (const { type, name, options } of resources.all.filter((each) => each.type === namespace)) {
      assert.deepEqual(
        [type, options.retainOnDelete, options.aliases],
        [namespace, true, [name.replace(/-kept$/, "")]],
      );
    }
  });

  it("are used as they are where the cluster has them, whoever made them, and never become ours", async () => {
    const { external } = clusterOf(new Map([...namespaceList("till"), ["external-secrets", restricted] as const]));
    const { resources, logs } = await up({ facts: facts(), external });
    assert.deepEqual(resources.names(namespace), ["main/shop/namespace-kept"]);
    assert.deepEqual(resources.names("kubernetes:external-secrets.io/v1:SecretStore"), [
      "main/shop/secret-store",
      "main/till/secret-store",
    ]);
    assert.deepEqual(logs, []);
  });

  it("stay ours in later runs, and no cluster is asked about what the state knows", async () => {
    const first = await up({ facts: facts(), external: empty().external });
    const { asked, external } = clusterOf(namespaceList("shop", "till", "external-secrets"));
    const { resources } = await up({ facts: facts(), state: first.state, external });
    assert.deepEqual(asked, []);
    assert.deepEqual(resources.names(namespace), first.resources.names(namespace));
  });

  it("may stop to be declared: they leave the program, and the cluster is not asked", async () => {
    const first = await up({ facts: facts(), external: empty().external });
    const { asked, external } = empty();
    const { resources } = await up({ facts: madeByOthers, state: first.state, external });
    assert.deepEqual([asked, resources.names(namespace)], [[], [operator]]);
    const alone = await up({ facts: facts({ applications: ["shop"] }), state: first.state, external });
    assert.deepEqual(alone.resources.names(namespace), [operator, "main/shop/namespace-kept"]);
  });

  it("warn where the operator's own was there before, and admits Pods that it should refuse", async () => {
    const { external } = clusterOf(namespaceList("external-secrets"));
    const { logs, resources } = await up({ facts: facts(), external });
    assert.ok(!resources.names(namespace).includes(operator));
    assert.deepEqual(logs, [
      {
        severity: "warning",
        message:
          "Namespace external-secrets of cluster main already existed and is used unchanged: without pod-security.kubernetes.io/enforce=restricted it admits Pods that it should reject.\n" +
          "    fix: kubectl label namespace external-secrets pod-security.kubernetes.io/enforce=restricted --overwrite",
      },
    ]);
  });
});

describe("namespaces that nothing can be put into", () => {
  it("are refused before the first write where others should have made them: all of them", async () => {
    const { external } = empty();
    assert.equal(
      await refusal({ facts: madeByOthers, external }),
      refused(
        2,
        "  namespaces.shop: cluster main has no namespace shop, and this program may not create it",
        `    fix: kubectl create namespace shop, or let this program create it: pulumi config set --path 'namespaces.shop.create' true`,
        "  namespaces.till: cluster main has no namespace till, and this program may not create it",
        `    fix: kubectl create namespace till, or let this program create it: pulumi config set --path 'namespaces.till.create' true`,
      ),
    );
  });

  it("are refused while they are being deleted", async () => {
    const terminating = { terminating: true, labels: {} };
    const { external } = clusterOf(new Map([["till", terminating]]));
    assert.equal(
      await refusal({ facts: facts(), external }),
      refused(
        1,
        "  namespaces.till: namespace till of cluster main is being deleted, and nothing can be created in it until it is gone",
        "    fix: kubectl wait --for=delete namespace/till --timeout=5m, then run pulumi up again; its status says what delays it: kubectl get namespace till --output=yaml",
      ),
    );
  });

  it("are refused where they are to be made, and nobody may look which ones exist", async () => {
    const { external } = clusterOf(undefined);
    const changes = {
      namespaces: { ...madeByOthers.namespaces, till: { cluster: "main", store: "vault", create: true } },
    };
    assert.equal(
      await refusal({ facts: changes, external }),
      refused(
        2,
        "  clusters.main.externalSecrets.namespace: namespace external-secrets is created if cluster main has none, but these credentials may not list its namespaces",
        "    fix: grant list on namespaces (kubectl auth can-i list namespaces)",
        "  namespaces.till: namespace till is created if cluster main has none, but these credentials may not list its namespaces",
        `    fix: grant list on namespaces (kubectl auth can-i list namespaces), or create it yourself and: pulumi config set --path 'namespaces.till.create' false`,
      ),
    );
  });

  it("are not looked for where others make them, and nobody may look", async () => {
    const { external } = clusterOf(undefined);
    const clusters = { main: { flavour: "kubeconfig", externalSecrets: { version: "2.9.0", install: false } } };
    const { resources } = await up({ facts: { ...madeByOthers, clusters }, external });
    resources.assertNone(namespace);
  });
});

describe("namespaces that an earlier version made", () => {
  const old = async () => before((await up({ facts: facts(), external: empty().external })).state);
  const lines = (name: string, type: string) => [
    `  ${name}: an earlier version of this program created this namespace, and the state does not protect it yet: this run would delete it, with everything in it`,
    `    fix: undo the change that removed it from facts or catalogue, run pulumi up, then make the change again. If its cluster no longer exists: pulumi state delete --target-dependents 'urn:pulumi:test::multicloud-secrets::${type}$kubernetes:core/v1:Namespace::${name}'`,
  ];
  const component = "secrets:delivery:NamespaceSecrets";

  it("are kept from the first run on that still declares them", async () => {
    const { asked, external } = empty();
    const { resources } = await up({ facts: facts(), state: await old(), external });
    assert.deepEqual(asked, []);
    assert.deepEqual(resources.names(namespace), [operator, "main/shop/namespace-kept", "main/till/namespace-kept"]);
  });

  for (const [title, changes, ...gone] of [
    ["create is taken back", madeByOthers, ...both],
    ["an application leaves", facts({ applications: ["shop"] }), "till"],
    [
      "one moves to another cluster",
      facts({
        clusters: Object.fromEntries(
          ["main", "next"].map((name) => [
            name,
            { flavour: "kubeconfig", context: name, externalSecrets: { version: "2.9.0" } },
          ]),
        ),
        stores: {
          vault: {
            kind: "vault-kv",
            address: "https://vault.example:8200",
            auth: { mountPaths: { main: "main", next: "next" } },
          },
        },
        namespaces: { ...facts().namespaces, till: { cluster: "next", store: "vault", create: true } },
      }),
      "till",
    ],
  ] as const) {
    it(`are not deleted when ${title}: the run is refused`, async () => {
      const expected = gone.flatMap((name) => lines(`main/${name}/namespace`, component));
      assert.equal(
        await refusal({ facts: changes, state: await old(), external: empty().external }),
        refused(gone.length, ...expected),
      );
    });
  }

  it("are not deleted when the operator is left to others", async () => {
    const clusters = { main: { flavour: "kubeconfig", externalSecrets: { version: "2.9.0", install: false } } };
    assert.equal(
      await refusal({ facts: facts({ clusters }), state: await old(), external: empty().external }),
      refused(1, ...lines("main/operator-namespace", "secrets:external-secrets:ExternalSecretsOperator")),
    );
  });
});

describe("asking a cluster for its namespaces", () => {
  let cluster: FakeCluster;
  const path = "/api/v1/namespaces?limit=500";
  const on = (found: FakeCluster) => ({
    ...madeByOthers,
    clusters: {
      main: {
        flavour: "kubeconfig",
        kubeconfig: found.kubeconfig,
        externalSecrets: { version: "2.9.0", install: false },
      },
    },
  });
  beforeEach(async () => {
    const items = [
      { metadata: { name: "shop" }, status: { phase: "Active" } },
      { metadata: { name: "till", deletionTimestamp: "2026-01-31T00:00:00Z" }, status: { phase: "Terminating" } },
    ];
    cluster = await startCluster({ [path]: { apiVersion: "v1", kind: "NamespaceList", metadata: {}, items } });
  });
  afterEach(() => cluster.close());

  it("takes one request, and tells which are being deleted", async () => {
    const message = await refusal({ facts: on(cluster), external: { existingNamespaces } });
    assert.match(message, /^ {2}namespaces\.till: namespace till of cluster main is being deleted/m);
    assert.doesNotMatch(message, /shop/);
    assert.deepEqual(cluster.requests, [`GET ${path}`]);
  });

  it("is no obstacle where that is forbidden, and others make the namespaces", async () => {
    cluster.answers.delete(path);
    const { resources } = await up({ facts: on(cluster), external: { existingNamespaces } });
    resources.assertNone(namespace);
  });

  it("stops the run before the first write where the cluster does not answer", async () => {
    await cluster.close();
    const { error, resources } = await failing({ facts: on(cluster), external: { existingNamespaces } });
    cluster = await startCluster({});
    assert.ok(error instanceof StoreError);
    assert.match(
      error.message,
      /^clusters\.main: asking which namespaces exist failed: .+\. Nothing was changed\.\n {4}fix: check the kubeconfig and its context: kubectl get namespaces$/s,
    );
    assert.deepEqual(resources.contents, ["pulumi:providers:vault vault"]);
  });
});
