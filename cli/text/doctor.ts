import Table from "cli-table3";
import { printable, printableLine } from "../../components/support/messages/printable.ts";
import type { Link } from "../../operations/doctor/model.ts";
import { isSound, type Problem, type Report, type ReportedSecret } from "../../operations/doctor/report.ts";
import { EXIT } from "../exit-codes.ts";
import type { Result } from "../frame.ts";

/** Most Secrets that a table lists; of more, those that are sound are left out. */
const most = 40;

export function doctorResult(report: Report): Result {
  return { text: () => doctorText(report), data: report, code: isSound(report) ? EXIT.done : EXIT.found };
}

/** What the doctor found: the chain of one Secret, or a line for each of several; then problems, and what was not checked. */
export function doctorText(report: Report): string {
  const [only, ...others] = report.secrets;
  const blocks = [
    summary(report),
    only === undefined ? "" : others.length === 0 ? chainTable(only) : secretsTable(report.secrets),
    problemsText(report),
    uncheckedText(report),
  ];
  return `${blocks.filter((each) => each !== "").join("\n\n")}\n`;
}

const verdicts = {
  broken: "broken",
  unknown: "unknown",
  warning: "with a warning",
  sound: "sound",
} as const;

function summary({ stack, secrets }: Report): string {
  const [only] = secrets;
  if (only === undefined) return `${stack} delivers no Secret.`;
  if (secrets.length === 1) return `${stack}: Secret ${placeOf(only)} in cluster ${only.cluster} is ${stateOf(only)}.`;
  const counts = (Object.keys(verdicts) as (keyof typeof verdicts)[]).flatMap((verdict) => {
    const count = secrets.filter((each) => each.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdicts[verdict]}`];
  });
  return `${stack}: ${secrets.length} Secrets: ${counts.join(", ")}.`;
}

function placeOf({ namespace, secret }: ReportedSecret): string {
  return `${namespace}/${secret}`;
}

function stateOf({ verdict, firstBroken }: ReportedSecret): string {
  return firstBroken === undefined ? verdicts[verdict] : `broken (first broken link: ${titles[firstBroken]})`;
}

/** How people call the links. */
const titles: Readonly<Record<Link, string>> = {
  engine: "engine and state",
  cluster: "cluster",
  operator: "operator",
  namespace: "namespace",
  store: "store",
  identity: "identity",
  rights: "rights",
  object: "object",
  quota: "quota",
  delivery: "delivery",
  secret: "Secret",
  consumers: "consumers",
  dates: "dates",
};

function chainTable({ chain }: ReportedSecret): string {
  const table = newTable(["link", "state", "seen"]);
  for (const { link, state, seen } of chain) table.push([titles[link], state, seen.map(printableLine).join("\n")]);
  return table.toString();
}

function secretsTable(secrets: readonly ReportedSecret[]): string {
  const shown = secrets.length <= most ? secrets : secrets.filter(({ verdict }) => verdict !== "sound");
  if (shown.length === 0) return "";
  const table = newTable(["cluster", "Secret", "state", "links"]);
  for (const each of shown) {
    const links = each.chain.filter(({ state }) => state !== "sound" && state !== "behind");
    table.push([each.cluster, placeOf(each), each.verdict, links.map(({ link }) => titles[link]).join(", ")]);
  }
  return table.toString();
}

function newTable(head: string[]) {
  return new Table({ head, style: { head: [], border: [], compact: true } });
}

function problemsText({ problems, secrets }: Report): string {
  const shown = problems.filter(({ first, severity }) => first || severity === "warning");
  const later = problems.filter((each) => !shown.includes(each));
  const places = secrets.length > 1 ? placesOf(secrets) : undefined;
  return [
    ...shown.map((each) => problemText(each, places)),
    ...(later.length === 0
      ? []
      : [["Probably because of that:", ...later.map((each) => `  ${sentence(each)}`)].join("\n")]),
  ].join("\n\n");
}

function sentence({ subject, problem }: Problem): string {
  return printableLine(`${subject} ${problem}`);
}

/** How Secrets are called: with their cluster where there are several. */
function placesOf(secrets: readonly ReportedSecret[]): (affects: readonly string[]) => string {
  const several = new Set(secrets.map(({ cluster }) => cluster)).size > 1;
  return (affects) => affects.map((each) => (several ? each : each.split("/").slice(1).join("/"))).join(", ");
}

function problemText(problem: Problem, places: ReturnType<typeof placesOf> | undefined): string {
  const { link, severity, evidence, fix, affects } = problem;
  return [
    `${titles[link]}${severity === "warning" ? " (warning)" : ""}: ${sentence(problem)}`,
    ...evidence.map((each) => `  ${printableLine(each)}`),
    ...(fix === undefined ? [] : [`  fix: ${printable(fix)}`]),
    ...(places === undefined ? [] : [`  Secrets: ${places(affects)}`]),
  ].join("\n");
}

function uncheckedText({ unchecked }: Report): string {
  if (unchecked.length === 0) return "";
  return [
    "Not checked:",
    ...unchecked.map(({ link, subject, reason }) => `  ${titles[link]}: ${printableLine(`${subject}: ${reason}`)}`),
  ].join("\n");
}
