import { plainTraits } from "../../../../components/clusters/flavours/flavour.ts";
import type { ClusterSpec, ExternalSecretsSpec } from "../../../../components/clusters/contract.ts";
import type { Identity } from "../../../../components/backends/identity.ts";
import type { ReadGrant } from "../../../../components/backends/contract.ts";
import type { RemoteStoreKind, RemoteStoreSpec } from "../../../../components/backends/index.ts";

/** What an identity must show. A new store, or a new way to read one, is one row. */
export interface Row {
  readonly title: string;
  readonly store: RemoteStoreSpec;
  readonly cluster: ClusterSpec;
  /** The right to read an object of this name. */
  readonly grant: (remoteName: string) => ReadGrant;
  /** What logs in: the namespace's service account, or the operator for it. */
  readonly login: Exclude<Identity["login"]["kind"], "static">;
  /** Words of the error for a grant that holds a wildcard, where names could hold one. */
  readonly wildcard?: { readonly remoteName: string; readonly message: RegExp };
}

type RowOf<K extends RemoteStoreKind> = Row & { readonly store: Extract<RemoteStoreSpec, { kind: K }> };

/** Rows of a kind of store: one at least. */
export type Rows<K extends RemoteStoreKind> = readonly [RowOf<K>, ...RowOf<K>[]];

export const externalSecrets: ExternalSecretsSpec = {
  install: true,
  version: "2.9.0",
  chart: "external-secrets",
  namespace: "external-secrets",
  webhook: true,
  concurrency: 10,
  deadlineSeconds: 300,
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
  traits: plainTraits,
};
