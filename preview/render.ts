import Table from "cli-table3";
import type { Colors } from "picocolors/types.js";
import { printable } from "../components/support/messages/printable.ts";
import { leftLines } from "./render-left.ts";
import type { Preview, PreviewedDelivery, PreviewedKey, PreviewedSecret, PreviewedStore } from "./schema.ts";
import { setSecretCommand } from "../components/support/messages/config-command.ts";

/** Longest line, in characters. */
const width = 80;

/** Keeps a count and its noun on one line. */
const noBreak = "\u00a0";

/** Renders a preview as text for a terminal. Pure; `colours` decides whether it is coloured. */
export function renderPreview(preview: Preview, colours: Colors): string {
  const { bold, dim, yellow } = colours;
  const missing = new Set(preview.mustBeSet);
  return [
    ...wrap(
      "",
      `Preview of ${preview.stack}: a first up would create ${preview.resources.total} resources. No cloud or cluster was contacted, and nothing was changed.`,
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
    ...wrap("  ", pricesNote(preview.plan)).map(dim),
    "",
    bold("Left after destroy"),
    ...leftLines(preview).flatMap((line) => wrap("  ", line, 2)),
    ...preview.warnings.flatMap((warning) => [
      "",
      yellow("Warning"),
      ...printable(warning).split("\n").flatMap(indented),
    ]),
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
      ...wrap("    ", secretTitle(secret, objects)),
      ...wrap("      ", secret.keys.map((key) => keyText(key, missing)).join(", ")),
    ]),
    ...namespaces.flatMap((namespace) => [
      `    ${green(`→ ${namespace.name}`)} ${dim(`on ${namespace.cluster}`)}`,
      ...namespace.secrets.flatMap(({ secretName, keys, merged, mounted, restarts, ...refreshed }) =>
        wrap(
          "        ",
          `${secretName}${merged ? " (merged)" : ""}${mounted === true ? " (csi)" : ""}: ${keys.join(", ")}${refreshText(refreshed)}${restartsText(restarts)}`,
          2,
        ),
      ),
    ]),
  ];
}

/** What happens to a secret that is not simply created. */
function actionText({ action, generatedIn = "" }: Pick<PreviewedSecret, "action" | "generatedIn">): readonly string[] {
  switch (action) {
    case "create":
      return [];
    case "adopt":
      return ["adopted with the value it has"];
    case "reference":
      return ["managed elsewhere, only read"];
    case "issue":
      return ["issued by the store, which renews it by itself"];
    case "generate":
      return [`generated in cluster ${generatedIn}`];
  }
}

function secretTitle(secret: Omit<PreviewedSecret, "objects">, objects: readonly string[]): string {
  const { id, rotateBy, targets = [] } = secret;
  const names = objects.length === 0 ? id : objects.join(", ");
  const first = targets.length === 0 ? [] : [`a new value reaches ${targets.join(" and ")} first`];
  const notes = [...actionText(secret), ...first, ...(rotateBy === undefined ? [] : [`rotate by ${rotateBy}`])];
  return [names, ...notes].join(" · ");
}

/** A key and where its value comes from, never the value itself. */
function keyText({ key, value, config, of, until }: PreviewedKey, missing: ReadonlySet<string>): string {
  if (of !== undefined) return `${key} (${until === undefined ? `same as ${of}` : `previous ${of} until ${until}`})`;
  if (config === undefined) return `${key} (${value})`;
  return missing.has(config) ? `${key} (must be set: ${config})` : `${key} (provided: ${config})`;
}

/** One line per provider, such as `vault: 12 SecretV2, …`, the most frequent type first. */
function resourceLines(byType: Preview["resources"]["byType"]): readonly string[] {
  const groups = Map.groupBy(Object.entries(byType), ([type]) => providerGroup(type));
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([provider, types]) => {
      const kinds = [...types]
        .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
        .map(([type, count]) => `${count}${noBreak}${type.split(":").at(-1) ?? type}`);
      return wrap("  ", `${provider}: ${kinds.join(", ")}`, 2);
    });
}

/** Provider of a type; provider resources and our components form groups of their own. */
function providerGroup(type: string): string {
  if (type.startsWith("pulumi:providers:")) return "providers";
  const [first = type] = type.split(":");
  return first === "secrets" ? "components" : first;
}

function configuration({ mustBeSet, optional }: Preview, { bold, red, dim }: Colors): readonly string[] {
  if (mustBeSet.length === 0 && optional.length === 0) return [];
  return [
    bold("Configuration"),
    ...mustBeSet.map((name) => `  ${red("must be set:")} ${setSecretCommand(name)}`),
    ...(optional.length === 0 ? [] : wrap("  ", `optional, not set: ${optional.join(", ")}`).map(dim)),
    "",
  ];
}

function restartsText(restarts: PreviewedDelivery["restarts"]): string {
  return restarts === undefined ? "" : ` · restarts ${restarts.join(", ")}`;
}

/** When the store of a Secret is read, where that is not at the environment's interval. */
function refreshText({ refreshSeconds, refreshPolicy }: Pick<PreviewedDelivery, "refreshSeconds" | "refreshPolicy">) {
  if (refreshPolicy === "OnChange") return " · read only when a run changes it";
  if (refreshPolicy === "CreatedOnce") return " · read once, no rotation reaches it";
  return refreshSeconds === undefined ? "" : ` · read every ${duration(refreshSeconds)}`;
}

/** When stores are read, in a sentence. */
function readingText({ refreshSeconds, refresh }: Pick<Preview["plan"], "refreshSeconds" | "refresh">): string {
  if (refresh === undefined) return `Stores are read every ${duration(refreshSeconds)}.`;
  const { seconds, onChange, createdOnce } = refresh;
  const parts = [
    ...(seconds === undefined
      ? []
      : seconds.shortest === seconds.longest
        ? [`every ${duration(seconds.shortest)}`]
        : [`every ${duration(seconds.shortest)} to ${duration(seconds.longest)}`]),
    ...(onChange === 0 ? [] : [`for ${secretCount(onChange)} only when a run changes something`]),
    ...(createdOnce === 0 ? [] : [`for ${secretCount(createdOnce)} once`]),
  ];
  return `Stores are read ${parts.join(", ")}.`;
}

function secretCount(count: number): string {
  return count === 1 ? "1 Secret" : `${count} Secrets`;
}

function planLine({ firstUpSeconds, cost, ...plan }: Preview["plan"]): string {
  const writing =
    firstUpSeconds === 0 ? "" : ` Write quotas make the first up take at least ${duration(firstUpSeconds)}.`;
  return `About $${cost.total} per month. ${readingText(plan)}${writing}`;
}

function pricesNote({ cost }: Preview["plan"]): string {
  return `List prices as of ${cost.pricesReadOn}, excluding free tiers and taxes. Mean and burst are shares of the read quota (docs/planner.md).`;
}

function costTable({ stores, cost }: Preview["plan"]): string {
  if (stores.length === 0) return "  No remote stores.";
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

/** A table without rules. The first column is left-aligned and `first` characters wide, the others are right-aligned. */
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

/** Indents a line of a message and keeps the indentation it has. */
function indented(line: string): readonly string[] {
  const text = line.trimStart();
  return wrap(`  ${" ".repeat(line.length - text.length)}`, text);
}

/** Breaks a text without colours at spaces. A longer word overflows rather than being cut. */
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
