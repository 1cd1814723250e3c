import type { IExternalSecret, ISecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import type { RemoteRef } from "../backends/remote-object.ts";
import type { VaultKvSpec } from "../backends/vault/kv.ts";

/** The one API version that is emitted; `v1beta1` is no longer served. */
export const apiVersion = "external-secrets.io/v1";

/**
 * What the operator's defaulting would add to a reference. Written out, since a GitOps tool that compares manifests with
 * the live object would otherwise show a change for ever (external-secrets#5390).
 */
const canonicalRef = { conversionStrategy: "Default", decodingStrategy: "None", metadataPolicy: "None" } as const;

export interface ManifestMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** How a service account logs in to Vault. */
export interface VaultLogin {
  readonly role: string;
  readonly mountPath: string;
  /** Service account. */
  readonly account: string;
  /** Whether writes say which version they go over. Default: no. */
  readonly checkAndSet?: boolean;
}

/** SecretStore on Vault KV v2, with a service account of its namespace. */
export function vaultSecretStore(
  metadata: ManifestMetadata,
  spec: VaultKvSpec,
  { role, mountPath, account, checkAndSet = false }: VaultLogin,
): ISecretStore {
  return {
    apiVersion,
    kind: "SecretStore",
    metadata,
    spec: {
      provider: {
        vault: {
          server: spec.clusterAddress,
          path: spec.mount,
          version: "v2",
          ...(checkAndSet ? { checkAndSet: { required: true } } : {}),
          ...(spec.namespace === undefined ? {} : { namespace: spec.namespace }),
          ...(spec.caBundle === undefined ? {} : { caBundle: Buffer.from(spec.caBundle).toString("base64") }),
          auth: {
            kubernetes: {
              mountPath,
              role,
              serviceAccountRef: { name: account, audiences: [spec.auth.audience] },
            },
          },
        },
      },
    },
  };
}

/**
 * The `spec` of a ClusterSecretStore, from that of a SecretStore: it says where its service account is, and which
 * namespaces may use it. Without the first, the operator would look for the account in the reading namespace.
 */
export function clusterSecretStoreSpec(
  spec: ISecretStore["spec"],
  {
    accountNamespace,
    namespaces,
  }: { readonly accountNamespace: string; readonly namespaces: readonly string[] | undefined },
): object {
  const located = withAccountNamespace(spec, accountNamespace) as object;
  return namespaces === undefined ? located : { ...located, conditions: [{ namespaces: [...namespaces].sort() }] };
}

function withAccountNamespace(value: unknown, namespace: string): unknown {
  if (Array.isArray(value)) return value.map((each) => withAccountNamespace(each, namespace));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === "serviceAccountRef" ? { ...(each as object), namespace } : withAccountNamespace(each, namespace),
    ]),
  );
}

/** One key of a Secret: where its value is read. */
export interface KeyRef {
  readonly secretKey: string;
  readonly ref: RemoteRef;
}

export interface ExternalSecretManifestSpec {
  readonly storeKind: "SecretStore" | "ClusterSecretStore";
  readonly storeName: string;
  /** Name of the Secret. */
  readonly target: string;
  /**
   * `Owner`: the Secret goes with its ExternalSecret. `Orphan`: it stays. `Merge`: keys are added to a Secret that
   * somebody else owns.
   */
  readonly creationPolicy: "Owner" | "Orphan" | "Merge";
  /** Canonical Go duration, such as `1h0m0s`. */
  readonly refreshInterval: string;
  /** Objects read whole: one call for all their keys. */
  readonly extract: readonly string[];
  /** Keys read one by one. */
  readonly data: readonly KeyRef[];
}

/** ExternalSecret with every field that the operator would default. */
export function externalSecret(metadata: ManifestMetadata, spec: ExternalSecretManifestSpec): IExternalSecret {
  return {
    apiVersion,
    kind: "ExternalSecret",
    metadata,
    spec: {
      refreshPolicy: "Periodic",
      refreshInterval: spec.refreshInterval,
      secretStoreRef: { kind: spec.storeKind, name: spec.storeName },
      target: { name: spec.target, creationPolicy: spec.creationPolicy, deletionPolicy: "Retain" },
      ...(spec.extract.length === 0
        ? {}
        : { dataFrom: spec.extract.map((key) => ({ extract: { key, ...canonicalRef } })) }),
      ...(spec.data.length === 0
        ? {}
        : { data: spec.data.map(({ secretKey, ref }) => ({ secretKey, remoteRef: { ...ref, ...canonicalRef } })) }),
    },
  };
}

/** A duration as Go prints it, which is how the operator stores it: 3600 → `1h0m0s`. */
export function goDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
