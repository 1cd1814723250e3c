import type { Input } from "@pulumi/pulumi";
import type { ProviderParameters } from "./contract.ts";
import type { CsiDriverName, CsiProvider } from "./names.ts";
import { gkeDriver } from "./names.ts";

/** The API that the driver serves; `v1alpha1` is deprecated. */
export const csiGroup = "secrets-store.csi.x-k8s.io";
export const csiApiVersion = `${csiGroup}/v1`;

/** Label that the driver puts on every Secret that it makes, and by which it finds them again. */
export const syncedSecretLabel = "secrets-store.csi.k8s.io/managed";

/** A Secret that the driver makes of the files while a Pod mounts them. */
export interface SyncedSecret {
  readonly secretName: string;
  /** The driver refuses one without a type. */
  readonly type: string;
  /** Each is a key of the same name as its file. */
  readonly keys: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface SecretProviderClassArgs {
  readonly name: string;
  readonly namespace: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly driver: CsiDriverName;
  readonly provider: CsiProvider;
  readonly parameters: ProviderParameters;
  /** Default: none, the values are in files alone. */
  readonly synced: SyncedSecret | undefined;
}

/** SecretProviderClass, as `secretproviderclasses.secrets-store.csi.x-k8s.io` has it. */
export interface SecretProviderClass {
  readonly apiVersion: typeof csiApiVersion;
  readonly kind: "SecretProviderClass";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly provider: string;
    readonly parameters: Readonly<Record<string, Input<string>>>;
    readonly secretObjects?: readonly SecretObject[];
  };
}

interface SecretObject {
  readonly secretName: string;
  readonly type: string;
  readonly data: readonly { readonly objectName: string; readonly key: string }[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** SecretProviderClass: what a Pod of its namespace may mount. Pure. */
export function secretProviderClass(args: SecretProviderClassArgs): SecretProviderClass {
  const { name, namespace, annotations, driver, provider, parameters, synced } = args;
  return {
    apiVersion: csiApiVersion,
    kind: "SecretProviderClass",
    metadata: { name, namespace, annotations },
    spec: {
      // GKE's add-on calls its provider by its own name.
      provider: driver === gkeDriver ? "gke" : provider,
      parameters,
      ...(synced === undefined ? {} : { secretObjects: [secretObject(synced)] }),
    },
  };
}

function secretObject({ secretName, type, keys, labels, annotations }: SyncedSecret): SecretObject {
  return {
    secretName,
    type,
    data: keys.map((key) => ({ objectName: key, key })),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}
