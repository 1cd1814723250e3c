import type { Refresh } from "../../../components/delivery/contract.ts";
import type { RefreshPolicy } from "../../../components/external-secrets/manifests.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import { own } from "../../../components/support/own.ts";
import type { Facts } from "../schema/index.ts";

/** The facts that say when the operator reads a store. */
export type RefreshFacts = Pick<Facts, "refreshSeconds" | "refreshPolicy" | "stores" | "namespaces">;

/** A Secret, and the store that its namespace reads. */
export interface ReadPlace {
  readonly namespace: string;
  readonly secretName: string;
  /** Name of the store; absent where there is none. */
  readonly store: string | undefined;
}

/** A place in the facts that may say when the operator reads. */
export interface RefreshLevel {
  /** Names that lead there; none for the environment itself. */
  readonly at: readonly string[];
  readonly seconds: number | undefined;
  readonly policy: RefreshPolicy | undefined;
}

/** The places that count for a Secret, the nearest first. Pure. */
export function refreshLevels(
  { namespace, secretName, store }: ReadPlace,
  facts: RefreshFacts,
): readonly RefreshLevel[] {
  const ofNamespace = own(facts.namespaces, namespace);
  const ofStore = store === undefined ? undefined : own(facts.stores, store);
  return [
    level(["namespaces", namespace, "secrets", secretName], own(ofNamespace?.secrets ?? {}, secretName)),
    level(["namespaces", namespace], ofNamespace),
    ...(store === undefined ? [] : [level(["stores", store], ofStore?.kind === "kubernetes" ? undefined : ofStore)]),
    level([], facts),
  ];
}

/** What a place in the facts says of it. */
export function level(
  at: readonly string[],
  facts:
    { readonly refreshSeconds?: number | undefined; readonly refreshPolicy?: RefreshPolicy | undefined } | undefined,
): RefreshLevel {
  return { at, seconds: facts?.refreshSeconds, policy: facts?.refreshPolicy };
}

/** When the operator reads, by the nearest place that says so; `undefined` if that is at the environment's interval. Pure. */
export function refreshOf(levels: readonly RefreshLevel[]): Refresh | undefined {
  const policy = policyOf(levels);
  if (policy !== "Periodic") return { policy };
  const nearest = levels.find(({ seconds }) => seconds !== undefined);
  if (nearest?.seconds === undefined || nearest.at.length === 0) return undefined;
  return { policy, seconds: nearest.seconds, from: configPath([...nearest.at, "refreshSeconds"]) };
}

/** The policy of the nearest place that names one. */
export function policyOf(levels: readonly RefreshLevel[]): RefreshPolicy {
  return levels.find(({ policy }) => policy !== undefined)?.policy ?? "Periodic";
}
