import type { ISecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import type { RemoteStoreKind, RemoteStoreSpec } from "./contract.ts";
import { azureClouds, vaultUrl } from "./azure/key-vault.ts";
import { unreachable } from "../support/errors.ts";
import { apiVersion, type ManifestMetadata } from "../external-secrets/manifests.ts";

/** Credentials of a reader by their key in the Secret that holds them: the configuration key that each comes from. */
export const staticCredentials = {
  "aws-parameter-store": { accessKeyId: "awsReaderAccessKeyId", secretAccessKey: "awsReaderSecretAccessKey" },
  "aws-secrets-manager": { accessKeyId: "awsReaderAccessKeyId", secretAccessKey: "awsReaderSecretAccessKey" },
  "azure-key-vault": { clientId: "azureReaderClientId", clientSecret: "azureReaderClientSecret" },
  "gcp-secret-manager": { key: "gcpReaderKey" },
  "vault-kv": { token: "vaultReaderToken" },
} as const satisfies { readonly [K in RemoteStoreKind]: Readonly<Record<string, string>> };

/** Configuration keys that hold a reader's credentials. */
export const staticCredentialKeys: readonly string[] = [
  ...new Set(Object.values(staticCredentials).flatMap((keys) => Object.values(keys))),
];

/** SecretStore that logs in with credentials from a Secret of its namespace. For development. */
export function staticSecretStore(metadata: ManifestMetadata, spec: RemoteStoreSpec, secretName: string): ISecretStore {
  return { apiVersion, kind: "SecretStore", metadata, spec: { provider: providerOf(spec, secretName) } };
}

type Provider = NonNullable<NonNullable<ISecretStore["spec"]>["provider"]>;

function providerOf(spec: RemoteStoreSpec, name: string): Provider {
  switch (spec.kind) {
    case "aws-parameter-store":
    case "aws-secrets-manager":
      return {
        aws: {
          service: spec.kind === "aws-parameter-store" ? "ParameterStore" : "SecretsManager",
          region: spec.region,
          auth: {
            secretRef: {
              accessKeyIDSecretRef: { name, key: "accessKeyId" },
              secretAccessKeySecretRef: { name, key: "secretAccessKey" },
            },
          },
        },
      };
    case "azure-key-vault":
      return {
        azurekv: {
          authType: "ServicePrincipal",
          vaultUrl: vaultUrl(spec),
          tenantId: spec.tenantId,
          environmentType: azureClouds[spec.vaultSuffix].operator,
          authSecretRef: { clientId: { name, key: "clientId" }, clientSecret: { name, key: "clientSecret" } },
        },
      };
    case "gcp-secret-manager":
      return {
        gcpsm: { projectID: spec.project, auth: { secretRef: { secretAccessKeySecretRef: { name, key: "key" } } } },
      };
    case "vault-kv":
      return {
        vault: {
          server: spec.clusterAddress,
          path: spec.mount,
          version: "v2",
          ...(spec.namespace === undefined ? {} : { namespace: spec.namespace }),
          ...(spec.caBundle === undefined ? {} : { caBundle: Buffer.from(spec.caBundle).toString("base64") }),
          auth: { tokenSecretRef: { name, key: "token" } },
        },
      };
    default:
      return unreachable(spec);
  }
}
