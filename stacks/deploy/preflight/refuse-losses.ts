import { log, type Output } from "@pulumi/pulumi";
import type { Adoption } from "../../../components/applications/adoption.ts";
import type { StateResource } from "../../../components/backends/contract.ts";
import type { StoreSession } from "../../../components/backends/session.ts";
import { RefusedError } from "../../../components/support/errors.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { deliveriesTo, storesOf, type EnvironmentSpec } from "../../config/environment.ts";
import type { Outside } from "../external-queries.ts";
import { preflightAdoption, type HoldingStore } from "./adoption.ts";
import { preflightClusters } from "./clusters.ts";
import { preflightNamespaces } from "./namespaces.ts";
import { madeBefore, preflight, type PreflightResult } from "./stores.ts";
import { objectsIn, objectsOfSecret } from "../../config/resolve/remote-objects.ts";
import { required } from "../required.ts";

export interface RefuseLossesArgs {
  readonly spec: EnvironmentSpec;
  /** The stack: `<project>/<stack>`. */
  readonly owner: string;
  readonly state: readonly StateResource[];
  readonly sessions: ReadonlyMap<string, StoreSession>;
  readonly outside: Outside;
  /** A secret configuration value, if set. */
  readonly secretConfig: (key: string) => Output<string> | undefined;
}

/** What a run may write although it exists, once nothing is lost by that. */
export interface Cleared extends Pick<PreflightResult, "surveys"> {
  /** What was decided about secrets that are taken over, by `<app>/<secret>`. */
  readonly adoptions: ReadonlyMap<string, Adoption>;
  /** Logical names of the namespaces that are made here. */
  readonly made: ReadonlySet<string>;
}

/**
 * Asks stores and clusters what they hold already, and refuses, before the first write, whatever would be lost: everything
 * in one message.
 *
 * @throws RefusedError
 */
export async function refuseLosses(args: RefuseLossesArgs): Promise<Cleared> {
  const { spec, owner, state, sessions, outside } = args;
  const namespaces = await preflightNamespaces(spec, state, outside.existingNamespaces);
  const stores = [...sessions].map(([name, session]) => ({ name, session, objects: objectsIn(spec, name) }));
  const { surveys, issues } = await preflight(state, stores, takenFromClusters(spec));
  const names = new Set(state.map(({ name }) => name));
  const byId = new Map(spec.secrets.map((secret) => [secret.id, secret]));
  const clusters = await preflightClusters({
    spec,
    owner,
    state,
    survey: outside.clusters,
    isMadeAnew: (id) => {
      const secret = required(byId.get(id), `secret ${id}`);
      // What a store holds is an issue of that store, or taken over.
      const held = holdingStores(args, secret, surveys).length > 0;
      return isMadeHere(secret) && !held && !secret.adopt && !madeBefore(secret, names);
    },
  });
  const adoption = await preflightAdoption({
    specs: spec.secrets.filter(isMadeHere),
    state,
    stores: (secret) => (secret.adopt ? holdingStores(args, secret, surveys) : []),
    secrets: ({ id }) => clusters.holders.get(id) ?? [],
    provided: (config) => required(args.secretConfig(config), `configuration ${config}`),
  });
  const all = [...namespaces.issues, ...clusters.issues, ...issues, ...adoption.issues];
  if (all.length > 0) {
    throw new RefusedError(
      spec.name,
      all.sort((a, b) => (a.path < b.path ? -1 : 1)),
    );
  }
  for (const note of [...adoption.notes, ...clusters.notes]) await log.info(note);
  return { surveys, adoptions: adoption.adoptions, made: namespaces.made };
}

/** Secrets whose values facts take from a Secret of a cluster. */
function takenFromClusters(spec: EnvironmentSpec): ReadonlySet<string> {
  const deliveries = [...spec.namespaces.values()].flatMap((namespace) => deliveriesTo(spec, namespace));
  return new Set(
    deliveries.filter(({ existing }) => existing === "adopt").flatMap(({ keys }) => keys.map(({ secret }) => secret)),
  );
}

/** The stores that hold a secret which the state does not know. */
function holdingStores(
  { spec, sessions }: RefuseLossesArgs,
  secret: SecretSpec,
  surveys: PreflightResult["surveys"],
): readonly HoldingStore[] {
  return storesOf(spec, secret.id).flatMap((name) => {
    const session = sessions.get(name);
    const untracked = surveys.get(name)?.untracked;
    const objects = objectsOfSecret(spec, name, secret).filter((each) => untracked?.has(each.name) === true);
    return session === undefined || objects.length === 0 ? [] : [{ name, session, objects }];
  });
}

/** Whether this program makes the values of a secret: not somebody else, nor a cluster's operator. */
function isMadeHere({ referenced, generatedIn }: SecretSpec): boolean {
  return !referenced && generatedIn === undefined;
}
