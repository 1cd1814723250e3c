import type { IssuedObject } from "../../components/backends/issued.ts";
import { loginKind } from "../../components/backends/identities.ts";
import { isFromStore, isMerged, isSynced, sourcesOf, type DeliverySpec } from "../../components/delivery/contract.ts";
import { readerName } from "../../components/support/naming.ts";
import { overlapOf } from "../../components/values/previous-of.ts";
import { initialEpoch, isMadeHere, type SecretSpec } from "../../components/values/secret-spec.ts";
import { configuredIn } from "../../stacks/config/part.ts";
import { placementsOf, type Environment, type Namespace, type Placement } from "../../stacks/config/environment.ts";
import { costOf, planOf, rounded } from "../../stacks/plan/index.ts";
import { rotationFix } from "../doctor/checks/dates.ts";
import { stackWith } from "../fleet/parts-reader.ts";
import { onStack, type StackNames } from "../on-stack.ts";
import { costOfSecret } from "./cost.ts";
import type { Report, ReportedConsumer, ReportedSecret, ReportedStore, Rotation } from "./schema.ts";

/** Days before a due date from which on it is soon. */
const soon = 30;

interface ReportArgs {
  readonly environment: Environment;
  readonly stack: string;
  /** Day that ages and due dates are counted from: `YYYY-MM-DD`, UTC. */
  readonly asOf: string;
  /** Day of the run: what is overdue by then is rotated with it. Default: `asOf`. */
  readonly today?: string;
}

/** Puts together what the description says of each secret. Pure. */
export function reportOf({ environment, stack, asOf, today = asOf }: ReportArgs): Report {
  const configured = configuredIn(environment, stack);
  const secrets = environment.secrets
    .filter(({ keys }) => Object.keys(keys).length > 0)
    .map((secret) =>
      reported(environment, secret, {
        asOf,
        today,
        stack: configured,
        deployedBy: stackWith(environment, [secret.id], stack),
      }),
    )
    .sort(byDueDate);
  return {
    schemaVersion: 1,
    environment: environment.name,
    stack,
    asOf,
    overdue: secrets.filter(({ rotation }) => rotation.state === "overdue").length,
    secrets,
    monthlyCost: costOf(planOf(environment)),
  };
}

interface Days extends StackNames {
  readonly asOf: string;
  readonly today: string;
}

function reported(environment: Environment, secret: SecretSpec, days: Days): ReportedSecret {
  const { id, app, origin, keys } = secret;
  return {
    id,
    application: app,
    origin: origin.kind,
    keys: Object.keys(keys),
    rotation: rotationOf(secret, days),
    ...previousPart(secret, days.asOf),
    stores: placementsOf(environment, id).map(storeOf),
    consumers: consumersIn(environment, id),
    monthlyCost: rounded(costOfSecret(environment, id)),
  };
}

function rotationOf(secret: SecretSpec, { asOf, today, ...stacks }: Days): Rotation {
  const { epoch, rotatedAt, rotateBy, origin, renewedByStore } = secret;
  if (origin.kind === "in-cluster") return { state: "unknown", everRotated: false };
  if (renewedByStore === true) return { state: "by-store", everRotated: false };
  const last = {
    rotatedAt,
    everRotated: epoch !== initialEpoch,
    ageDays: Math.max(0, daysBetween(rotatedAt, asOf)),
  };
  if (rotateBy === undefined) return { state: "unscheduled", ...last };
  const dueInDays = daysBetween(asOf, rotateBy);
  const state = dueInDays < 0 ? "overdue" : dueInDays <= soon ? "due-soon" : "scheduled";
  return {
    state,
    ...last,
    everyDays: daysBetween(rotatedAt, rotateBy),
    dueOn: rotateBy,
    dueInDays,
    ...(state === "overdue" && asOf <= today ? { fix: onStack(rotationFix(secret, stacks.stack), stacks) } : {}),
  };
}

/** Values from before the last rotation, as they are on a day. Whether a run has removed one since, only the state says. */
function previousPart(secret: SecretSpec, asOf: string): Pick<ReportedSecret, "previous"> {
  const { epoch, rotatedAt, retired, keys } = secret;
  if (epoch === initialEpoch || !isMadeHere(secret)) return {};
  const previous = Object.entries(keys).flatMap(([key, recipe]) => {
    if (recipe.kind !== "previous") return [];
    const { of, days } = recipe;
    const { until, isOver } = overlapOf({ rotatedAt, days, retired, now: new Date(asOf) });
    return [{ key, of, until, state: isOver ? ("over" as const) : ("valid" as const) }];
  });
  return previous.length === 0 ? {} : { previous };
}

const dayMs = 24 * 60 * 60 * 1000;

/** Days from the day of a date or time to that of another. */
function daysBetween(from: string, to: string): number {
  return (Date.parse(to.slice(0, 10)) - Date.parse(from.slice(0, 10))) / dayMs;
}

function storeOf({ secret, store, objects, referencedBy, replicaOf }: Placement): ReportedStore {
  const [first] = objects;
  return {
    store: store.name,
    kind: store.kind,
    ...(first === undefined ? {} : { layout: first.layout }),
    role: roleOf({ origin: secret.origin.kind, isReferenced: referencedBy !== undefined, replicaOf }),
    objects: objects.map(({ name }) => name),
    ...issuedPart(first?.issued),
  };
}

function issuedPart(issued: IssuedObject | undefined): Pick<ReportedStore, "issued"> {
  if (issued === undefined) return {};
  const { kind, mount, role } = issued;
  return { issued: { kind, mount, role } };
}

interface RoleArgs {
  readonly origin: SecretSpec["origin"]["kind"];
  readonly isReferenced: boolean;
  readonly replicaOf: string | undefined;
}

function roleOf({ origin, isReferenced, replicaOf }: RoleArgs): ReportedStore["role"] {
  if (replicaOf !== undefined) return "replica";
  if (origin === "issued") return "issued";
  if (isReferenced || origin === "referenced") return "referenced";
  return origin === "in-cluster" ? "generated" : "written";
}

function consumersIn({ namespaces }: Environment, id: string): ReportedConsumer[] {
  return namespaces.flatMap((namespace) =>
    namespace.deliveries
      .filter((each) => sourcesOf(each).some(({ secret }) => secret === id))
      .map((delivery) => ({
        cluster: namespace.cluster.name,
        namespace: namespace.name,
        secret: delivery.secretName,
        via: delivery.via,
        merged: isMerged(delivery),
        ...readAs(namespace, delivery),
      })),
  );
}

/** The store that a Secret comes from, and as whom it is read. */
function readAs(
  { cluster, name, store }: Namespace,
  delivery: DeliverySpec,
): Pick<ReportedConsumer, "store" | "identity"> {
  if (store === undefined || !isFromStore(delivery)) return {};
  const login = loginKind(store, cluster);
  const isShared = isSynced(delivery) && cluster.externalSecrets.clusterSecretStore !== undefined;
  const within = isShared ? cluster.externalSecrets.namespace : name;
  return {
    store: store.name,
    identity: { login, ...(login === "service-account" ? { account: `${within}/${readerName}` } : {}) },
  };
}

/** What is due first comes first; what has no date follows, by name. */
function byDueDate(one: ReportedSecret, other: ReportedSecret): number {
  const key = ({ id, rotation: { dueOn = "9999" } }: ReportedSecret) => `${dueOn} ${id}`;
  return key(one) < key(other) ? -1 : 1;
}
