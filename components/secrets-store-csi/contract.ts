import type { Input } from "@pulumi/pulumi";
import type { RemoteObject } from "../backends/remote-object.ts";
import type { ClusterSpec } from "../clusters/contract.ts";
import type { Issue } from "../support/messages/errors.ts";
import type { CsiProvider } from "./names.ts";

/** One file of a mounted volume: a key of a Secret, and where its value is read. */
export interface MountedFile {
  /** Its name, which is the key's. */
  readonly name: string;
  readonly object: RemoteObject;
  /** Key in the object. */
  readonly from: string;
}

/** Objects that files are made of, each once: what most providers call a store for. */
export function objectsIn(files: readonly MountedFile[]): number {
  return new Set(files.map(({ object }) => object.name)).size;
}

/** Parameters of a SecretProviderClass. */
export type ProviderParameters = Readonly<Record<string, Input<string>>>;

/** What a provider of the driver needs of a store. All functions are pure, and run while the configuration is parsed. */
export interface CsiAccess<S, L> {
  readonly provider: CsiProvider;
  /** Audience of the tokens that the driver hands to the provider for each Pod. Default: the provider asks for its own. */
  audience(store: S, cluster: ClusterSpec): string | undefined;
  /** What keeps Pods of a cluster from mounting objects of the store. */
  check(store: S, cluster: ClusterSpec): readonly Issue[];
  /** Why the provider can't make these files of one volume; each problem is about one Secret. */
  problems(store: S, files: readonly MountedFile[], cluster: ClusterSpec): readonly FileProblem[];
  /** Calls to the store that mounting these files takes, and that each poll takes again. */
  calls(files: readonly MountedFile[]): number;
  /** Renders the login of the Pod's service account, and the files. */
  parameters(store: S, login: L, mounted: Mounted): ProviderParameters;
  /** PEM bundle that the provider must trust, in a file (`caFile`). Default: none. */
  caBundle?(store: S): string | undefined;
}

/** What is wrong with the files of a Secret. */
export interface FileProblem {
  /** A sentence that goes on from the name of the Secret. */
  readonly problem: string;
  readonly fix: string;
}

export interface Mounted {
  readonly files: readonly MountedFile[];
  readonly cluster: ClusterSpec;
}

/** Where a provider that is installed here finds the certificates of a store. */
export function caFile(store: string): string {
  return `${caFolder}/${store}.pem`;
}
export const caFolder = "/etc/secrets-store-csi/ca";
