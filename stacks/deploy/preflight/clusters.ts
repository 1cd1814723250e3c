import { log } from "@pulumi/pulumi";
import type { Holder } from "../../../components/applications/held.ts";
import type { ClusterSpec } from "../../../components/clusters/contract.ts";
import type { TakeOver } from "../../../components/clusters/open.ts";
import { ownerAnnotation } from "../../../components/clusters/owner.ts";
import {
  placeOf,
  type ClusterSurvey,
  type FoundObject,
  type ObjectName,
  type SecretData,
} from "../../../components/clusters/survey.ts";
import { isMerged, isMounted, type DeliverySpec } from "../../../components/delivery/contract.ts";
import {
  wantedClusterObjects,
  wantedObjects,
  wantedSealedSecrets,
  type WantedObject,
} from "../../../components/delivery/wanted.ts";
import type { StateResource } from "../../../components/backends/contract.ts";
import { setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import type { Cluster, Environment } from "../../config/environment.ts";
import { readsStore, usesStore } from "../../config/store-use.ts";
import { wantedAlerts } from "../alerts.ts";
import { holdersIn, noteOn, secretIssues, secretOf } from "./existing-secrets.ts";
import { changingHands } from "./changing-hands.ts";
import { deliveryTypes, knownTypes, resourcesOf } from "./known-deliveries.ts";
import { foreignPlaces, operatorIssues, operatorObjects } from "./other-stacks.ts";
import { renamedIssues } from "./renamed-namespaces.ts";
import { secretIdFindings, secretIdPlaces } from "./secret-ids.ts";
import { syncedIssues } from "./synced-secrets.ts";
import { changedTypeIssues, existingTypeIssues, newTypes } from "./secret-types.ts";

export interface ClusterPreflightArgs {
  readonly environment: Environment;
  /** The stack: `<project>/<stack>`. */
  readonly owner: string;
  readonly state: readonly StateResource[];
  readonly survey: ClusterSurvey;
  /** Whether this run makes new values for a secret (`<app>/<secret>`), rather than to know them or take them over. */
  readonly isMadeAnew: (secretId: string, delivery: DeliverySpec) => boolean;
}

export interface ClusterFindings {
  readonly issues: readonly Issue[];
  /** Secrets whose values are adopted, by `<app>/<secret>`. */
  readonly holders: ReadonlyMap<string, readonly Holder[]>;
  /** What becomes of the keys of Secrets that belong to somebody else, for people: names only. */
  readonly notes: readonly string[];
  /**
   * Clusters with objects that have this stack's mark, and that its state does not know: a run was killed before it wrote
   * them down, or they are of a stack that this one was before (`formerStacks`).
   */
  readonly takenOver: ReadonlyMap<string, TakeOver>;
  /** Objects that exist, and that this run takes over into the state, by cluster. */
  readonly adopted: ReadonlyMap<string, readonly ObjectName[]>;
}

/**
 * Asks each cluster, before the first write, for every object that is new to the state, whatever the store. The operator
 * writes over a Secret of its ExternalSecret's name, and Pulumi stops in the middle of a run; so nothing is written until
 * each object that exists is explained:
 *
 * - it has this stack's mark: a run that was killed made it, and this one takes it over;
 * - it is a Secret that the ExternalSecret of its name controls, or that the operator left for that one;
 * - facts say what is done to it (`existingSecrets`, `upsertExistingObjects`).
 *
 * @throws StoreError where a cluster can't be asked.
 */
export async function preflightClusters(args: ClusterPreflightArgs): Promise<ClusterFindings> {
  const clusters = [...args.environment.clusters.values()];
  const found = await Promise.all(clusters.map((cluster) => preflightCluster(args, cluster)));
  const holders = Map.groupBy(
    found.flatMap((each) => each.holders),
    ([id]) => id,
  );
  return {
    issues: [
      ...changingHands(args.environment, args.state),
      ...renamedIssues(args.state, args.environment),
      ...clusters.flatMap((cluster) => changedTypeIssues(args.state, cluster)),
      ...found.flatMap(({ issues }) => issues),
    ],
    holders: new Map([...holders].map(([id, each]) => [id, each.map(([, holder]) => holder)])),
    notes: found.flatMap(({ notes }) => notes),
    takenOver: new Map(found.flatMap(({ takenOver }) => takenOver)),
    adopted: new Map(found.flatMap(({ adopted }) => adopted)),
  };
}

/** Whether an object has the mark of a stack that this one was before. */
function isOfFormer({ annotations }: FoundObject, { formerStacks }: Environment): boolean {
  return formerStacks.some((former) => former === annotations[ownerAnnotation]);
}

interface Findings {
  readonly issues: readonly Issue[];
  readonly holders: readonly (readonly [id: string, holder: Holder])[];
  readonly notes: readonly string[];
  readonly takenOver: readonly (readonly [cluster: string, TakeOver])[];
  readonly adopted: readonly (readonly [cluster: string, readonly ObjectName[]])[];
}

const nothing: Findings = { issues: [], holders: [], notes: [], takenOver: [], adopted: [] };

async function preflightCluster(args: ClusterPreflightArgs, target: Cluster): Promise<Findings> {
  const { spec: cluster } = target;
  const deliveries = newDeliveries(args, target);
  const typed = newTypes(args.state, target);
  const objects = wantedIn(args, target).filter(({ resource }) => !knows(args.state, resource));
  const operator = operatorObjects(target, args.state);
  const secretIds = secretIdPlaces(args.environment, target, args.state);
  if (deliveries.length + objects.length + typed.length + operator.length + secretIds.length === 0) return nothing;
  if (cluster.assumeNothingExists === true) {
    await log.warn(
      `clusters.${cluster.name}: existing objects are not checked (assumeNothingExists): any object with the name of a new one is overwritten.`,
    );
    return nothing;
  }
  const asked = await args.survey.find(cluster, [
    ...objects,
    ...operator,
    ...[...deliveries, ...typed].map(secretOf),
    ...secretIds.map(({ secret }) => secret),
  ]);
  const former = new Set(asked.filter((each) => isOfFormer(each, args.environment)).map(keyOf));
  // As if the mark were this stack's.
  const found = asked.map((each) =>
    former.has(keyOf(each)) ? { ...each, annotations: { ...each.annotations, [ownerAnnotation]: args.owner } } : each,
  );
  const secrets = new Set(found.filter(({ kind }) => kind === "Secret").map(placeOf));
  const ofSecretIds = secretIdFindings(secretIds, secrets, args.state);
  const existing = new Map(found.map((each) => [keyOf(each), each]));
  const foundOf = (wanted: readonly ObjectName[]) => wanted.flatMap((object) => existing.get(keyOf(object)) ?? []);
  const foreign = foreignPlaces(target, cluster.upsertExistingObjects ? [] : foundOf(objects), args.owner);
  const isMarked = ({ annotations }: FoundObject) => annotations[ownerAnnotation] === args.owner;
  const untracked = foundOf(objects)
    .filter((each) => !isMarked(each))
    .filter(({ namespace = "" }) => !foreign.places.has(namespace));

  const marked = foundOf([...objects, ...deliveries.filter(({ via }) => via === "plain").map(secretOf)]).filter(
    isMarked,
  );

  const taken = [...(cluster.upsertExistingObjects ? foundOf(objects) : []), ...marked];
  const adopted = [...new Map(taken.map((each) => [keyOf(each), each])).values()];
  const held = deliveries
    .filter(({ namespace }) => !foreign.places.has(namespace))
    .map((delivery) => ({ delivery, secret: existing.get(keyOf(secretOf(delivery))) }));
  const shared = held.flatMap(({ delivery, secret }) => (isMerged(delivery) && secret !== undefined ? [delivery] : []));
  const contents: ReadonlyMap<string, SecretData> =
    shared.length === 0 ? new Map() : await args.survey.read(cluster, shared.map(secretOf));
  const contentsOf = (delivery: DeliverySpec) => contents.get(placeOf(secretOf(delivery))) ?? {};
  return {
    issues: [
      ...operatorIssues(cluster, foundOf(operator)),
      ...foreign.issues,
      ...ofSecretIds.issues,
      ...(cluster.upsertExistingObjects ? [] : untracked.map((each) => untrackedIssue(cluster, each))),
      ...held.flatMap((each) =>
        isMounted(each.delivery)
          ? syncedIssues({ cluster: target, ...each })
          : secretIssues({ ...args, ...each, cluster }),
      ),
      ...[...deliveries, ...typed].flatMap((each) =>
        existingTypeIssues(cluster, each, existing.get(keyOf(secretOf(each)))),
      ),
    ],
    holders: shared
      .filter(({ existing }) => existing === "adopt")
      .flatMap((delivery) => holdersIn(cluster, delivery, contentsOf(delivery))),
    notes: [...shared.flatMap((delivery) => noteOn(cluster, delivery, contentsOf(delivery))), ...ofSecretIds.notes],
    takenOver:
      marked.length === 0
        ? []
        : [[cluster.name, marked.some((each) => former.has(keyOf(each))) ? "forced" : "unforced"]],
    adopted: adopted.length === 0 ? [] : [[cluster.name, adopted]],
  };
}

/**
 * The Secrets that are new to the state. One that was merged into so far, and is now to be owned, is as good as new: its
 * other keys would go. So is one that the CSI driver is to make of files that Pods have mounted so far.
 */
function newDeliveries({ state }: ClusterPreflightArgs, { spec, namespaces }: Cluster): readonly DeliverySpec[] {
  return namespaces.flatMap(({ key, deliveries }) =>
    deliveries.filter((delivery) => {
      // Files of Pods meet no Secret.
      if (isMounted(delivery) && spec.secretsStoreCsi?.syncSecret !== true) return false;
      const [known] = resourcesOf(state, key, delivery, knownTypes);
      if (known === undefined || (known.merges === true && !isMerged(delivery))) return true;
      // So far it was files alone. What another way has delivered becomes the driver's.
      return isMounted(delivery) && deliveryTypes.csi.includes(known.type) && known.secretType === undefined;
    }),
  );
}

/** What a cluster and its namespaces get besides their Secrets. */
function wantedIn({ environment, owner }: ClusterPreflightArgs, cluster: Cluster): readonly WantedObject[] {
  const { spec, namespaces } = cluster;
  const { platform, name } = environment;
  const shared =
    spec.externalSecrets.clusterSecretStore === undefined
      ? []
      : namespaces.filter(readsStore).map(({ store }) => store);
  const scope = { platform, environment: name };
  return [
    ...[...new Set(shared)].flatMap((store) => wantedClusterObjects(spec, store, scope)),
    ...namespaces.filter(usesStore).flatMap((namespace) => wantedObjects(namespace)),
    ...namespaces.flatMap((namespace) => wantedSealedSecrets(namespace)),
    ...wantedAlerts(environment, owner, cluster),
  ];
}

function knows(state: readonly StateResource[], { type, name }: WantedObject["resource"]): boolean {
  return state.some((each) => each.type === type && each.name === name);
}

function untrackedIssue({ name }: ClusterSpec, object: FoundObject): Issue {
  return {
    path: `clusters.${name}`,
    problem: `${object.kind} ${placeOf(object)} exists and is not managed by this stack`,
    fix:
      "rename the existing object, or the one of this stack" +
      `\n    or, after a lost state, adopt what exists: ${setCommand(["clusters", name, "upsertExistingObjects"], true)}`,
  };
}

function keyOf(object: ObjectName): string {
  return `${object.kind} ${placeOf(object)}`;
}
