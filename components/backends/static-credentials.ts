import type { ISecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import { backends, type RemoteStoreSpec } from "./index.ts";
import { azureClouds, vaultUrl } from "./azure/key-vault.ts";
import { unreachable } from "../support/errors.ts";
import { apiVersion, type ManifestMetadata } from "../external-secrets/manifests.ts";

/** Configuration keys that hold a reader's credentials. */
export const staticCredentialKeys: readonly string[] = [
  ...new Set(Object.values(backends).flatMap(({ readerCredentials }) => Object.values(readerCredentials))),
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
