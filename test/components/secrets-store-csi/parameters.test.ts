import assert from "node:assert/strict";
import { parse } from "yaml";
import {
  callsOfMount,
  checkCsi,
  csiAudience,
  csiFileProblems,
  csiParameters,
} from "../../../components/backends/identities.ts";
import type { RemoteStoreKind, RemoteStoreSpec } from "../../../components/backends/index.ts";
import type { RemoteObject } from "../../../components/backends/remote-object.ts";
import type { ClusterSpec } from "../../../components/clusters/contract.ts";
import { clusterSpec } from "../../../components/clusters/flavours/index.ts";
import type { MountedFile } from "../../../components/secrets-store-csi/contract.ts";
import { rows } from "../backends/identity-rows/index.ts";
import { clusterFacts } from "../../../components/clusters/flavours/index.ts";

/** The store of a kind as the contract suite of identities has it. */
function storeOf(kind: RemoteStoreKind, changes: object = {}): RemoteStoreSpec {
  const [row] = rows[kind];
  if (row === undefined) throw new Error(`no row of ${kind}`);
  return { ...row.store, ...changes };
}

const bundle: RemoteObject = { name: "acme-test/shop/db", layout: "bundle", keys: ["user-name", "password"] };
const single = (name: string, key: string): RemoteObject => ({ name, layout: "per-key", keys: [key] });

/** A parameter, which is a text here. */
function text(parameter: unknown): string {
  assert.ok(typeof parameter === "string");
  return parameter;
}

/** Two keys of one bundle, under the consumer's names. */
const ofBundle: readonly MountedFile[] = [
  { name: "DB_USER", object: bundle, from: "user-name" },
  { name: "on", object: bundle, from: "password" },
];
const perKey: readonly MountedFile[] = [
  { name: "DB_USER", object: single("acme-test--shop--db--user", "user"), from: "user" },
  { name: "on", object: single("acme-test--shop--db", "password"), from: "password" },
];

function cluster(facts: object = {}): ClusterSpec {
  const base = { flavour: "kubeconfig", externalSecrets: { version: "2.9.0" }, secretsStoreCsi: {} };
  return clusterSpec("main", clusterFacts.parse({ ...base, ...facts }));
}
const gke = { flavour: "gke", project: "acme-test", location: "europe-west3", clusterName: "main" };

const account = { kind: "service-account", serviceAccount: "secrets-reader", annotations: {} } as const;
/** What the clouds' identities hand over; each has what it alone needs. */
const logins = {
  aws: { ...account, roleArn: "arn:aws:iam::123456789012:role/reader" },
  azure: { ...account, clientId: "22222222-2222-2222-2222-222222222222", tenantId: "t" },
  gcp: { ...account, trust: { by: "gke", project: "acme-test", location: "europe-west3", clusterName: "main" } },
  vault: { ...account, role: "acme.test.main.shop", mountPath: "kubernetes-main", audience: "vault" },
} as const;

describe("parameters of the CSI driver's provider for AWS", () => {
  // README of aws/secrets-store-csi-driver-provider-aws, "SecretProviderClass options"; fields and their checks in
  // provider/secret_descriptor.go (`SecretDescriptor`, `NewSecretDescriptorList`), read on 2026-11-29.
  const parameters = (kind: "aws-parameter-store" | "aws-secrets-manager", files: readonly MountedFile[]) =>
    csiParameters(storeOf(kind), logins.aws, { files, cluster: cluster() });

  it("name the region, so that no node is asked for it, and take keys of a bundle by JMESPath in quotation marks", () => {
    const { region, objects, ...others } = parameters("aws-secrets-manager", ofBundle);
    assert.deepEqual([region, others], ["eu-central-1", {}]);
    assert.deepEqual(parse(text(objects)), [
      {
        objectName: "acme-test/shop/db",
        objectType: "secretsmanager",
        // A hyphen needs them ("must be escaped"), and provider/secret_value.go hands the path to go-jmespath.
        jmesPath: [
          { path: '"user-name"', objectAlias: "DB_USER" },
          { path: '"password"', objectAlias: "on" },
        ],
      },
    ]);
  });

  it("have every text in quotation marks: sigs.k8s.io/yaml would take a key called on for a truth value", () => {
    const { objects } = parameters("aws-secrets-manager", ofBundle);
    assert.match(text(objects), /"objectAlias": "on"/);
  });

  it("name a file of each object of a store with one for each key", () => {
    const { objects } = parameters("aws-parameter-store", perKey);
    assert.deepEqual(parse(text(objects)), [
      { objectName: "acme-test--shop--db--user", objectType: "ssmparameter", objectAlias: "DB_USER" },
      { objectName: "acme-test--shop--db", objectType: "ssmparameter", objectAlias: "on" },
    ]);
  });

  it("can't make two files of one object: parameters are answered by a table of their names", () => {
    const object = single("/acme-test/shop/db", "password");
    const files = [
      { name: "a", object, from: "password" },
      { name: "b", object, from: "password" },
    ];
    assert.deepEqual(csiFileProblems(storeOf("aws-parameter-store"), files, cluster()), [
      {
        problem:
          'takes "/acme-test/shop/db" as a and b, and the driver\'s provider for AWS makes one file of an object',
        fix: "in the catalogue, deliver the key under one name, or in two Secrets",
      },
    ]);
    // provider/secret_descriptor.go: aliases of one object's jmesPath only have to differ.
    const twice = ofBundle.map((file) => ({ ...file, from: "password" }));
    assert.deepEqual(csiFileProblems(storeOf("aws-secrets-manager"), twice, cluster()), []);
  });

  it("need tokens for STS (credential_provider/irsa_credential_provider.go, irsaAudience)", () => {
    assert.equal(csiAudience(storeOf("aws-secrets-manager"), cluster()), "sts.amazonaws.com");
  });

  it("can't be made where the operator logs in: Pods have no role there", () => {
    const eks = { flavour: "eks", clusterName: "acme", identity: "pod-identity" };
    assert.deepEqual(checkCsi(storeOf("aws-secrets-manager"), cluster(eks)), [
      {
        path: "clusters.main.identity",
        problem: "must be irsa where Secrets are delivered via csi: with pod-identity only the operator gets a role",
        fix: "pulumi config set --path 'clusters.main.identity' irsa",
      },
    ]);
    assert.deepEqual(checkCsi(storeOf("aws-secrets-manager"), cluster()), []);
  });
});

describe("parameters of the CSI driver's provider for Azure", () => {
  // Azure/secrets-store-csi-driver-provider-azure, pkg/provider/types/{types,parameters}.go, read on 2026-11-29: `objects`
  // is YAML with an `array` of texts that are YAML; `tenantID` is read before `tenantId`, which is deprecated.
  const store = storeOf("azure-key-vault");

  it("name vault, tenant, cloud and the identity that trusts the Pod's account", () => {
    const { objects, ...others } = csiParameters(store, logins.azure, { files: perKey, cluster: cluster() });
    assert.ok(store.kind === "azure-key-vault");
    assert.deepEqual(others, {
      usePodIdentity: "false",
      clientID: "22222222-2222-2222-2222-222222222222",
      tenantID: store.tenantId,
      keyvaultName: store.vault,
      cloudName: "AzurePublicCloud",
    });
    const { array } = parse(text(objects)) as { readonly array: readonly string[] };
    assert.deepEqual(
      array.map((each) => parse(each) as unknown),
      [
        { objectName: "acme-test--shop--db--user", objectType: "secret", objectAlias: "DB_USER" },
        { objectName: "acme-test--shop--db", objectType: "secret", objectAlias: "on" },
      ],
    );
  });

  it("can't take a key of a bundle: KeyVaultObject has no field for it", () => {
    assert.ok(store.kind === "azure-key-vault");
    assert.deepEqual(csiFileProblems(store, ofBundle, cluster()), [
      {
        problem: `takes single keys of acme-test/shop/db, which store ${store.name} holds as JSON, and the driver's provider for Azure writes an object as a whole`,
        fix: `store each key separately: pulumi config set --path 'stores.${store.name}.layout' per-key`,
      },
    ]);
    assert.deepEqual(csiFileProblems(store, perKey, cluster()), []);
  });

  it("need tokens that Azure exchanges (charts/csi-secrets-store-provider-azure/values.yaml, tokenRequests)", () => {
    assert.equal(csiAudience(store, cluster()), "api://AzureADTokenExchange");
  });
});

describe("parameters of the CSI driver's provider for Google Cloud", () => {
  // GoogleCloudPlatform/secrets-store-csi-driver-provider-gcp, config/config.go (`Secret`, `auth`),
  // examples/app-secrets-with-extract-key.yaml.tmpl (`extractJSONKey`) and docs/authentication.md, read on 2026-11-29.
  const store = storeOf("gcp-secret-manager");
  const project = store.kind === "gcp-secret-manager" ? store.project : "";

  it("name versions and files, and log in as the Pod", () => {
    const { secrets, ...others } = csiParameters(store, logins.gcp, { files: perKey, cluster: cluster(gke) });
    assert.deepEqual(others, { auth: "pod-adc" });
    assert.deepEqual(parse(text(secrets)), [
      { resourceName: `projects/${project}/secrets/acme-test--shop--db--user/versions/latest`, path: "DB_USER" },
      { resourceName: `projects/${project}/secrets/acme-test--shop--db/versions/latest`, path: "on" },
    ]);
  });

  it("take a key of a bundle, which server/secretfetcher.go extracts", () => {
    const { secrets } = csiParameters(store, logins.gcp, { files: ofBundle, cluster: cluster(gke) });
    const entries = parse(text(secrets)) as readonly { readonly extractJSONKey?: string }[];
    assert.deepEqual(
      entries.map(({ extractJSONKey }) => extractJSONKey),
      ["user-name", "password"],
    );
    assert.deepEqual(csiFileProblems(store, ofBundle, cluster(gke)), []);
  });

  it("can't take one with GKE's add-on, of which nobody says so, and don't say how its Pods log in", () => {
    const addOn = cluster({ ...gke, secretsStoreCsi: { install: false, driver: "secrets-store-gke.csi.k8s.io" } });
    assert.deepEqual(csiFileProblems(store, ofBundle, addOn), [
      {
        problem: `takes single keys of acme-test/shop/db, which store ${store.name} holds as JSON, and GKE's add-on writes an object as a whole`,
        fix: `store each key separately: pulumi config set --path 'stores.${store.name}.layout' per-key`,
      },
    ]);
    assert.deepEqual(Object.keys(csiParameters(store, logins.gcp, { files: perKey, cluster: addOn })), ["secrets"]);
  });

  it("need tokens of the cluster's pool (auth/auth.go, extractSAToken), and a cluster that has one", () => {
    assert.equal(csiAudience(store, cluster(gke)), "acme-test.svc.id.goog");
    assert.deepEqual(checkCsi(store, cluster(gke)), []);
    assert.deepEqual(checkCsi(store, cluster()), [
      {
        path: "clusters.main.secretsStoreCsi",
        problem: `can't mount objects of store ${store.name}: outside of GKE the driver's provider for Google Cloud reads with one identity for all Pods of the cluster`,
        fix: "deliver these Secrets via external-secret, or from a store of another kind",
      },
    ]);
  });

  it("take a call for each file, also of one bundle (server/server.go, resultMap by file)", () => {
    assert.equal(callsOfMount(store, ofBundle), 2);
    assert.equal(callsOfMount(storeOf("aws-secrets-manager"), ofBundle), 1);
  });
});

describe("parameters of the CSI driver's provider for Vault", () => {
  // "Vault Secrets Store CSI provider configurations" (developer.hashicorp.com/vault/docs/platform/k8s/csi/configurations)
  // and hashicorp/vault-csi-provider, internal/{config,client,auth}, read on 2026-11-29.
  const vault = storeOf("vault-kv");
  const vaultAuth = vault.kind === "vault-kv" ? vault.auth : {};
  const parameters = (changes: object = {}) =>
    csiParameters(storeOf("vault-kv", changes), logins.vault, { files: ofBundle, cluster: cluster() });

  it("name the Vault, the login and for each file the path of the API with its key", () => {
    const { objects, ...others } = parameters();
    assert.deepEqual(others, {
      vaultAddress: "https://vault.inside:8200",
      vaultAuthMountPath: "kubernetes-main",
      roleName: "acme.test.main.shop",
      audience: "vault",
    });
    assert.deepEqual(parse(text(objects)), [
      { objectName: "DB_USER", secretPath: "secret/data/acme-test/shop/db", secretKey: "user-name" },
      { objectName: "on", secretPath: "secret/data/acme-test/shop/db", secretKey: "password" },
    ]);
  });

  it("name the namespace of an Enterprise Vault", () => {
    assert.equal(parameters({ namespace: "team/shop" })["vaultNamespace"], "team/shop");
  });

  it("log in at another namespace than that of the secrets, whose path leads from there", () => {
    const changes = { namespace: "team/shop", auth: { ...vaultAuth, namespace: "team" } };
    const { vaultNamespace, objects } = parameters(changes);
    assert.equal(vaultNamespace, "team");
    const [first] = parse(text(objects)) as readonly { readonly secretPath: string }[];
    assert.equal(first?.secretPath, "shop/secret/data/acme-test/shop/db");
  });

  it("name certificates as a file of the provider's Pods: it takes no text of them", () => {
    const changes = { caBundle: "-----BEGIN CERTIFICATE-----" };
    assert.equal(parameters(changes)["vaultCACertPath"], "/etc/secrets-store-csi/ca/vault.pem");
    assert.deepEqual(checkCsi(storeOf("vault-kv", changes), cluster()), []);
    assert.deepEqual(checkCsi(storeOf("vault-kv", changes), cluster({ secretsStoreCsi: { install: false } })), [
      {
        path: "stores.vault.caBundle",
        problem:
          "does not reach Pods of cluster main: the driver's provider for Vault reads certificates from a file in its own Pods, which this stack does not install (clusters.main.secretsStoreCsi.install)",
        fix: "let this stack install the driver and its provider, or deliver via external-secret",
      },
    ]);
  });

  it("need tokens of the store's audience (internal/auth/kubernetes_jwt.go)", () => {
    assert.equal(csiAudience(storeOf("vault-kv"), cluster()), "vault");
  });
});
