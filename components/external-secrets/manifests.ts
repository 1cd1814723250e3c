import type {
  IClusterSecretStore,
  IExternalSecret,
  ISecretStore,
} from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import type { IssuingGeneratorKind } from "../backends/issued.ts";
import type { RemoteRef } from "../backends/remote-object.ts";

/** The one API version that is emitted; `v1beta1` is no longer served. */
export const apiVersion = "external-secrets.io/v1";

/**
 * What the operator's defaulting would add to a reference. Written out, since a GitOps tool that compares manifests with
 * the live object would otherwise show a change for ever (external-secrets#5390).
 */
const canonicalRef = { conversionStrategy: "Default", decodingStrategy: "None", metadataPolicy: "None" } as const;

/**
 * When the operator reads the store for an ExternalSecret (`spec.refreshPolicy`): at an interval and when the object
 * changes; when it changes only; once.
 */
export const refreshPolicies = ["Periodic", "OnChange", "CreatedOnce"] as const;
export type RefreshPolicy = (typeof refreshPolicies)[number];

export interface ManifestMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Provider part of a SecretStore. */
export type StoreProvider = NonNullable<ISecretStore["spec"]>["provider"];

/** Where the service account or the Secret is that a store logs in with. */
export interface LoginPlace {
  /**
   * Its namespace, which a ClusterSecretStore must name: the operator otherwise looks in the namespace that reads. Default:
   * that of the SecretStore, which can't name one.
   */
  readonly namespace?: string;
}

/** Refers to a Secret or a service account of a login. */
export function loginReference<R extends { readonly name: string }>(
  reference: R,
  { namespace }: LoginPlace = {},
): R & LoginPlace {
  return namespace === undefined ? reference : { ...reference, namespace };
}

/** A manifest with its `metadata` and `spec`, which the generated types leave open. */
type Whole<M extends { readonly spec?: unknown }, D = ManifestMetadata> = M & {
  readonly metadata: D;
  readonly spec: NonNullable<M["spec"]>;
};

/** What a store says besides where it reads and how it logs in. */
export interface StoreSettings {
  /** Class of the operator that serves it. Default: every operator of the cluster does. */
  readonly controller?: string;
  /** How requests that fail are repeated. Default: the provider's own way. */
  readonly retrySettings?: {
    readonly maxRetries: number;
    /** Go duration, such as `5s`. Default: the provider's own, which grows with each try. */
    readonly retryInterval?: string;
  };
}

/** SecretStore: one namespace reads through it. */
export function secretStore(
  metadata: ManifestMetadata,
  provider: StoreProvider,
  settings: StoreSettings = {},
): Whole<ISecretStore> {
  return { apiVersion, kind: "SecretStore", metadata, spec: { provider, ...settings } };
}

/**
 * ClusterSecretStore: namespaces of a whole cluster read through it.
 *
 * @param provider rendered with the place of its login.
 * @param namespaces those that may use it; `undefined` lets every one.
 */
export function clusterSecretStore(
  metadata: Omit<ManifestMetadata, "namespace">,
  provider: StoreProvider,
  namespaces: readonly string[] | undefined,
  settings: StoreSettings = {},
): Whole<IClusterSecretStore, Omit<ManifestMetadata, "namespace">> {
  const conditions = namespaces === undefined ? {} : { conditions: [{ namespaces: [...namespaces].sort() }] };
  return { apiVersion, kind: "ClusterSecretStore", metadata, spec: { provider, ...conditions, ...settings } };
}

/** One key of a Secret: where its value is read. */
export interface KeyRef {
  readonly secretKey: string;
  readonly ref: RemoteRef;
}

/** What an ExternalSecret takes of a generator: fields of its answer, each under the name of a variable. */
export interface GeneratorRead {
  readonly name: string;
  readonly kind: IssuingGeneratorKind;
  readonly fields: Readonly<Record<string, string>>;
}

/** API version of the operator's generators. */
export const generatorApiVersion = "generators.external-secrets.io/v1alpha1";

/** Type and metadata of a Secret. */
export interface SecretBlueprint {
  readonly type?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
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
  /** What the Secret is besides its keys. Default: what the operator makes it. */
  readonly blueprint?: SecretBlueprint;
  /** Annotations that say whose the Secret is. The operator copies those of the ExternalSecret, but not where there is a template. */
  readonly marks?: Readonly<Record<string, string>>;
  readonly refreshPolicy: RefreshPolicy;
  /** Canonical Go duration, such as `1h0m0s`. */
  readonly refreshInterval: string;
  /** Objects read whole: one call for all their keys. */
  readonly extract: readonly string[];
  /** Keys read one by one. */
  readonly data: readonly KeyRef[];
  /** Generators whose fields are variables. Default: none. */
  readonly generators?: readonly GeneratorRead[];
  /** Text of each key of the Secret, in which `data` are variables. Default: `data` and what is read whole are its keys. */
  readonly template?: Readonly<Record<string, string>>;
}

/** ExternalSecret with every field that the operator would default. */
export function externalSecret(metadata: ManifestMetadata, spec: ExternalSecretManifestSpec): Whole<IExternalSecret> {
  return {
    apiVersion,
    kind: "ExternalSecret",
    metadata,
    spec: {
      refreshPolicy: spec.refreshPolicy,
      refreshInterval: spec.refreshInterval,
      secretStoreRef: { kind: spec.storeKind, name: spec.storeName },
      target: {
        name: spec.target,
        creationPolicy: spec.creationPolicy,
        deletionPolicy: "Retain",
        ...templateOf(spec),
      },
      ...dataFromOf(spec),
      ...(spec.data.length === 0
        ? {}
        : { data: spec.data.map(({ secretKey, ref }) => ({ secretKey, remoteRef: remoteRefOf(ref) })) }),
    },
  };
}

function dataFromOf({ extract, generators = [] }: ExternalSecretManifestSpec) {
  const objects = extract.map((key) => ({ extract: { key, ...canonicalRef } }));
  const issued = generators.map(({ name, kind, fields }) => ({
    sourceRef: { generatorRef: { apiVersion: generatorApiVersion, kind, name } },
    // What is not asked for keeps its name, and gets into no Secret: its template replaces all that was read.
    rewrite: Object.entries(fields).map(([field, variable]) => ({
      regexp: { source: `^${field}$`, target: variable },
    })),
  }));
  const all = [...objects, ...issued];
  return all.length === 0 ? {} : { dataFrom: all };
}

function remoteRefOf({ decode, ...ref }: RemoteRef) {
  return { ...ref, ...canonicalRef, ...(decode === undefined ? {} : { decodingStrategy: decodingStrategies[decode] }) };
}

const decodingStrategies = { base64: "Base64", base64url: "Base64URL" } as const;

/**
 * The template of a Secret that has a type, labels or annotations of its own. Without one the operator copies the
 * annotations of the ExternalSecret to the Secret; with one it does not. `Merge` keeps the keys that were read, whatever
 * else the template holds (external-secrets v0.20.4, `ApplyTemplate`).
 */
function templateOf({ blueprint = {}, marks = {}, template: data }: ExternalSecretManifestSpec): {
  readonly template?: NonNullable<NonNullable<NonNullable<IExternalSecret["spec"]>["target"]>["template"]>;
} {
  const { type, labels = {}, annotations: own = {} } = blueprint;
  if (type === undefined && Object.keys({ ...labels, ...own }).length === 0 && data === undefined) return {};
  const annotations = { ...own, ...marks };
  const metadata = {
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  return {
    template: {
      engineVersion: "v2",
      // What was read under names of its own is in the Secret only as part of what is made of it.
      mergePolicy: data === undefined ? "Merge" : "Replace",
      ...(type === undefined ? {} : { type }),
      ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
      ...(data === undefined ? {} : { data: { ...data } }),
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
