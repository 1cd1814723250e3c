import type { ClusterSpec, ExternalSecretsSpec } from "../../../../components/clusters/contract.ts";
import type { ReadGrant } from "../../../../components/backends/contract.ts";
import type { RemoteStoreSpec } from "../../../../components/backends/index.ts";

/** What an identity must show. A new store, or a new way to read one, is one row. */
export interface Row {
  readonly title: string;
  readonly store: RemoteStoreSpec;
  readonly cluster: ClusterSpec;
  /** The right to read an object of this name. */
  readonly grant: (remoteName: string) => ReadGrant;
  /** Whether the namespace's service account speaks for itself. */
  readonly via: "service-account" | "controller";
  /** Words of the error for a grant that holds a wildcard, where names could hold one. */
  readonly wildcard?: { readonly remoteName: string; readonly message: RegExp };
}

export const externalSecrets: ExternalSecretsSpec = {
  install: true,
  version: "2.9.0",
  chart: "external-secrets",
  namespace: "external-secrets",
  webhook: true,
  concurrency: 10,
  serviceMonitor: false,
  pushSecrets: false,
};

/** A cluster of no cloud, which says who issues its tokens. */
export const cluster: ClusterSpec = {
  flavour: "kubeconfig",
  name: "main",
  upsertExistingObjects: false,
  issuer: "https://issuer.example/clusters/main",
  externalSecrets,
};
