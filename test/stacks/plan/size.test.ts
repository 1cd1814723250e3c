import assert from "node:assert/strict";
import { alternating, literal, password } from "../../../components/values/recipe.ts";
import { resourceCount } from "../../../stacks/plan/size.ts";
import { deployStack } from "../../../stacks/index.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { knownEntropy } from "../../support/entropy.ts";
import { fakeKeyVaultApi } from "../../support/providers/azure.ts";
import { emptyExternal } from "../../support/external-queries.ts";
import { environment, facts as fixture, policy } from "../../support/fixtures.ts";
import { runProgram } from "../../support/mocks.ts";
import { asText } from "../../support/project.ts";
import { up } from "../../support/stack.ts";

const names = ["shop", "till", "depot"];
const version = { version: "2.9.0" };
const main = { flavour: "kubeconfig", issuer: "https://issuer.example/main", externalSecrets: version };
const edge = { ...main, context: "edge", issuer: "https://issuer.example/edge" };
const account = { region: "eu-central-1", accountId: "111122223333" };
const uuid = "11111111-1111-4111-8111-111111111111";
const pool = "projects/123456789/locations/global/workloadIdentityPools/acme/providers/main";
const stores = {
  vault: { kind: "vault-kv", address: "https://vault.example:8200" },
  parameters: { kind: "aws-parameter-store", ...account },
  manager: { kind: "aws-secrets-manager", ...account },
  azure: {
    kind: "azure-key-vault",
    subscriptionId: uuid,
    tenantId: uuid,
    resourceGroup: "secrets",
    vault: "kv-acme",
    location: "westeurope",
  },
  google: {
    kind: "gcp-secret-manager",
    project: "acme-prod",
    projectNumber: "123456789012",
    identityProviders: { main: pool },
  },
} as const;

const catalogue: Catalogue = {
  shop: {
    secrets: {
      db: { keys: { username: literal("shop"), password: password() } },
      cache: { keys: { password: password() } },
    },
    deliveries: names.map((namespace) => ({
      namespace,
      secretName: "db",
      from: ["db", { secret: "cache", keys: { CACHE: "password" } }],
    })),
  },
};

/** Facts with all namespaces in a cluster, reading a store. */
function reading(store: keyof typeof stores, changes: object = {}, namespace: object = { cluster: "main" }) {
  return {
    stores: { [store]: stores[store] },
    clusters: { main },
    namespaces: Object.fromEntries(names.map((name) => [name, { store, ...namespace }])),
    ...changes,
  };
}
const operator = (externalSecrets: object) => ({
  clusters: { main: { ...main, externalSecrets: { ...version, ...externalSecrets } } },
});

const driver = (cluster: object, secretsStoreCsi: object = {}) => ({
  via: "csi",
  clusters: { main: { ...cluster, secretsStoreCsi } },
});
const gke = {
  flavour: "gke",
  project: "acme-prod",
  location: "europe-west3",
  clusterName: "main",
  externalSecrets: version,
};
const googleAlone = { stores: { google: { ...stores.google, identityProviders: {} } } };

const cases: Readonly<Record<string, object>> = {
  "the CSI driver with Vault": reading("vault", driver(main)),
  "the CSI driver with Vault and its certificates": reading("vault", {
    ...driver(main),
    stores: { vault: { ...stores.vault, caBundle: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" } },
  }),
  "the CSI driver with Parameter Store": reading("parameters", driver(main)),
  "the CSI driver with Secrets Manager": reading("manager", driver(main)),
  "the CSI driver with Key Vault": reading("azure", driver(main)),
  "the CSI driver with Google Cloud": reading("google", {
    ...driver(gke, { charts: { gcp: { chart: "./charts/gcp" } } }),
    ...googleAlone,
  }),
  "a CSI driver that the platform brings": reading("vault", driver(main, { install: false })),
  "a CSI driver beside the operator": reading("vault", {
    clusters: { main: { ...main, secretsStoreCsi: {} } },
    namespaces: {
      shop: { store: "vault", cluster: "main", via: "csi" },
      till: { store: "vault", cluster: "main" },
      depot: { store: "vault", cluster: "main" },
    },
  }),
  Vault: reading("vault"),
  "Parameter Store": reading("parameters"),
  "Secrets Manager": reading("manager"),
  "Key Vault": reading("azure"),
  "Google Cloud": reading("google"),
  "namespaces that are made here": reading("vault", {}, { cluster: "main", create: true }),
  "a shared reader": reading("vault", operator({ clusterSecretStore: {} })),
  "a shared reader of Key Vault": reading("azure", operator({ clusterSecretStore: {} })),
  "a shared reader of Google Cloud": reading("google", operator({ clusterSecretStore: {} })),
  "network policies": reading("vault", operator({ networkPolicy: {} })),
  "network policies and monitoring": reading(
    "vault",
    operator({ networkPolicy: { monitoringNamespace: "monitoring" } }),
  ),
  "no admission policy": reading("vault", operator({ admissionPolicy: false })),
  "somebody else's operator": reading("vault", operator({ install: false })),
  "static credentials": reading("vault", { stores: { vault: { ...stores.vault, staticCredentials: true } } }),
  "Secrets by a GitOps tool": reading("vault", { via: "gitops" }),
  "plain Secrets": reading("vault", { via: "plain" }),
  "a write-only store": reading("vault", { stores: { vault: { ...stores.vault, values: "write-only" } } }),
  "a store that nothing uses": reading("vault", { stores }),
  "two clusters": reading(
    "parameters",
    { clusters: { main, edge } },
    {
      cluster: undefined,
      store: undefined,
      clusters: { main: { store: "parameters" }, edge: { store: "parameters" } },
    },
  ),
  "a cluster that nothing uses": reading("vault", { clusters: { main, edge } }),
  "two stores, one for a move": reading("vault", { stores }, { cluster: "main", alsoStores: ["manager"] }),
  "Pod Identity": reading("parameters", {
    clusters: { main: { ...main, flavour: "eks", clusterName: "main", identity: "pod-identity" } },
  }),
  "Red Hat's operator": reading("vault", {
    clusters: { main: { ...main, flavour: "openshift", manager: "operator-lifecycle-manager" } },
  }),
};

describe("the number of resources", () => {
  const policies = { test: { ...policy, allowStaticCredentials: true } };
  for (const [name, changes] of Object.entries(cases)) {
    it(`is what is registered: ${name}`, async () => {
      const all = { ...fixture, ...changes };
      const plain = Object.fromEntries(Object.entries(all).map(([key, value]) => [key, asText(value)]));
      const secret = "vaultReaderToken";
      const { resources } = await runProgram(
        () =>
          deployStack({
            catalogue,
            policies,
            entropy: knownEntropy("size"),
            external: { ...emptyExternal(all), keyVaultApi: fakeKeyVaultApi },
          }),
        { stack: "test", config: { plain, secret: { [secret]: "token" } } },
      );
      const spec = environment({ facts: all, catalogue, policy: policies.test, secretKeys: new Set([secret]) });
      assert.equal(resourceCount(spec), resources.all.length);
    });
  }

  it("is what is registered: logins of a target, and restarts", async () => {
    const facts = { targets: { main: { kind: "postgresql", host: "db.example", administrator: "rotator" } } };
    const accounts = [{ target: "main", username: "username", password: "password" }];
    const keys = { username: alternating("shop_a", "shop_b"), password: password() };
    const logins: Catalogue = {
      shop: {
        secrets: { db: { keys, accounts } },
        deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"], restarts: ["Deployment/shop"] }],
      },
    };
    const { resources } = await up({ catalogue: logins, facts, secret: { targetPasswords: '{"main":"password"}' } });
    const namespaces = { shop: { cluster: "main", store: "vault" } };
    const spec = environment({
      catalogue: logins,
      facts: { ...fixture, ...facts, namespaces },
      administered: new Set(["main"]),
    });
    assert.equal(resourceCount(spec), resources.all.length);
  });
});
