import type { ISecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import type { AwsParameterStoreSpec } from "./parameter-store.ts";
import type { AwsSecretsManagerSpec } from "./secrets-manager.ts";
import { apiVersion, type ManifestMetadata } from "../../external-secrets/manifests.ts";

/**
 * Who reads: a service account of the namespace, or the operator in a role of the namespace's. Never both: the operator
 * gets its own credentials from Pod Identity, which knows no other account's.
 */
export type AwsReader =
  | { readonly serviceAccount: string; readonly role?: never }
  | { readonly role: string; readonly serviceAccount?: never };

/** SecretStore on Parameter Store or Secrets Manager. */
export function awsSecretStore(
  metadata: ManifestMetadata,
  { kind, region }: Pick<AwsParameterStoreSpec | AwsSecretsManagerSpec, "kind" | "region">,
  reader: AwsReader,
): ISecretStore {
  return {
    apiVersion,
    kind: "SecretStore",
    metadata,
    spec: {
      provider: {
        aws: {
          service: services[kind],
          region,
          ...(reader.role === undefined
            ? { auth: { jwt: { serviceAccountRef: { name: reader.serviceAccount } } } }
            : { role: reader.role }),
        },
      },
    },
  };
}

const services = { "aws-parameter-store": "ParameterStore", "aws-secrets-manager": "SecretsManager" } as const;
