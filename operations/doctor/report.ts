import { z } from "zod";
import { isFromStore } from "../../components/delivery/contract.ts";
import { inCluster, named } from "./named.ts";
import { links, type Examined, type Finding, type Link, type Unchecked } from "./model.ts";
import type { AskedSecret } from "./subject.ts";

/**
 * What the doctor found, as data: names, never values. A breaking change needs a new `schemaVersion`.
 * `docs/doctor.schema.json` is generated from it.
 */
const linkSchema = z.enum(links);

const affects = z.array(z.string()).describe("Secrets that it is about: <cluster>/<namespace>/<secret>");

const stateSchema = z
  .enum(["sound", "warning", "broken", "behind", "unchecked"])
  .describe("`behind`: broken as well, after a link that is broken and probably because of it");

const syncSchema = z.strictObject({ cluster: z.string(), namespace: z.string(), externalSecret: z.string() });

const restartSchema = z.strictObject({
  cluster: z.string(),
  namespace: z.string(),
  workload: z.string().describe("<kind>/<name>, such as `deployment/api`"),
});

const problemSchema = z.strictObject({
  link: linkSchema,
  severity: z
    .enum(["broken", "warning"])
    .describe("`broken`: a value does not get to its application, or no change of it would; `warning`: it does"),
  first: z.boolean().describe("Whether it is the first broken link of one of the Secrets that it is about"),
  subject: z.string().describe("The object, such as `ExternalSecret shop/db`"),
  problem: z.string().describe("The rest of a sentence that begins with the subject"),
  evidence: z.array(z.string()),
  fix: z.string().optional().describe("The command or fact that puts it right. Absent where none is known"),
  sync: syncSchema.optional().describe("What `--fix` does about it. Absent where it does nothing"),
  restart: restartSchema.optional().describe("What `--fix` does about it once somebody at a terminal agrees"),
  affects,
});

const uncheckedSchema = z.strictObject({
  link: linkSchema,
  subject: z.string(),
  reason: z.string(),
  kind: z
    .enum(["unanswered", "not-asked"])
    .describe("`unanswered`: asked, and refused or not answered; `not-asked`: there is nobody to ask from here"),
  affects,
});

const secretSchema = z.strictObject({
  cluster: z.string(),
  namespace: z.string(),
  secret: z.string(),
  store: z.string().optional().describe("Store that it is read from; absent for what is delivered plain"),
  verdict: z
    .enum(["sound", "warning", "broken", "unknown"])
    .describe("`unknown`: its cluster or its objects could not be read"),
  firstBroken: linkSchema.optional(),
  chain: z
    .array(z.strictObject({ link: linkSchema, state: stateSchema, seen: z.array(z.string()) }))
    .describe("The links that it has, in order"),
});

export const reportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  environment: z.string(),
  stack: z.string(),
  checkedAt: z.iso.datetime(),
  secrets: z.array(secretSchema),
  problems: z.array(problemSchema).describe("First broken links first, then in the order of the chain"),
  unchecked: z.array(uncheckedSchema).describe("What could not be looked at, and why"),
});

/** The result of the doctor. */
export type Report = z.output<typeof reportSchema>;
export type ReportedSecret = Report["secrets"][number];
export type Problem = Report["problems"][number];
export type Sync = z.output<typeof syncSchema>;
export type Restart = z.output<typeof restartSchema>;
type State = z.output<typeof stateSchema>;

/** What was found of one Secret. */
export interface ExaminedSecret {
  readonly asked: AskedSecret;
  readonly examined: Examined;
}

interface ReportArgs {
  readonly environment: string;
  readonly stack: string;
  readonly now: Date;
  readonly secrets: readonly ExaminedSecret[];
}

/** Puts together what was found of each Secret. Pure. */
export function reportOf({ environment, stack, now, secrets }: ReportArgs): Report {
  return {
    schemaVersion: 1,
    environment,
    stack,
    checkedAt: now.toISOString(),
    secrets: secrets.map(secretOf),
    problems: [...problemsOf(secrets)],
    unchecked: uncheckedOf(secrets),
  };
}

/** Whether somebody has to look at something: a problem, or an answer without which nobody knows. */
export function isSound({ problems, secrets }: Report): boolean {
  return problems.length === 0 && secrets.every(({ verdict }) => verdict === "sound");
}

/**
 * What can safely be done about first broken links: an ExternalSecret is read again, each once. Where something before it
 * is broken that would be in vain.
 */
export function syncsOf({ problems }: Report): readonly Sync[] {
  const wanted = problems.flatMap(({ first, sync }) => (first && sync !== undefined ? [sync] : []));
  return [...new Map(wanted.map((each) => [Object.values(each).join("/"), each] as const)).values()];
}

/** Workloads that a restart puts right, each once. Where a Secret itself is broken they would start with what it is now. */
export function restartsOf({ problems }: Report): readonly Restart[] {
  const broken = new Set(problems.flatMap(({ severity, affects }) => (severity === "broken" ? affects : [])));
  const wanted = problems.flatMap(({ restart, affects }) =>
    restart === undefined || affects.some((each) => broken.has(each)) ? [] : [restart],
  );
  return [...new Map(wanted.map((each) => [Object.values(each).join("\n"), each] as const)).values()];
}

function secretOf({ asked, examined }: ExaminedSecret): ReportedSecret {
  const { delivery, namespace, cluster } = asked;
  const first = firstBroken(examined);
  const chain = links.flatMap((link) => {
    const state = stateOf(link, examined, first?.link);
    const seen = (examined.seen ?? []).flatMap((each) => (each.link === link ? [each.text] : []));
    return state === undefined ? [] : [{ link, state, seen }];
  });
  return {
    cluster: cluster.spec.name,
    namespace: namespace.name,
    secret: delivery.secretName,
    ...(isFromStore(delivery) && namespace.store !== undefined ? { store: namespace.store.name } : {}),
    verdict: verdictOf(chain),
    ...(first === undefined ? {} : { firstBroken: first.link }),
    chain,
  };
}

/** The broken link that comes first. What the operator says because of another one counts where nothing else was found. */
function firstBroken({ findings = [] }: Examined): Finding | undefined {
  const broken = inOrder(findings.filter(({ severity }) => severity === "broken"));
  return broken.find(({ follows }) => follows !== true) ?? broken[0];
}

function inOrder<T extends { readonly link: Link }>(each: readonly T[]): readonly T[] {
  return [...each].sort((one, other) => links.indexOf(one.link) - links.indexOf(other.link));
}

function stateOf(link: Link, examined: Examined, first: Link | undefined): State | undefined {
  const { findings = [], seen = [], unchecked = [] } = examined;
  const own = findings.filter((each) => each.link === link);
  if (own.some(({ severity }) => severity === "broken")) return link === first ? "broken" : "behind";
  if (own.length > 0) return "warning";
  if (seen.some((each) => each.link === link)) return "sound";
  return unchecked.some((each) => each.link === link) ? "unchecked" : undefined;
}

/** Links without an answer to which nobody knows whether the Secret is sound. */
const essential: readonly Link[] = ["cluster", "delivery", "secret"];

function verdictOf(chain: ReportedSecret["chain"]): ReportedSecret["verdict"] {
  const has = (wanted: State) => chain.some(({ state }) => state === wanted);
  if (has("broken")) return "broken";
  if (chain.some(({ link, state }) => state === "unchecked" && essential.includes(link))) return "unknown";
  return has("warning") ? "warning" : "sound";
}

/** Links that are the same for every cluster. */
const ofNoCluster: readonly Link[] = ["engine", "object", "dates"];

function problemsOf(secrets: readonly ExaminedSecret[]): readonly Problem[] {
  const found = secrets.flatMap(({ asked, examined }) => {
    const first = firstBroken(examined);
    return (examined.findings ?? []).map((finding) => ({ finding, isFirst: finding === first, asked }));
  });
  const grouped = Map.groupBy(found, ({ finding, asked }) => {
    const { link, subject, problem } = finding;
    return [ofNoCluster.includes(link) ? "" : asked.cluster.spec.name, link, subject, problem].join("\n");
  });
  const problems = [...grouped.values()].flatMap((each): readonly Problem[] => {
    const [found] = each;
    if (found === undefined) return [];
    const { finding, asked } = found;
    const { link, severity, subject, problem, evidence = [], fix, sync, restart } = finding;
    const { namespace, cluster } = asked;
    return [
      {
        link,
        severity,
        first: each.some(({ isFirst }) => isFirst),
        subject,
        problem: inCluster(problem, cluster.spec),
        evidence: [...evidence],
        ...(fix === undefined
          ? {}
          : {
              fix: named(fix, {
                store: namespace.store?.name,
                cluster: cluster.spec,
                namespace: namespace.name,
                ...stacksFor(finding, asked),
              }),
            }),
        ...(sync === undefined ? {} : { sync: { cluster: cluster.spec.name, ...sync } }),
        ...(restart === undefined ? {} : { restart: { cluster: cluster.spec.name, ...restart } }),
        affects: [...new Set(each.map(({ asked }) => placeOf(asked)))],
      },
    ];
  });
  const rank = ({ first, severity }: Problem) => (first ? 0 : severity === "warning" ? 1 : 2);
  return [...inOrder(problems)].sort((one, other) => rank(one) - rank(other));
}

/** Operators are deployed by the stack that has what all parts share. */
const ofTheBase: readonly Link[] = ["cluster", "operator"];

function stacksFor({ link }: Finding, { stack, deployedBy }: ExaminedSecret["asked"]) {
  return { stack, deployedBy: ofTheBase.includes(link) ? stack : deployedBy };
}

function uncheckedOf(secrets: readonly ExaminedSecret[]): Report["unchecked"] {
  const found = secrets.flatMap(({ asked, examined }) =>
    (examined.unchecked ?? [])
      .filter((each) => !isKnownOtherwise(each, examined))
      .map((each) => ({ each, place: placeOf(asked) })),
  );
  const grouped = Map.groupBy(found, ({ each }) => [each.link, each.subject, each.reason].join("\n"));
  const each = inOrder(
    [...grouped.values()].flatMap((group) => {
      const each: Unchecked | undefined = group[0]?.each;
      return each === undefined ? [] : [{ ...each, affects: [...new Set(group.map(({ place }) => place))] }];
    }),
  );
  return [...each];
}

/** Whether nobody was asked, and something else tells of the link all the same. */
function isKnownOtherwise({ kind, link }: Unchecked, { seen = [], findings = [] }: Examined): boolean {
  return kind === "not-asked" && [...seen, ...findings].some((each) => each.link === link);
}

function placeOf({ cluster, delivery }: AskedSecret): string {
  return `${cluster.spec.name}/${delivery.namespace}/${delivery.secretName}`;
}
