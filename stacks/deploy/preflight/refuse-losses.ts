import { log, runtime, type Output } from "@pulumi/pulumi";
import type { Adoption } from "../../../components/applications/adoption.ts";
import { isRendered } from "../../../components/delivery/contract.ts";
import { backendOf } from "../../../components/backends/index.ts";
import type { StateResource } from "../../../components/backends/contract.ts";
import type { StoreSession } from "../../../components/backends/session.ts";
import { RefusedError } from "../../../components/support/messages/errors.ts";
import { resourceName } from "../../../components/applications/destinations.ts";
import { isAdoptedFromStores, isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";
import { placementsOf, type Environment } from "../../config/environment.ts";
import { stackOfPart } from "../../config/part.ts";
import { basePart } from "../../config/schema/parts.ts";
import type { ExternalQueries } from "../external-queries.ts";
import { preflightAlerts } from "./alerts.ts";
import { preflightAdoption, type HoldingStore } from "./adoption.ts";
import { preflightClusters, type ClusterFindings } from "./clusters.ts";
import { preflightIssued, type PreflightIssued } from "./issued.ts";
import { preflightNamespaces } from "./namespaces.ts";
import type { PreflightObject } from "./contract.ts";
import type { Stacks } from "./foreign-objects.ts";
import { moveNotes } from "./owners.ts";
import { movedApplications } from "./parts.ts";
import { overlapIssues, overlapNotes } from "./overlaps.ts";
import { bootstrapIssues } from "./bootstrap.ts";
import { rotatedObjectIssues } from "./rotated-objects.ts";
import { rotatedPlaceIssues } from "./rotated-places.ts";
import { rotatedTargetIssues, toldNext } from "./rotated-targets.ts";
import { keptNames } from "../../../components/values/previous.ts";
import { rotationsBegunBy } from "../../../components/values/rotations.ts";
import { examineRolledBack } from "./rolled-back.ts";
import { toldState } from "./told-state.ts";
import { unfinishedRotations } from "./unfinished.ts";
import { madeBefore, madeEver, preflight, type PreflightResult } from "./stores.ts";
import { required } from "../required.ts";

export interface RefuseLossesArgs {
  readonly environment: Environment;
  /** The stack: `<project>/<stack>`. */
  readonly owner: string;
  readonly state: readonly StateResource[];
  readonly sessions: ReadonlyMap<string, StoreSession>;
  readonly external: ExternalQueries;
  /** A secret configuration value, if set. */
  readonly secretConfig: (key: string) => Output<string> | undefined;
  /** Outputs of other stacks that templates name, by the fact's name. Maybe secret. */
  readonly facts: Readonly<Record<string, string>>;
  /** Time of the run. Default: no time in which a previous value is valid has ended. */
  readonly now?: Date | undefined;
}

/** Existing objects that a run may write, because nothing is lost. */
export interface Cleared extends Pick<PreflightResult, "surveys"> {
  /** Decisions about adopted secrets, by `<app>/<secret>`. */
  readonly adoptions: ReadonlyMap<string, Adoption>;
  /** Rotations that were rolled back, by `<app>/<secret>`, where what they went back to is verified. */
  readonly rolledBack: ReadonlyMap<string, string>;
  /** Logical names of the namespaces that are made here. */
  readonly made: ReadonlySet<string>;
  /** Clusters with objects of this stack that its state does not know. */
  readonly takenOver: ClusterFindings["takenOver"];
  /** Objects that exist, and that this run takes over into the state, by cluster. */
  readonly adopted: ClusterFindings["adopted"];
}

/**
 * Asks stores and clusters what they hold already, and refuses, before the first write, whatever would be lost: everything
 * in one message.
 *
 * @throws RefusedError
 */
export async function refuseLosses(args: RefuseLossesArgs): Promise<Cleared> {
  const { environment, owner, state, sessions, external } = args;
  const namespaces = await preflightNamespaces(environment, state, external.existingNamespaces);
  const stores = [...sessions].map(([name, session]) => {
    const backend = backendOf(required(environment.stores.get(name), `store ${name}`));
    const objects = objectsIn(environment, name);
    return { name, session, canonicalName: (each: string) => backend.canonicalName(each), objects };
  });
  const surveyed = await preflight(state, stores, takenFromClusters(environment), stacksOf(environment, owner));
  const { issues, notes } = surveyed;
  const issued = await preflightIssued(environment, sessions);
  const surveys = withRoles(surveyed.surveys, issued);
  const names = keptNames(state);
  const byId = new Map(environment.secrets.map((secret) => [secret.id, secret]));
  const clusters = await preflightClusters({
    environment,
    owner,
    state,
    survey: external.clusters,
    isMadeAnew: (id, delivery) => {
      const secret = required(byId.get(id), `secret ${id}`);
      // What a store holds is an issue of that store, or adopted.
      const held = holdingStores(args, secret, surveys).length > 0;
      // The state does not know what a GitOps tool applies, so that a rotation finds its Secret there.
      const before = isRendered(delivery) ? madeEver(secret, names) : madeBefore(secret, names);
      return isMadeHere(secret) && !held && !isAdoptedFromStores(secret) && !before;
    },
  });
  const adoption = await preflightAdoption({
    specs: environment.secrets.filter(isMadeHere),
    state,
    stores: (secret) => (isAdoptedFromStores(secret) ? holdingStores(args, secret, surveys) : []),
    secrets: ({ id }) => clusters.holders.get(id) ?? [],
    provided: (config) => required(args.secretConfig(config), `configuration ${config}`),
    facts: args.facts,
  });
  const told = toldState(args);
  const accounts = await toldNext(told);
  const rotated = new Set([
    ...rotationsBegunBy(environment.secrets, names),
    ...accounts.map(({ secret }) => secret.id),
  ]);
  const rolledBack = await examineRolledBack({ ...told, logIn: external.verifyTarget });
  const all = [
    ...movedApplications(environment, state),
    ...namespaces.issues,
    ...clusters.issues,
    ...(await preflightAlerts({ environment, owner, state, servesAlerts: external.servesAlerts })),
    ...issues,
    ...issued.issues,
    ...adoption.issues,
    ...rolledBack.issues,
    ...unfinishedRotations(environment.secrets, names),
    ...bootstrapIssues(environment, names),
    ...(await rotatedPlaceIssues(environment, names, external.findObstacles)),
    ...(await rotatedObjectIssues({ stores, surveys, rotated, names })),
    // A preview tells nobody anything, and may run where no target is reached.
    ...(runtime.isDryRun() ? [] : await rotatedTargetIssues({ ...told, accounts, examine: external.examineTarget })),
    ...overlapIssues({ secrets: environment.secrets, names, now: args.now }),
  ];
  if (all.length > 0) {
    throw new RefusedError(
      environment.name,
      all.sort((a, b) => (a.path < b.path ? -1 : 1)),
    );
  }
  for (const note of rolledBack.notes) await log.info(note);
  for (const warning of rolledBack.warnings) await log.warn(warning);
  const overlaps = overlapNotes({ secrets: environment.secrets, names });
  const moves = moveNotes(stores, surveys, environment.policy);
  for (const note of [...adoption.notes, ...moves, ...notes, ...clusters.notes, ...overlaps]) await log.info(note);
  return {
    surveys,
    adoptions: adoption.adoptions,
    rolledBack: rolledBack.verified,
    made: namespaces.made,
    takenOver: clusters.takenOver,
    adopted: clusters.adopted,
  };
}

function stacksOf({ formerStacks: former, part }: Environment, owner: string): Stacks {
  if (part === undefined) return { owner, former };
  const [project = ""] = owner.split("/");
  const { name: environment, parts } = part.whole;
  const stacks = [basePart, ...parts.assigned.keys()].map((each) => `${project}/${stackOfPart(each, environment)}`);
  return { owner, former, part: { environment, name: part.name, stacks } };
}

function withRoles(surveys: PreflightResult["surveys"], { roles }: PreflightIssued): PreflightResult["surveys"] {
  return new Map(
    [...surveys].map(([name, survey]) => {
      const ofStore = roles.get(name);
      return [name, ofStore === undefined ? survey : { ...survey, roles: ofStore }] as const;
    }),
  );
}

/** Every remote object that a store holds, with its secret. What it issues is in no place that could be listed. */
function objectsIn({ placements }: Environment, name: string): readonly PreflightObject[] {
  return placements
    .filter(({ store }) => store.name === name)
    .flatMap(({ secret, objects, referencedBy, replicaOf }) =>
      objects
        .filter(({ issued }) => issued === undefined)
        .map((object) => ({
          spec: secret,
          remoteName: object.name,
          ...(object.namedBy === undefined ? {} : { namedBy: object.namedBy }),
          ...(object.byScheme === true ? { byScheme: true as const } : {}),
          ...(referencedBy === undefined ? {} : { referencedBy, object }),
          ...(replicaOf === undefined ? {} : { isReplica: true }),
          resource: resourceName(secret, name, object),
        })),
    );
}

/** Secrets whose values are adopted from a Secret of a cluster. */
function takenFromClusters({ namespaces }: Environment): ReadonlySet<string> {
  const adopting = namespaces.flatMap(({ deliveries }) => deliveries).filter(({ existing }) => existing === "adopt");
  return new Set(adopting.flatMap(({ keys }) => keys.map(({ secret }) => secret)));
}

/** The stores that hold a secret which is not in the state. */
function holdingStores(
  { environment, sessions }: RefuseLossesArgs,
  { id }: SecretSpec,
  surveys: PreflightResult["surveys"],
): readonly HoldingStore[] {
  const written = placementsOf(environment, id).filter(({ referencedBy }) => referencedBy === undefined);
  return written.flatMap(({ store: { name }, objects }) => {
    const session = sessions.get(name);
    const untracked = surveys.get(name)?.untracked;
    const held = objects.filter((each) => untracked?.has(each.name) === true);
    return session === undefined || held.length === 0 ? [] : [{ name, session, objects: held }];
  });
}
