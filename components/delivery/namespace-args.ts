import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { StoredSecret } from "../backends/contract.ts";
import type { IdentityFactory } from "../backends/identity.ts";
import type { RemoteStoreSpec } from "../backends/index.ts";
import type { ClusterTarget } from "../clusters/contract.ts";
import type { OperatorTarget } from "../external-secrets/operator/operator.ts";
import type { ReadinessHooks } from "../external-secrets/readiness/hooks.ts";
import type { CsiTarget } from "../secrets-store-csi/driver.ts";
import type { ClusterSecretStore } from "./cluster-secret-store.ts";
import type { DeliverySpec } from "./contract.ts";
import type { ReleaseFromSealed } from "./external-secret.ts";
import type { Sealing } from "./sealed-secret.ts";
import type { Switch } from "./take-over.ts";

/** A namespace of one cluster that gets Secrets. */
export interface NamespaceSpec {
  readonly name: string;
  /** Whether the namespace is made here. It outlives this stack all the same. */
  readonly create: boolean;
}

/** How a namespace reads a remote store: by an identity of its own, or by one that it shares. */
export type RemoteReading = OwnReading | SharedReading;

interface ReadingBase {
  readonly store: RemoteStoreSpec;
  /** Waits for stores and Secrets, and shows why one is not Ready. */
  readonly readiness: ReadinessHooks;
  /** How often ESO reads the store when nothing changed, in seconds. */
  readonly refreshSeconds: number;
}

/** An identity of the namespace's own for a store. */
export interface OwnIdentity {
  readonly store: RemoteStoreSpec;
  readonly identity: IdentityFactory;
  /** Provider of the store, which makes the identity's resources. */
  readonly identityOptions: CustomResourceOptions;
}

/** A SecretStore of the namespace's own, with an identity that reads nothing else. */
export interface OwnReading extends ReadingBase, OwnIdentity {
  readonly through: "secret-store";
  readonly operator: OperatorTarget;
}

/** How Pods of a namespace mount objects of a remote store: by the namespace's own identity, which is its reader's. */
export interface CsiReading extends OwnIdentity {
  readonly driver: CsiTarget;
}

/** A ClusterSecretStore that other namespaces use too. */
export interface SharedReading extends ReadingBase {
  readonly through: "cluster-secret-store";
  readonly reader: ClusterSecretStore;
}

/** What a namespace gets, and how. */
export interface NamespaceSecretsArgs {
  readonly spec: NamespaceSpec;
  readonly platform: string;
  readonly environment: string;
  readonly cluster: ClusterTarget;
  /** Absent where the operator delivers nothing. */
  readonly reading: RemoteReading | undefined;
  /** Absent where nothing is delivered `csi`. */
  readonly csi: CsiReading | undefined;
  readonly deliveries: readonly DeliverySpec[];
  /** Contents of its store, by `<app>/<secret>`: at least what is delivered from it. */
  readonly stored: ReadonlyMap<string, StoredSecret>;
  /** Values of what this program delivers itself, sealed or plain, by `<app>/<secret>`. */
  readonly embedded: ReadonlyMap<string, StoredSecret>;
  /** How values are sealed for the cluster. Default: none is. */
  readonly sealing?: Sealing;
  /** Resources by which the state says that ExternalSecrets have delivered so far what is sealed now. */
  readonly formerlySynced: ReadonlySet<string>;
  /** How Secrets are taken over from SealedSecrets of this stack. Default: none was sealed. */
  readonly release?: ReleaseFromSealed;
  /** What earlier runs asked for in vain, since there was no Secret to merge into: `force-sync` by resource. */
  readonly unmerged: ReadonlyMap<string, string>;
  /** Secrets that are delivered in another way than so far, by logical name of what delivers them. Default: none. */
  readonly switches?: ReadonlyMap<string, Switch>;
  /** Whether Secrets outlive `destroy`. */
  readonly retain: boolean;
  /** Whether its SecretStore, ExternalSecrets and SealedSecrets stay in the cluster when this stack no longer has them. */
  readonly handOver: boolean;
}
