import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import type { RemoteObject } from "../../components/backends/remote-object.ts";
import type { ClusterSpec } from "../../components/clusters/contract.ts";
import type { IssuedObject } from "../../components/backends/issued.ts";
import {
  isApplied,
  isFromStore,
  sourcesOf,
  type DeliverySpec,
  type ExistingSecretChoice,
} from "../../components/delivery/contract.ts";
import { canVerify, type AccountSpec } from "../../components/targets/kinds.ts";
import type { ProbeUse } from "../../components/targets/probes/spec.ts";
import { lookup } from "../../components/support/lookup.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import type { AllowedWeakKey } from "./check/weak-keys.ts";
import type { Policy } from "../environments/policy.ts";
import type { StackOutput } from "./schema/template-facts.ts";

/**
 * One environment, complete and checked: plain data, no Outputs, no secret values. A graph: what one part needs of another
 * is a reference to it, never a name that has to be looked up again.
 */
export interface Environment {
  readonly name: string;
  /** First part of every remote name: `<platform>-<environment>/…`. */
  readonly platform: string;
  readonly policy: Policy;
  /** By name. */
  readonly stores: ReadonlyMap<string, RemoteStoreSpec>;
  /** By name. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** The namespaces that get a Secret, once for each cluster that they are in. */
  readonly namespaces: readonly Namespace[];
  readonly secrets: readonly SecretSpec[];
  /** Where the secrets lie: in the order of `secrets`, then of the stores' names. */
  readonly placements: readonly Placement[];
  /** Logins of targets, in the order of `secrets`. A new value reaches the target first, then the stores. */
  readonly accounts: readonly Account[];
  /** What secrets are tried with besides, once they are delivered, in the order of `secrets`. */
  readonly probes: readonly Probe[];
  /** Outputs of other stacks that templates name (`templateFacts`), by the fact's name. */
  readonly stackOutputs: ReadonlyMap<string, StackOutput>;
  /** What is done to Secrets that exist already, by `<namespace>/<name>` or `<cluster>/<namespace>/<name>`. */
  readonly existingSecrets: Readonly<Record<string, ExistingSecretChoice>>;
  /** Stacks (`<project>/<stack>`) whose objects count as this one's: it was they before, or takes over what they left. */
  readonly formerStacks: readonly string[];
  /** Keys that policy allows to be weaker than its minimum, and that are. */
  readonly weakKeys: readonly AllowedWeakKey[];
  /** How often ESO reads the stores when nothing changed, in seconds. */
  readonly refreshSeconds: number;
  /** Whether each run compares the stores with the state. */
  readonly detectDrift: boolean;
  /** Facts that are read as before and have a better form now, one line each. */
  readonly advice: readonly string[];
  /** How its applications are spread over stacks. */
  readonly parts: Parts;
  /** The stack that this is the share of. Default: one stack has the whole environment. */
  readonly part?: Part;
}

/** How the applications of an environment are spread over stacks. */
export interface Parts {
  /** Applications that one stack must have together, each in the order of the catalogue. */
  readonly groups: readonly (readonly string[])[];
  /** Applications by part, as facts assign them. Empty: one stack has all. */
  readonly assigned: ReadonlyMap<string, readonly string[]>;
}

/** One of the stacks of an environment. */
export interface Part {
  readonly name: string;
  /** Whether its stack has what the others share: operators, admission policies, alerts, what is made of stores. */
  readonly isBase: boolean;
  /** The environment that it is a part of. */
  readonly whole: Environment;
}

/** A cluster, with what this environment puts into it. */
export interface Cluster {
  readonly spec: ClusterSpec;
  readonly namespaces: readonly Namespace[];
  /** Whether the operator delivers to one of its namespaces. */
  readonly needsOperator: boolean;
  /** Its namespaces of all stacks of the environment, for what these share. Default: `namespaces`. */
  readonly everyNamespace?: readonly Namespace[];
}

/** The namespaces of a cluster, whichever stack of the environment has them. */
export function everyNamespaceOf({
  namespaces,
  everyNamespace = namespaces,
}: Pick<Cluster, "namespaces" | "everyNamespace">): readonly Namespace[] {
  return everyNamespace;
}

/** The environment that a stack is a part of: itself, where one stack has all. */
export function wholeOf(environment: Environment): Environment {
  return environment.part?.whole ?? environment;
}

/** What commands look at that are given the name of a stack: that of a split environment stands for all of its parts. */
export function scopeOf(environment: Environment): Environment {
  return environment.part?.isBase === true ? environment.part.whole : environment;
}

/** A namespace of one cluster, with the Secrets that it gets. */
export interface Namespace {
  /** `<cluster>/<entry>`: the same one may be in several clusters. Logical names begin with it. */
  readonly key: string;
  /** Its name in the catalogue, and in the facts (`namespaces.<entry>`). */
  readonly entry: string;
  /** What its cluster calls it: mostly the same. */
  readonly name: string;
  readonly cluster: ClusterSpec;
  /** The store that it reads. Absent where none of its Secrets comes from one, and no store is named. */
  readonly store?: RemoteStoreSpec;
  /** Other stores that get its secrets too, so that it can be moved to one of them. */
  readonly alsoStores: readonly RemoteStoreSpec[];
  /** What outputs and previews call its store. */
  readonly storeLabel: string;
  /** Whether the namespace is made here. It outlives this stack all the same. */
  readonly create: boolean;
  /** Whether its SecretStore and ExternalSecrets stay in the cluster when this stack no longer has them. */
  readonly handOver: boolean;
  readonly deliveries: readonly DeliverySpec[];
  /** What remote names begin with that its own ExternalSecrets may read, besides those of its deliveries. Default: any. */
  readonly remoteKeyPrefixes?: readonly string[];
}

/** One secret in one store. */
export interface Placement {
  readonly secret: SecretSpec;
  readonly store: RemoteStoreSpec;
  /** The objects that hold its keys there. */
  readonly objects: readonly RemoteObject[];
  /** Path of the fact that says that somebody else writes it there. Default: it is written here, or by a cluster. */
  readonly referencedBy?: string;
  /** The store that it is written to here, and that brings it there by itself. Default: none does. */
  readonly replicaOf?: string;
}

/** An account of a target, and the secret that is its login. */
export interface Account extends AccountSpec {
  readonly secret: SecretSpec;
}

// Each secret is asked for: reading whole lists for it would take time with the square of their number.
const idOf = ({ secret }: { readonly secret: Pick<SecretSpec, "id"> }) => [secret.id];
const placementsBySecret = lookup<Placement>(idOf);
const accountsBySecret = lookup<Account>(idOf);
const probesBySecret = lookup<Probe>(idOf);
const namespacesBySecret = lookup<Namespace>(({ deliveries }) => secretsIn(deliveries));
const namespacesByDirectSecret = lookup<Namespace>(({ deliveries }) =>
  secretsIn(deliveries.filter((each) => !isFromStore(each))),
);

/** The secrets that deliveries take keys from. */
export function secretsIn(deliveries: readonly Pick<DeliverySpec, "keys" | "templates">[]): readonly string[] {
  return deliveries.flatMap((each) => sourcesOf(each).map(({ secret }) => secret));
}

/** What the store of a namespace issues to it, by secret. */
export function issuedTo(
  environment: Pick<Environment, "placements">,
  { store, deliveries }: Pick<Namespace, "store" | "deliveries">,
): readonly { readonly id: string; readonly issued: IssuedObject }[] {
  const ids = new Set(secretsIn(deliveries.filter(isApplied)));
  return [...ids].flatMap((id) =>
    placementsOf(environment, id)
      .filter((each) => each.store === store)
      .flatMap(({ objects }) => objects.flatMap(({ issued }) => (issued === undefined ? [] : [{ id, issued }]))),
  );
}

/** A probe, and the secret that it tries. */
export interface Probe extends ProbeUse {
  readonly secret: SecretSpec;
}

/** The probes of a secret. */
export function probesOf({ probes }: Pick<Environment, "probes">, id: string): readonly Probe[] {
  return probesBySecret(probes, id);
}

/** Whether a secret is verified once it is delivered: something is logged in to with it, or a probe tries it. */
export function isVerified(environment: Pick<Environment, "accounts" | "probes">, id: string): boolean {
  return verifiedAccountsOf(environment, id).length + probesOf(environment, id).length > 0;
}

/** The accounts that a secret is the login of. */
export function accountsOf({ accounts }: Pick<Environment, "accounts">, id: string): readonly Account[] {
  return accountsBySecret(accounts, id);
}

/** The accounts of a secret that are logged in as once everything has its new values. */
export function verifiedAccountsOf(environment: Pick<Environment, "accounts">, id: string): readonly Account[] {
  return accountsOf(environment, id).filter(({ target }) => canVerify(target));
}

/** Where a secret lies. */
export function placementsOf({ placements }: Pick<Environment, "placements">, id: string): readonly Placement[] {
  return placementsBySecret(placements, id);
}

/** The stores that the secrets of a namespace go to: the one that it reads, and those that it may be moved to. */
export function storesFor({ store, alsoStores }: Pick<Namespace, "store" | "alsoStores">): readonly RemoteStoreSpec[] {
  return [...(store === undefined ? [] : [store]), ...alsoStores];
}

/**
 * The stores that a run opens: those that something goes to or is read from, each once. The stack that has what parts
 * share opens those of all.
 */
export function openedStores({
  namespaces,
  placements,
  part,
}: Pick<Environment, "namespaces" | "placements" | "part">): readonly RemoteStoreSpec[] {
  if (part?.isBase === true) return openedStores(part.whole);
  return [...new Set([...namespaces.flatMap(storesFor), ...placements.map(({ store }) => store)])];
}

/** The namespaces that get a key of a secret. */
export function consumersOf(
  { namespaces }: Pick<Environment, "namespaces">,
  { id }: Pick<SecretSpec, "id">,
): readonly Namespace[] {
  return namespacesBySecret(namespaces, id);
}

/** The stores that a secret goes to or is read from: those of its namespaces, or those that facts name for one without. */
export function storesOf(
  environment: Pick<Environment, "namespaces" | "stores">,
  secret: Pick<SecretSpec, "id" | "storedIn">,
): readonly RemoteStoreSpec[] {
  const named = (secret.storedIn ?? []).flatMap((name) => environment.stores.get(name) ?? []);
  return [...consumersOf(environment, secret).flatMap(storesFor), ...named];
}

/** The namespaces that get a key of a secret in a Secret that comes from no store: this program needs the value. */
export function plainConsumersOf(
  { namespaces }: Pick<Environment, "namespaces">,
  { id }: Pick<SecretSpec, "id">,
): readonly Namespace[] {
  return namespacesByDirectSecret(namespaces, id);
}

/** A delivery with the name of its namespace in the facts. */
export type EntryDelivery = DeliverySpec & { readonly entry: string };

/** The Secrets that get a key of a secret from this program itself: plain or sealed. One in several clusters is one. */
export function directDeliveries(
  environment: Pick<Environment, "namespaces">,
  secret: Pick<SecretSpec, "id">,
): readonly EntryDelivery[] {
  const direct = plainConsumersOf(environment, secret).flatMap(({ entry, deliveries }) =>
    deliveries.filter((each) => isDirect(each, secret)).map((each) => ({ ...each, entry })),
  );
  return [...new Map(direct.map((each) => [`${each.namespace}/${each.secretName}`, each])).values()];
}

function isDirect(delivery: DeliverySpec, { id }: Pick<SecretSpec, "id">): boolean {
  return !isFromStore(delivery) && sourcesOf(delivery).some(({ secret }) => secret === id);
}

/** Whether a namespace gets a key of a secret in a Secret that is sealed. */
export function isSealedAnywhere(
  environment: Pick<Environment, "namespaces">,
  { id }: Pick<SecretSpec, "id">,
): boolean {
  return plainConsumersOf(environment, { id }).some(({ deliveries }) =>
    deliveries.some(({ via, keys }) => via === "sealed-secret" && keys.some(({ secret }) => secret === id)),
  );
}
