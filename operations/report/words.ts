import { printableLine } from "../../components/support/messages/printable.ts";
import type { Report, ReportedConsumer, ReportedStore, Rotation } from "./schema.ts";

/** How many secrets are in which state, and what all cost, as one sentence. */
export function summary({ stack, asOf, secrets, monthlyCost }: Report): string {
  const count = (state: Rotation["state"]) => secrets.filter(({ rotation }) => rotation.state === state).length;
  const counts = [
    `${count("overdue")} overdue`,
    ...(count("due-soon") === 0 ? [] : [`${count("due-soon")} due within 30 days`]),
  ];
  const number = secrets.length === 1 ? "1 secret" : `${secrets.length} secrets`;
  return `${stack} on ${asOf}: ${number}, ${counts.join(", ")}. The stores cost about ${monthlyCost.total} ${monthlyCost.currency} a month.`;
}

/** `7 days`, and what it is where it is not the time since a rotation. */
export function ageText({ rotatedAt, ageDays = 0, everRotated, state }: Rotation): string {
  if (state === "by-store") return "";
  if (rotatedAt === undefined) return "unknown";
  return `${daysText(ageDays)}${everRotated ? "" : " (created)"}`;
}

/** `2026-02-20, in 83 days`, or by how much it is overdue. */
export function dueText({ dueOn, dueInDays = 0, state }: Rotation): string {
  if (state === "by-store") return "the store renews it";
  if (dueOn === undefined) return "";
  if (state === "overdue") return `${dueOn}, ${daysText(-dueInDays)} OVERDUE`;
  return dueInDays === 0 ? `${dueOn}, today` : `${dueOn}, in ${daysText(dueInDays)}`;
}

export function daysText(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}

/** `parameters, per-key`, and what this program does not write. */
export function storeText({ store, layout, role, issued, nativeRotation }: ReportedStore): string {
  const words = [
    store,
    ...(layout === undefined ? [] : [layout]),
    ...(role === "written" ? [] : [role]),
    ...(issued === undefined ? [] : [issuedText(issued)]),
    ...(nativeRotation?.by === undefined ? [] : [nativeText(nativeRotation)]),
  ];
  return printableLine(words.join(", "));
}

/** `by database/roles/shop, valid for 1 hour`: who issues credentials, and for how long where the store told. */
function issuedText({ kind, mount, role, validSeconds }: NonNullable<ReportedStore["issued"]>): string {
  const by = `by ${mount}/${kind === "static" ? "static-roles" : "roles"}/${role}`;
  if (validSeconds === undefined) return by;
  if (kind === "dynamic") return `${by}, valid for ${durationText(validSeconds)}`;
  return `${by}, rotated ${validSeconds === 0 ? "by a schedule" : `every ${durationText(validSeconds)}`}`;
}

const units = [
  ["day", 24 * 60 * 60],
  ["hour", 60 * 60],
  ["minute", 60],
  ["second", 1],
] as const;

/** `90 minutes`: a number of the largest unit that leaves none over. */
function durationText(seconds: number): string {
  const [unit, size] = units.find(([, each]) => seconds % each === 0) ?? (["second", 1] as const);
  const number = seconds / size;
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

/** `rotated by AWS every 30 days, next by 2026-12-05`. */
function nativeText({ by = "", everyDays, schedule, nextOn }: NonNullable<ReportedStore["nativeRotation"]>): string {
  const often =
    everyDays === undefined ? (schedule === undefined ? "" : ` at ${schedule}`) : ` every ${daysText(everyDays)}`;
  return `rotated by ${by}${often}${nextOn === undefined ? "" : `, next by ${nextOn}`}`;
}

/** What clusters and stores did not tell, a line for each of them and reason. Nothing where they told all, or were not asked. */
export function untold(report: Report): readonly { readonly title: string; readonly lines: readonly string[] }[] {
  return [
    { title: "Last sync unknown", lines: unknownSyncs(report) },
    {
      title: "Not told by the store whether it rotates",
      lines: untoldByStores(report, ({ nativeRotation }) => nativeRotation?.unknown),
    },
    {
      title: "Not told by the store how long its credentials are valid",
      lines: untoldByStores(report, ({ issued }) => issued?.unknown),
    },
  ].filter(({ lines }) => lines.length > 0);
}

function untoldByStores(
  { secrets }: Report,
  reasonOf: (store: ReportedStore) => string | undefined,
): readonly string[] {
  const unknown = secrets.flatMap(({ id, stores }) =>
    stores.flatMap((each) => {
      const reason = reasonOf(each);
      return reason === undefined ? [] : [{ because: `${each.store}: ${reason}`, id }];
    }),
  );
  return [...Map.groupBy(unknown, ({ because }) => because)].map(([because, each]) =>
    printableLine(`${because}: ${each.map(({ id }) => id).join(", ")}`),
  );
}

/** `mlflow/mlflow-db-secret`, and how it gets there where that is not by an ExternalSecret. */
export function consumerText(
  { cluster, namespace, secret, via, merged, lastSync }: ReportedConsumer,
  { withCluster }: { readonly withCluster: boolean },
): string {
  const words = [
    `${withCluster ? `${cluster}: ` : ""}${namespace}/${secret}`,
    ...(via === "external-secret" ? [] : [via]),
    ...(merged ? ["merged"] : []),
    ...(lastSync === undefined ? [] : [syncText(lastSync)]),
  ];
  return printableLine(words.join(", "));
}

/** Days after the end of a previous value in which the report still speaks of it. */
const recentDays = 30;

/**
 * Previous values that are valid, and those whose time ended lately: a line each. Only the state knows whether a run has removed
 * one since.
 */
export function previousLines({ asOf, secrets }: Pick<Report, "asOf" | "secrets">): readonly string[] {
  return secrets.flatMap(({ id, previous = [] }) =>
    previous.flatMap(({ key, of, until, state }): readonly string[] => {
      const what = `${id} ${key}: the value that ${of} had before`;
      if (state === "valid")
        return [printableLine(`${what} is valid until ${until}; a pulumi up after that day removes it`)];
      const ago = (Date.parse(asOf) - Date.parse(until)) / (24 * 60 * 60 * 1000);
      if (ago > recentDays) return [];
      const ended = ago > 0 ? `was valid until ${until}` : "is retired";
      return [printableLine(`${what} ${ended}; pulumi up removes it, unless a run has since`)];
    }),
  );
}

/** Whether Secrets of a report are in more than one cluster, so that their names alone say too little. */
export function hasSeveralClusters(secrets: Report["secrets"]): boolean {
  return new Set(secrets.flatMap(({ consumers }) => consumers.map(({ cluster }) => cluster))).size > 1;
}

/** `synced 2026-03-01 11:58 UTC`. Why it is not known is said once for all: `untold`. */
function syncText({ at }: NonNullable<ReportedConsumer["lastSync"]>): string {
  return at === undefined ? "last sync unknown" : `synced ${at.slice(0, 16).replace("T", " ")} UTC`;
}

/** Why it is not known when Secrets were synced last, a line for each cluster and reason. */
function unknownSyncs({ secrets }: Report): readonly string[] {
  const unknown = secrets.flatMap(({ consumers }) =>
    consumers.flatMap(({ cluster, namespace, secret, lastSync }) =>
      lastSync?.unknown === undefined
        ? []
        : [{ because: `${cluster}: ${lastSync.unknown}`, place: `${namespace}/${secret}` }],
    ),
  );
  return [...Map.groupBy(unknown, ({ because }) => because)].map(([because, each]) => {
    const places = [...new Set(each.map(({ place }) => place))].sort();
    return printableLine(`${because}: ${places.join(", ")}`);
  });
}
