import { declaredName, type DeliverySpec, isRendered, isSynced } from "../../../components/delivery/contract.ts";
import type { RefreshPolicy } from "../../../components/external-secrets/manifests.ts";
import { configPath, removeCommand, setCommand } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { clippedName } from "../../../components/support/messages/printable.ts";
import { own } from "../../../components/support/own.ts";
import { targetText } from "../../../components/targets/kinds.ts";
import { initialEpoch, type SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Policy } from "../../environments/policy.ts";
import type { Environment, Namespace } from "../environment.ts";
import { level, policyOf, refreshLevels, type RefreshFacts, type RefreshLevel } from "../resolve/refresh.ts";

/** A Secret that the program delivers, with the places in the facts that say when its store is read. */
interface Read {
  /** Its namespace in the facts. */
  readonly entry: string;
  readonly delivery: DeliverySpec;
  readonly levels: readonly RefreshLevel[];
}

/** What is wrong with the intervals and policies at which stores are read. Pure. */
export function checkRefresh(
  { namespaces, secrets, accounts }: Pick<Environment, "namespaces" | "secrets" | "accounts">,
  facts: RefreshFacts,
  policy: Pick<Policy, "refreshFloorSeconds">,
): readonly Issue[] {
  const reads = namespaces.flatMap((namespace) =>
    namespace.deliveries.map((delivery) => ({
      entry: namespace.entry,
      delivery,
      levels: levelsOf(namespace, delivery, facts),
    })),
  );
  return [
    ...allLevels(facts).flatMap((each) => [...floorIssues(each, policy), ...besidePolicy(each)]),
    ...inVain(reads),
    ...missedRotations(reads, secrets, facts),
    ...staleLogins(reads, accounts, facts),
  ];
}

function levelsOf({ entry, store }: Namespace, delivery: DeliverySpec, facts: RefreshFacts) {
  return refreshLevels({ namespace: entry, secretName: declaredName(delivery), store: store?.name }, facts);
}

/** Every place in the facts that says something of it. */
function allLevels(facts: RefreshFacts): readonly RefreshLevel[] {
  return [
    level([], facts),
    ...Object.entries(facts.stores).flatMap(([name, store]) =>
      store.kind === "kubernetes" ? [] : [level(["stores", name], store)],
    ),
    ...Object.entries(facts.namespaces).flatMap(([name, namespace]) => [
      level(["namespaces", name], namespace),
      ...Object.entries(namespace.secrets).map(([secret, each]) =>
        level(["namespaces", name, "secrets", secret], each),
      ),
    ]),
  ];
}

function floorIssues({ at, seconds }: RefreshLevel, { refreshFloorSeconds }: Pick<Policy, "refreshFloorSeconds">) {
  if (seconds === undefined || seconds >= refreshFloorSeconds) return [];
  return [
    {
      path: configPath([...at, "refreshSeconds"]),
      problem: `must be at least ${refreshFloorSeconds} in this environment, received ${seconds}`,
      fix: "a changed value does not wait for the interval: it is synced at once",
    },
  ];
}

/** The environment always has an interval, for those who choose `Periodic` again. */
function besidePolicy({ at, seconds, policy }: RefreshLevel): readonly Issue[] {
  if (at.length === 0 || seconds === undefined || policy === undefined || policy === "Periodic") return [];
  const path = configPath([...at, "refreshSeconds"]);
  return [
    {
      path,
      problem: `has no effect beside refreshPolicy ${policy}, which knows no interval`,
      fix: removeCommand(path),
    },
  ];
}

/** Places of namespaces and Secrets that decide nothing for any of the Secrets that they cover. */
function inVain(reads: readonly Read[]): readonly Issue[] {
  const covered = reads.flatMap(({ delivery, levels }) =>
    levels.flatMap((place, index) =>
      place.at[0] === "namespaces" && (place.seconds !== undefined || place.policy !== undefined)
        ? [{ place, delivery, farther: levels.slice(index + 1) }]
        : [],
    ),
  );
  return [...Map.groupBy(covered, ({ place }) => configPath(place.at)).values()].flatMap((same): readonly Issue[] => {
    const [first] = same;
    if (first === undefined) return [];
    const { at, seconds, policy } = first.place;
    const path = configPath([...at, policy === undefined ? "refreshSeconds" : "refreshPolicy"]);
    if (same.every(({ delivery }) => !isSynced(delivery))) {
      const problem = "has no effect: no operator reads a store for its Secrets, which are delivered otherwise (via)";
      return [{ path, problem, fix: removeCommand(path) }];
    }
    if (seconds === undefined || policy !== undefined) return [];
    if (same.some(({ farther }) => policyOf(farther) === "Periodic")) return [];
    const farther = first.farther.find((each) => each.policy !== undefined);
    return [
      {
        path,
        problem: `has no effect: refreshPolicy is ${policyOf(first.farther)} here (${configPath([...(farther?.at ?? []), "refreshPolicy"])})`,
        fix: setCommand([...at, "refreshPolicy"], "Periodic"),
      },
    ];
  });
}

/**
 * Secrets that are read once, of values that are rotated: nobody may find that out by a login that fails. Whoever wants it
 * says so twice.
 */
function missedRotations(
  reads: readonly Read[],
  secrets: readonly SecretSpec[],
  facts: Pick<RefreshFacts, "namespaces">,
): readonly Issue[] {
  const rotated = new Map(secrets.flatMap((secret) => (rotationOf(secret) === undefined ? [] : [[secret.id, secret]])));
  return reads.flatMap(({ entry, delivery, levels }): readonly Issue[] => {
    const { namespace, keys } = delivery;
    const secretName = declaredName(delivery);
    const accepted = own(own(facts.namespaces, entry)?.secrets ?? {}, secretName)?.missesRotations === true;
    const names = ["namespaces", entry, "secrets", secretName];
    const acceptedAt = [...names, "missesRotations"];
    const policy = policyOf(levels);
    if (!missesRotations(delivery, policy)) {
      const problem = "has no effect: the Secret follows the rotations of its values";
      return accepted ? [{ path: configPath(acceptedAt), problem, fix: removeCommand(acceptedAt) }] : [];
    }
    const source = keys.map(({ secret }) => rotated.get(secret)).find((each) => each !== undefined);
    if (accepted || source === undefined) return [];
    const place = `${clippedName(namespace)}/${clippedName(secretName)}`;
    return [
      {
        path: configPath([...(levels.find(({ policy }) => policy !== undefined)?.at ?? []), "refreshPolicy"]),
        problem: `${policy} keeps Secret ${place} at the values of its first sync, but ${source.id} ${rotationOf(source) ?? ""}`,
        fix:
          `${setCommand([...names, "refreshPolicy"], isRendered(delivery) ? "Periodic" : "OnChange")}\n` +
          `    or, if its consumers are to keep the first values: ${setCommand(acceptedAt, true)}`,
      },
    ];
  });
}

/** Secrets that keep the first password of an account, of which its target is told each new one. */
function staleLogins(
  reads: readonly Read[],
  accounts: Environment["accounts"],
  facts: Pick<RefreshFacts, "namespaces">,
): readonly Issue[] {
  return reads.flatMap(({ entry, delivery, levels }): readonly Issue[] => {
    const secretName = declaredName(delivery);
    const accepted = own(own(facts.namespaces, entry)?.secrets ?? {}, secretName)?.missesRotations === true;
    if (!accepted || !missesRotations(delivery, policyOf(levels))) return [];
    const stale = accounts.find(({ secret, password }) =>
      delivery.keys.some((key) => key.secret === secret.id && key.from === password),
    );
    if (stale === undefined) return [];
    const names = ["namespaces", entry, "secrets", secretName];
    const place = `${clippedName(delivery.namespace)}/${clippedName(secretName)}`;
    return [
      {
        path: configPath([...names, "missesRotations"]),
        problem:
          `keeps Secret ${place} at the first ${stale.password} of ${stale.secret.id}, but ${targetText(stale.target)} is told each new one: ` +
          "whoever reads the Secret would be refused there",
        fix: `${removeCommand([...names, "missesRotations"])} && ${setCommand([...names, "refreshPolicy"], isRendered(delivery) ? "Periodic" : "OnChange")}`,
      },
    ];
  });
}

/** A manifest for a GitOps tool names no version of a value, so that a rotation changes nothing about it. */
function missesRotations(delivery: DeliverySpec, policy: RefreshPolicy): boolean {
  return isSynced(delivery) && (policy === "CreatedOnce" || (policy === "OnChange" && isRendered(delivery)));
}

function rotationOf({ rotateBy, epoch }: SecretSpec): string | undefined {
  if (rotateBy !== undefined) return `is due for rotation by ${rotateBy}`;
  return epoch === initialEpoch ? undefined : `was rotated at ${epoch} (rotations)`;
}
