import { accepted, at, refused, type CaseClass, type Input, type Tree } from "../case.ts";
import { onlyStores } from "../changes.ts";

const version = { version: "2.9.0" };
const main = { flavour: "kubeconfig", issuer: "https://issuer.example/main", externalSecrets: version };

/** Two clusters, `main` and `edge`, with what they differ by from the valid one. */
function clusters(first: Tree, second: Tree) {
  return ({ facts }: Input) => {
    facts["clusters"] = {
      main: { ...main, ...first },
      edge: { ...main, issuer: "https://issuer.example/edge", ...second },
    };
  };
}

/** The same, and a namespace of the second that reads a store. */
function readingTwice(store: string, facts: Tree = {}) {
  return (input: Input) => {
    clusters({ context: "main" }, { context: "edge" })(input);
    at(input.facts, "namespaces")["shop"] = { clusters: { main: { store }, edge: { store } } };
    Object.assign(at(input.facts, "stores", store), facts);
  };
}

const eks = (clusterName: string, more: Tree = {}) => ({ flavour: "eks", clusterName, ...more });
const gke = {
  flavour: "gke",
  issuer: undefined,
  project: "acme-test",
  projectNumber: "123456789",
  location: "europe-west3",
};
const withPorts = (storePorts: unknown) => (input: Input) => {
  at(input.facts, "clusters", "main", "externalSecrets")["networkPolicy"] = { storePorts };
};
const operator = (changes: Tree) => (input: Input) =>
  void Object.assign(at(input.facts, "clusters", "main", "externalSecrets"), changes);
const namespace =
  (name: string, changes: Tree = {}) =>
  (input: Input) =>
    void (at(input.facts, "namespaces")[name] = { cluster: "main", store: "vault", ...changes });

/** Clusters that are one, that a store can't tell apart, or that their own facts keep from working. */
export const clusterConflicts: CaseClass = {
  title: "clusters that contradict others, stores or namespaces",
  cases: [
    ...refused({
      "two clusters of the current context": clusters({}, {}),
      "two clusters of one context": clusters({ context: "prod" }, { context: "prod" }),
      "two clusters of one context in one kubeconfig": clusters(
        { context: "prod", kubeconfig: "/etc/kube" },
        { context: "prod", kubeconfig: "/etc/kube" },
      ),
      "two clusters of the current context of one kubeconfig": clusters({ kubeconfig: "a" }, { kubeconfig: "a" }),
      "one cluster under two names, with one operator and a namespace in both": (input) => {
        clusters({}, { externalSecrets: { ...version, install: false } })(input);
        at(input.facts, "namespaces")["shop"] = {
          clusters: { main: { store: "parameters" }, edge: { store: "parameters" } },
        };
      },
      "two clusters of one issuer": clusters({ context: "a" }, { context: "b", issuer: "https://issuer.example/main" }),
      "two clusters of one issuer but for a slash": clusters(
        { context: "a" },
        { context: "b", issuer: "https://issuer.example/main/" },
      ),
      "two clusters of one issuer but for capitals": clusters(
        { context: "a" },
        { context: "b", issuer: "https://ISSUER.example/main" },
      ),
      "two clusters of one issuer but for the port": clusters(
        { context: "a" },
        { context: "b", issuer: "https://issuer.example:443/main" },
      ),
      "two flavours of one issuer": clusters(
        { context: "a", ...eks("prod"), issuer: "https://oidc.example/id/A" },
        { context: "b", flavour: "aks", issuer: "https://oidc.example/id/A" },
      ),
      "one cluster of GKE under two names": clusters(
        { ...gke, context: "a", clusterName: "prod" },
        { ...gke, context: "b", clusterName: "prod" },
      ),
      "two clusters that log in to Vault at one mount": readingTwice("vault"),
      "two clusters at one mount that is named": readingTwice("vault", {
        auth: { mountPaths: { main: "k8s", edge: "k8s" } },
      }),
      "two clusters, one at the mount of the other": readingTwice("vault", {
        auth: { mountPaths: { edge: "kubernetes" } },
      }),
      "two clusters whose methods are made at one mount": readingTwice("vault", {
        auth: {
          methods: {
            main: { host: "https://main.example:6443", reviewer: "vault-pod" },
            edge: { host: "https://edge.example:6443", reviewer: "vault-pod" },
          },
        },
      }),
      "two clusters at one mount in one namespace above their secrets": (input) => {
        readingTwice("vault", { namespace: "admin/a", auth: { namespace: "admin" } })(input);
        at(input.facts, "stores")["twin"] = { ...at(input.facts, "stores", "vault"), namespace: "admin/b" };
        at(input.facts, "namespaces")["shop"] = { clusters: { main: { store: "vault" }, edge: { store: "twin" } } };
      },
      "two clusters at one mount of a Vault that is two stores": (input) => {
        readingTwice("vault")(input);
        at(input.facts, "stores")["twin"] = { ...at(input.facts, "stores", "vault"), mount: "kv" };
        at(input.facts, "namespaces")["shop"] = { clusters: { main: { store: "vault" }, edge: { store: "twin" } } };
      },
      "one reader for five stores": operator({ clusterSecretStore: {} }),
      "one reader for two stores": (input) => {
        onlyStores(input, "vault", "parameters");
        operator({ clusterSecretStore: {} })(input);
      },
      "one reader for two Vaults": (input) => {
        onlyStores(input, "vault", "parameters");
        at(input.facts, "stores")["parameters"] = { kind: "vault-kv", address: "https://other.example" };
        operator({ clusterSecretStore: {} })(input);
      },
      "no port": withPorts([]),
      "port 0": withPorts([0]),
      "port 65536": withPorts([65_536]),
      "port -1": withPorts([-1]),
      "a half port": withPorts([443.5]),
      "a port as a text": withPorts(["https"]),
      "a port that is no list": withPorts(443),
      "443 alone where Vault is at 8200": withPorts([443]),
      "8200 alone where clouds are at 443": withPorts([8200]),
      "the operator in a namespace of applications": operator({ namespace: "shop" }),
      "an application in the operator's namespace": (input) => {
        namespace("external-secrets")(input);
        (at(input.catalogue, "shop")["deliveries"] as Tree[]).push({
          namespace: "external-secrets",
          secretName: "db",
          from: ["db"],
        });
      },
      "the operator in a namespace that is no name": operator({ namespace: "External_Secrets" }),
      "a namespace kube-system that is made here": namespace("kube-system", { create: true }),
      "a namespace default that is made here": namespace("default", { create: true }),
      "a namespace kube-public that is made here": namespace("kube-public", { create: true }),
      "a namespace openshift that is made here": namespace("openshift", { create: true }),
      "a namespace openshift-config that is made here": namespace("openshift-config", { create: true }),
      "a chart that is no folder, without a repository": operator({ chart: "our-chart" }),
      "a repository beside an OCI address": operator({
        chart: "oci://registry.example/eso",
        repository: "https://charts.example",
      }),
      "a repository beside a folder": operator({ chart: "./charts/eso", repository: "https://charts.example" }),
      "a repository of another protocol": operator({ repository: "ftp://charts.example" }),
      "an empty chart": operator({ chart: "" }),
      "a kubeconfig in place of its path": ({ facts }) =>
        void (at(facts, "clusters", "main")["kubeconfig"] = "apiVersion: v1\nkind: Config\nusers: []\n"),
      "a kubeconfig with a line break": ({ facts }) => void (at(facts, "clusters", "main")["kubeconfig"] = "a\nb"),
      "an empty context": ({ facts }) => void (at(facts, "clusters", "main")["context"] = ""),
      "a context with a control character": ({ facts }) => void (at(facts, "clusters", "main")["context"] = "a\u0007"),
    }),
    ...accepted({
      "one cluster under two names, with one operator": clusters(
        {},
        { ...eks("main"), issuer: main.issuer, externalSecrets: { ...version, install: false } },
      ),
      "two contexts": clusters({ context: "a" }, { context: "b" }),
      "one context in two kubeconfigs": clusters(
        { context: "default", kubeconfig: "/etc/a" },
        { context: "default", kubeconfig: "/etc/b" },
      ),
      "two issuers that differ in their path": clusters(
        { context: "a", issuer: "https://issuer.example/Main" },
        { context: "b", issuer: "https://issuer.example/main" },
      ),
      "two clusters without an issuer where none is needed": (input) => {
        clusters({ context: "a" }, { context: "b", issuer: undefined })(input);
      },
      "one name of EKS in two regions": clusters(
        { ...eks("prod"), context: "a", issuer: "https://oidc.example/id/A" },
        { ...eks("prod"), context: "b", issuer: "https://oidc.example/id/B" },
      ),
      "two clusters at two mounts of Vault": readingTwice("vault", {
        auth: { mountPaths: { edge: "kubernetes-edge" } },
      }),
      "two clusters at one path in two namespaces of Vault": (input) => {
        readingTwice("vault")(input);
        at(input.facts, "stores")["twin"] = { ...at(input.facts, "stores", "vault"), namespace: "team-a" };
        at(input.facts, "namespaces")["shop"] = { clusters: { main: { store: "vault" }, edge: { store: "twin" } } };
      },
      "two clusters at two paths in one namespace above their secrets": (input) => {
        readingTwice("vault", { namespace: "admin/a", auth: { namespace: "admin", mountPaths: { edge: "k8s-edge" } } })(
          input,
        );
        at(input.facts, "stores")["twin"] = { ...at(input.facts, "stores", "vault"), namespace: "admin/b" };
        at(input.facts, "namespaces")["shop"] = { clusters: { main: { store: "vault" }, edge: { store: "twin" } } };
      },
      "two clusters that read a store of AWS": readingTwice("parameters"),
      "one reader for one store": (input) => {
        onlyStores(input, "vault");
        operator({ clusterSecretStore: {} })(input);
      },
      "one operator that logs in for two stores of AWS": (input) => {
        onlyStores(input, "parameters", "secrets");
        operator({ clusterSecretStore: {} })(input);
        Object.assign(at(input.facts, "clusters", "main"), eks("prod", { identity: "pod-identity" }));
      },
      "both ports": withPorts([443, 8200]),
      "the port of a proxy alone": withPorts([3128]),
      "kube-system that is not made here": namespace("kube-system"),
      "a namespace with a name like kube": namespace("kubeflow", { create: true }),
      "a cluster that nothing uses": clusters({ context: "a" }, { context: "b" }),
      "a store that nothing uses": ({ facts }) =>
        void (at(facts, "stores")["unused"] = { kind: "vault-kv", address: "https://other.example" }),
      "the usual chart without a repository": operator({ chart: "external-secrets" }),
      "a chart of a repository": operator({ chart: "our-chart", repository: "https://charts.example" }),
      "a chart in a folder": operator({ chart: "./charts/eso" }),
      "a chart in a folder by its whole path": operator({ chart: "/opt/charts/eso" }),
      "a chart at an OCI address": operator({ chart: "oci://registry.example/charts/eso" }),
      "the operator in a namespace of its own": operator({ namespace: "eso" }),
    }),
  ],
};
