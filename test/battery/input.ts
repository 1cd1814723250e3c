import { stringify } from "yaml";
import { literal, password, provided, template } from "../../components/values/recipe.ts";
import { policy } from "../support/fixtures.ts";
import type { Input } from "./case.ts";

const uuid = "11111111-2222-3333-4444-555555555555";
const pool = "projects/123456789/locations/global/workloadIdentityPools/acme/providers/main";

/** A valid input with a store of each kind, which cases break one thing of. A new copy at each call. */
export function validInput(): Input {
  return {
    stack: "test",
    project: stringify({ name: "multicloud-secrets", runtime: "nodejs" }),
    facts: {
      platform: "acme",
      created: "2026-01-31",
      stores: {
        parameters: { kind: "aws-parameter-store", region: "eu-central-1", accountId: "123456789012" },
        secrets: { kind: "aws-secrets-manager", region: "eu-central-1", accountId: "123456789012" },
        azure: {
          kind: "azure-key-vault",
          subscriptionId: uuid,
          tenantId: uuid,
          resourceGroup: "platform",
          vault: "acme-test",
          location: "westeurope",
        },
        google: {
          kind: "gcp-secret-manager",
          project: "acme-test",
          projectNumber: "123456789",
          identityProviders: { main: pool },
        },
        vault: { kind: "vault-kv", address: "https://vault.example:8200" },
      },
      clusters: {
        main: { flavour: "kubeconfig", issuer: "https://issuer.example/main", externalSecrets: { version: "2.9.0" } },
      },
      namespaces: {
        shop: { cluster: "main", store: "vault" },
        till: { cluster: "main", store: "parameters" },
        depot: { cluster: "main", store: "secrets" },
        office: { cluster: "main", store: "azure" },
        stock: { cluster: "main", store: "google" },
      },
    },
    catalogue: {
      shop: {
        secrets: {
          db: {
            rotateEveryDays: 90,
            keys: { username: literal("shop"), password: password(), url: template("pg://${username}:${password}@db") },
          },
          api: { keys: { token: provided("shopToken") } },
        },
        deliveries: ["shop", "till", "depot", "office", "stock"].map((namespace) => ({
          namespace,
          secretName: "shop-db",
          from: ["db", { secret: "api", keys: { API_TOKEN: "token" } }],
        })),
      },
    },
    policies: { test: { ...policy } },
  };
}
