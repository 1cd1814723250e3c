import assert from "node:assert/strict";
import { clusterSurvey, placeOf, type ObjectName } from "../../../components/clusters/survey.ts";
import { StoreError } from "../../../components/support/messages/errors.ts";
import {
  metadataList,
  metadataPage,
  secretList,
  secretPage,
  secretTable,
  startCluster,
  type FakeCluster,
} from "../../support/fake-cluster.ts";
import { environment, facts } from "../../support/fixtures.ts";

const canary = "canary-in-use-3b7e";
const secret = (name: string, namespace = "shop"): ObjectName => ({ kind: "Secret", namespace, name });
const operatorPath = "/apis/external-secrets.io/v1";
const rbacPath = "/apis/rbac.authorization.k8s.io/v1";

describe("asking a cluster what exists", () => {
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = await startCluster(Object.fromEntries([secretList("shop", "shop-db", "other"), secretList("till")]));
  });
  afterEach(() => cluster.close());

  const specOf = (kubeconfig = cluster.kubeconfig) =>
    environment({ facts: { ...facts, clusters: { main: { ...facts.clusters.main, kubeconfig } } } }).clusters.get(
      "main",
    )?.spec ?? assert.fail("no cluster");
  const find = (...wanted: readonly ObjectName[]) => clusterSurvey.find(specOf(), wanted);
  const refusalOf = async (asked: Promise<unknown>) => {
    const error = await asked.then(
      () => assert.fail("the cluster was expected to refuse"),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof StoreError, String(error));
    return error.message;
  };

  it("asks once for each kind and namespace, whatever the number of names, and of Secrets for no value", async () => {
    const found = await find(secret("shop-db"), secret("shop-none"), secret("till-api", "till"));
    assert.deepEqual(
      found.map(({ kind, namespace, name }) => [kind, namespace, name]),
      [["Secret", "shop", "shop-db"]],
    );
    assert.deepEqual([...cluster.requests].sort(), [
      "GET /api/v1/namespaces/shop/secrets?limit=500",
      "GET /api/v1/namespaces/till/secrets?limit=500",
    ]);
    assert.deepEqual([...new Set(cluster.accepted)], ["application/json;as=Table;g=meta.k8s.io;v=v1"]);
  });

  it("asks nothing of a cluster where nothing is wanted", async () => {
    assert.deepEqual(await find(), []);
    assert.deepEqual(cluster.requests, []);
  });

  it("finds every kind where the API has it, each asked for by its metadata", async () => {
    const wanted: readonly ObjectName[] = [
      { kind: "ServiceAccount", namespace: "shop", name: "a" },
      { kind: "Role", namespace: "shop", name: "b" },
      { kind: "RoleBinding", namespace: "shop", name: "c" },
      { kind: "SecretStore", namespace: "shop", name: "d" },
      { kind: "ExternalSecret", namespace: "shop", name: "e" },
      { kind: "ClusterSecretStore", name: "f" },
    ];
    const paths = [
      "/api/v1/namespaces/shop/serviceaccounts",
      `${rbacPath}/namespaces/shop/roles`,
      `${rbacPath}/namespaces/shop/rolebindings`,
      `${operatorPath}/namespaces/shop/secretstores`,
      `${operatorPath}/namespaces/shop/externalsecrets`,
      `${operatorPath}/clustersecretstores`,
    ];
    for (const [index, path] of paths.entries()) {
      const { kind: _, ...metadata } = wanted[index] ?? assert.fail();
      cluster.answers.set(...metadataList(path, metadata));
    }
    const found = await find(...wanted);
    assert.deepEqual(
      found.map(({ kind, namespace, name }) => ({ kind, ...(namespace === undefined ? {} : { namespace }), name })),
      wanted,
    );
    const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    assert.deepEqual([...new Set(cluster.accepted)], [metadataOnly]);
  });

  it("says what is known without a value: type, annotations, labels, the controller and who wrote fields", async () => {
    const metadata = {
      namespace: "shop",
      name: "shop-db",
      annotations: { "multicloud-secrets/stack": "acme/test" },
      labels: { app: "shop" },
      ownerReferences: [
        { kind: "ConfigMap", name: "no-controller" },
        { kind: "ExternalSecret", name: "shop-db", controller: true },
      ],
      managedFields: [{ manager: "kubectl" }, {}, { manager: "operator" }],
    };
    const other = { metadata: { name: "other" }, type: "Opaque" };
    cluster.answers.set(...secretTable("shop", { metadata, type: "kubernetes.io/tls" }, other));
    assert.deepEqual(await find(secret("shop-db"), secret("other")), [
      {
        kind: "Secret",
        namespace: "shop",
        name: "shop-db",
        type: "kubernetes.io/tls",
        annotations: { "multicloud-secrets/stack": "acme/test" },
        labels: { app: "shop" },
        controller: "ExternalSecret/shop-db",
        managers: ["kubectl", "operator"],
      },
      { kind: "Secret", name: "other", type: "Opaque", annotations: {}, labels: {}, managers: [] },
    ]);
  });

  const typed = (metadata: readonly object[], next?: string) =>
    secretPage(
      metadata.map((each) => ({ metadata: each, type: "Opaque" })),
      next,
    );
  for (const [kind, path, page] of [
    ["Secret", "/api/v1/namespaces/shop/secrets", typed],
    ["ExternalSecret", `${operatorPath}/namespaces/shop/externalsecrets`, metadataPage],
  ] as const) {
    it(`reads every page of a long list: ${kind}`, async () => {
      const first = Array.from({ length: 500 }, (_, index) => ({ namespace: "shop", name: `s-${index}` }));
      cluster.answers.set(`${path}?limit=500`, page(first, "next-1"));
      cluster.answers.set(`${path}?continue=next-1&limit=500`, page([{ namespace: "shop", name: "x" }], "n-2"));
      cluster.answers.set(`${path}?continue=n-2&limit=500`, page([{ namespace: "shop", name: "shop-db" }]));
      const found = await find({ kind, namespace: "shop", name: "shop-db" }, { kind, namespace: "shop", name: "s-9" });
      assert.deepEqual(
        found.map(({ name }) => name),
        ["s-9", "shop-db"],
      );
      assert.equal(cluster.requests.length, 3);
    });
  }

  it("does not take an answer in another form for a namespace without Secrets", async () => {
    cluster.answers.set(...metadataList("/api/v1/namespaces/shop/secrets", { namespace: "shop", name: "shop-db" }));
    assert.match(
      await refusalOf(find(secret("shop-db"))),
      /^clusters\.main: asking which secrets in shop exist failed: the API sent no table of Secrets, which was asked for\.$/m,
    );
  });

  it("takes a kind that is not installed for one without objects", async () => {
    cluster.missing.add(`${operatorPath}/namespaces/shop/externalsecrets?limit=500`);
    assert.deepEqual(await find({ kind: "ExternalSecret", namespace: "shop", name: "shop-db" }), []);
  });

  it("names every list that was refused in one message, in the API's own words without its headers", async () => {
    cluster.answers.delete("/api/v1/namespaces/till/secrets?limit=500");
    assert.equal(
      await refusalOf(
        find(
          secret("shop-db"),
          secret("till-api", "till"),
          { kind: "Role", namespace: "shop", name: "r" },
          { kind: "ClusterSecretStore", name: "f" },
        ),
      ),
      [
        "clusters.main: asking which clustersecretstores, roles, secrets in shop, till exist failed: /api/v1/namespaces/till/secrets?limit=500 is forbidden.",
        "    fix: check the kubeconfig and its context, and that you may list: kubectl auth can-i list secrets -n till",
        "    or continue without checking, and overwrite any object with the name of a new one: pulumi config set --path 'clusters.main.assumeNothingExists' true",
      ].join("\n"),
    );
  });

  it("names a kind of the whole cluster without a namespace", async () => {
    assert.equal(
      await refusalOf(find({ kind: "ClusterSecretStore", name: "f" })),
      [
        `clusters.main: asking which clustersecretstores exist failed: ${operatorPath}/clustersecretstores?limit=500 is forbidden.`,
        "    fix: check the kubeconfig and its context, and that you may list: kubectl auth can-i list clustersecretstores",
        "    or continue without checking, and overwrite any object with the name of a new one: pulumi config set --path 'clusters.main.assumeNothingExists' true",
      ].join("\n"),
    );
  });

  it("says which kubeconfig can't be used", async () => {
    assert.equal(
      await refusalOf(clusterSurvey.find(specOf("/none/kubeconfig"), [secret("shop-db")])),
      "clusters.main: its kubeconfig can't be used: ENOENT: no such file or directory, open '/none/kubeconfig'.\n" +
        "    fix: check the kubeconfig and its context: kubectl config get-contexts",
    );
  });

  it("reads the contents of the Secrets that it is to read, and of no other", async () => {
    const data = { password: Buffer.from(canary).toString("base64") };
    cluster.answers.set("/api/v1/namespaces/shop/secrets/shop-db", { apiVersion: "v1", kind: "Secret", data });
    cluster.answers.set("/api/v1/namespaces/shop/secrets/empty", { apiVersion: "v1", kind: "Secret" });
    const read = await clusterSurvey.read(specOf(), [secret("shop-db"), secret("empty")]);
    assert.deepEqual(
      [...read],
      [
        ["shop/shop-db", data],
        ["shop/empty", {}],
      ],
    );
    assert.deepEqual([...cluster.requests].sort(), [
      "GET /api/v1/namespaces/shop/secrets/empty",
      "GET /api/v1/namespaces/shop/secrets/shop-db",
    ]);
  });

  it("says which Secret it may not read", async () => {
    assert.equal(
      await refusalOf(clusterSurvey.read(specOf(), [secret("shop-db")])),
      "clusters.main: reading Secret shop/shop-db to adopt its values failed: /api/v1/namespaces/shop/secrets/shop-db is forbidden.\n" +
        "    fix: check that you may: kubectl auth can-i get secret/shop-db -n shop",
    );
  });

  it("names a place by its namespace where there is one", () => {
    assert.deepEqual([placeOf(secret("a")), placeOf({ name: "f" })], ["shop/a", "f"]);
  });
});
