import Table from "cli-table3";
import type { Colors } from "picocolors/types.js";
import { leftLines } from "./render-left.ts";
import type { Preview, PreviewedKey, PreviewedSecret, PreviewedStore } from "./schema.ts";

/** Characters in a line. */
const width = 80;

/** Keeps a count and what it counts in one line. */
const noBreak = "\u00a0";

/** A preview for people. Pure; `colours` decides whether there are any. */
export function renderPreview(preview: Preview, colours: Colors): string {
  const { bold, dim, yellow } = colours;
  const missing = new Set(preview.mustBeSet);
  return [
    ...wrap(
      "",
      `Preview of ${preview.stack}: ${preview.resources.total} resources, as a first up would create them. Nothing was asked, nothing was changed.`,
    ),
    "",
    ...preview.applications.flatMap(({ name, stores }) => [
      bold(name),
      ...stores.flatMap((store) => renderStore(store, missing, colours)),
      "",
    ]),
    bold("Resources"),
    ...resourceLines(preview.resources.byType),
    "",
    ...configuration(preview, colours),
    bold("Plan"),
    ...wrap("  ", planLine(preview.plan)),
    "",
    costTable(preview.plan),
    loadTable(preview.plan),
    ...wrap("  ", dim(pricesNote(preview.plan))),
    "",
    bold("Destroy leaves"),
    ...leftLines(preview).flatMap((line) => wrap("  ", line, 2)),
    ...preview.warnings.flatMap((warning) => ["", yellow("Warning"), ...warning.split("\n").flatMap(indented)]),
    "",
  ].join("\n");
}

function renderStore(
  { name, kind, secrets, namespaces }: PreviewedStore,
  missing: ReadonlySet<string>,
  { cyan, dim, green }: Colors,
): readonly string[] {
  return [
    `  ${cyan(name)} ${dim(`(${kind})`)}`,
    ...secrets.flatMap(({ objects, ...secret }) => [
      ...wrap("    ", titleOf(secret, objects)),
      ...wrap("      ", secret.keys.map((key) => keyText(key, missing)).join(", ")),
    ]),
    ...namespaces.flatMap((namespace) => [
      `    ${green(`→ ${namespace.name}`)} ${dim(`on ${namespace.cluster}`)}`,
      ...namespace.secrets.flatMap(({ secretName, keys, merged }) =>
        wrap("        ", `${secretName}${merged ? " (merged)" : ""}: ${keys.join(", ")}`, 2),
      ),
    ]),
  ];
}

/** What is done about a secret, where it is not just made. */
function actionText({ action, generatedIn = "" }: Pick<PreviewedSecret, "action" | "generatedIn">): readonly string[] {
  switch (action) {
    case "create":
      return [];
    case "adopt":
      return ["taken over as it is"];
    case "reference":
      return ["somebody else's, only read"];
    case "generate":
      return [`generated in cluster ${generatedIn}`];
  }
}

function titleOf(secret: Omit<PreviewedSecret, "objects">, objects: readonly string[]): string {
  const { id, rotateBy } = secret;
  const names = objects.length === 0 ? id : objects.join(", ");
  const notes = [...actionText(secret), ...(rotateBy === undefined ? [] : [`rotate by ${rotateBy}`])];
  return [names, ...notes].join(" · ");
}

/** A key and where its value comes from. The value itself is never here. */
function keyText({ key, value, config }: PreviewedKey, missing: ReadonlySet<string>): string {
  if (config === undefined) return `${key} (${value})`;
  return missing.has(config) ? `${key} (must be set: ${config})` : `${key} (provided: ${config})`;
}

/** A line for each provider: `vault: 12 SecretV2, …`, the most frequent first. */
function resourceLines(byType: Preview["resources"]["byType"]): readonly string[] {
  const groups = Map.groupBy(Object.entries(byType), ([type]) => providerOf(type));
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([provider, types]) => {
      const kinds = [...types]
        .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
        .map(([type, count]) => `${count}${noBreak}${type.split(":").at(-1) ?? type}`);
      return wrap("  ", `${provider}: ${kinds.join(", ")}`, 2);
    });
}

/** First part of a type; providers and components of our own are told apart from what they are made of. */
function providerOf(type: string): string {
  if (type.startsWith("pulumi:providers:")) return "providers";
  const [first = type] = type.split(":");
  return first === "secrets" ? "components" : first;
}

function configuration({ mustBeSet, optional }: Preview, { bold, red, dim }: Colors): readonly string[] {
  if (mustBeSet.length === 0 && optional.length === 0) return [];
  return [
    bold("Configuration"),
    ...mustBeSet.map((name) => `  ${red("must be set:")} pulumi config set --secret ${name}`),
    ...(optional.length === 0 ? [] : wrap("  ", dim(`optional and not set: ${optional.join(", ")}`))),
    "",
  ];
}

function planLine({ refreshSeconds, firstUpSeconds, cost }: Preview["plan"]): string {
  const writing =
    firstUpSeconds === 0 ? "" : ` Writing the stores takes the first up at least ${duration(firstUpSeconds)}.`;
  return `About $${cost.total} a month. Stores are read every ${duration(refreshSeconds)}.${writing}`;
}

function pricesNote({ cost }: Preview["plan"]): string {
  return `List prices of ${cost.pricesReadOn}, without free tiers and taxes; mean and burst are parts of the read quota (docs/planner.md).`;
}

function costTable({ stores, cost }: Preview["plan"]): string {
  if (stores.length === 0) return "  No remote store.";
  const table = plainTable(["store", "objects", "calls/month", "mean", "burst", "first up", "$/month"], 20);
  for (const store of stores) {
    table.push([
      store.name,
      store.objects,
      store.callsPerMonth.toLocaleString("en-US"),
      store.readShare === undefined ? "-" : percent(store.readShare),
      store.burstShare === undefined ? "-" : percent(store.burstShare),
      store.firstUpSeconds === 0 ? "-" : duration(store.firstUpSeconds),
      cost.stores[store.name]?.total ?? "",
    ]);
  }
  return table.toString();
}

function loadTable({ clusters }: Preview["plan"]): string {
  if (clusters.length === 0) return "";
  const table = plainTable(["cluster", "ExternalSecrets", "API requests/s", "of client QPS"], 20);
  for (const { name, externalSecrets, requestsPerSecond, share } of clusters) {
    table.push([name, externalSecrets, requestsPerSecond.toFixed(2), percent(share)]);
  }
  return table.toString();
}

/** A table without lines: the first column to the left, at most so wide; numbers to the right. */
function plainTable(head: readonly string[], first: number) {
  const none = {
    top: "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
  };
  return new Table({
    head: [...head],
    colAligns: head.map((_, index) => (index === 0 ? "left" : "right")),
    colWidths: [first],
    wordWrap: true,
    wrapOnWordBoundary: false,
    chars: { ...none, left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "" },
    style: { head: [], border: [], "padding-left": 2, "padding-right": 0 },
  });
}

function percent(share: number): string {
  const hundredths = share * 100;
  return hundredths > 0 && hundredths < 0.1 ? "< 0.1 %" : `${hundredths.toFixed(1)} %`;
}

function duration(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** A line of a message, which may be indented already. */
function indented(line: string): readonly string[] {
  const text = line.trimStart();
  return wrap(`  ${" ".repeat(line.length - text.length)}`, text);
}

/** Breaks a text at its spaces; what has none goes over the edge rather than being cut. */
function wrap(indent: string, text: string, hanging = 0): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const room = width - indent.length - (lines.length === 0 ? 0 : hanging);
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each, index) =>
    `${indent}${index === 0 ? "" : " ".repeat(hanging)}${each}`.replaceAll(noBreak, " "),
  );
}
