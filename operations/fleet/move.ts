import { ExpectedError, RequestError } from "../../components/support/messages/errors.ts";
import { thereAre } from "../../components/support/messages/suggestions.ts";
import type { Environment, Parts } from "../../stacks/config/environment.ts";
import { stackOfPart } from "../../stacks/config/part.ts";
import { successor } from "./assign.ts";
import { familyOf, isPending, placeOf, resourcesIn, rootsOf, withoutResources, type ExportedState } from "./state.ts";

/** What a move works with. */
export interface MoveTools {
  readonly whole: Environment;
  /** The state of a stack; `undefined` where there is no such stack. */
  readonly state: (stack: string) => Promise<ExportedState | undefined>;
  /** Makes what the stack of a part needs: its file, and the stack itself. What is there stays. */
  readonly prepare: (stack: string) => Promise<void>;
  /** Moves resources and all below them from the state of one stack to that of another; both are saved, the second first. */
  readonly move: (args: StateMove) => Promise<void>;
  /** Puts a state in the place of what a stack has. */
  readonly replace: (stack: string, state: ExportedState) => Promise<void>;
  readonly writeParts: (assigned: Parts["assigned"]) => Promise<void>;
  readonly onStep?: (text: string) => void;
}

export interface StateMove {
  readonly source: string;
  readonly target: string;
  readonly urns: readonly string[];
}

export interface MoveRequest {
  readonly application: string;
  readonly part: string;
  /** Whether nothing is changed. */
  readonly dryRun: boolean;
}

export interface MoveReport {
  readonly schemaVersion: 1;
  readonly environment: string;
  /** What belongs together is moved together. */
  readonly applications: readonly string[];
  readonly from: string;
  readonly to: string;
  /** Resources that changed states; 0 where the application was never deployed, or stood there already. */
  readonly resources: number;
  readonly outcome: "moved" | "planned" | "nothing";
}

/**
 * Moves an application, with those that belong to it, to another part: its resources from one state to the other, and its
 * name from one part to the other in the facts. No store and no cluster is asked or changed, so its Secrets, values and
 * epochs stay as they are. The new state is saved before the old one: an interrupted move leaves the application in both,
 * where no run deletes it, and is finished by the same call.
 *
 * @throws RequestError, ExpectedError before anything is changed.
 */
export async function moveApplication(tools: MoveTools, request: MoveRequest): Promise<MoveReport> {
  const { whole } = tools;
  const { application, part, dryRun } = request;
  const group = whole.parts.groups.find((each) => each.includes(application));
  const problem = problemOf(whole, request, group);
  if (group === undefined || problem !== undefined) throw refused(problem ?? "");
  const target = stackOfPart(part, whole.name);
  const factsSay = [...whole.parts.assigned].find(([, all]) => all.includes(application))?.[0] ?? part;
  tools.onStep?.("reading the states of all parts");
  const found = await Promise.all(
    [...new Set([...whole.parts.assigned.keys(), part])].map(async (name) => {
      const stack = stackOfPart(name, whole.name);
      const state = await tools.state(stack);
      return { name, stack, state, roots: state === undefined ? [] : rootsOf(whole, group, state) };
    }),
  );
  const sources = found.filter(({ name, roots }) => name !== part && roots.length > 0);
  const [source, ...more] = sources;
  if (more.length > 0)
    throw refused(`the states of ${sources.map(({ stack }) => stack).join(" and ")} have it at once`);
  const held = found.find(({ name }) => name === part);
  for (const { stack, state } of [source, held].flatMap((each) => each ?? []))
    if (state !== undefined && isPending(state)) throw unfinished(stack);
  const report: MoveReport = {
    schemaVersion: 1,
    environment: whole.name,
    applications: group,
    from: source?.name ?? factsSay,
    to: part,
    resources: source?.state === undefined ? 0 : familyOf(source.state, source.roots).size,
    outcome: "planned",
  };
  if (source === undefined && factsSay === part) return { ...report, outcome: "nothing" };
  if (dryRun) return report;
  if (source?.state !== undefined) {
    await tools.prepare(target);
    const family = familyOf(source.state, source.roots);
    const there = new Set((held?.state === undefined ? [] : resourcesIn(held.state)).map(({ urn }) => placeOf(urn)));
    const isThere = [...family].filter((urn) => there.has(placeOf(urn)));
    if (isThere.length === family.size) {
      tools.onStep?.(`taking what ${target} has out of the state of ${source.stack}`);
      await tools.replace(source.stack, withoutResources(source.state, family));
    } else if (isThere.length > 0) {
      throw refused(`the state of ${target} has a part of its resources already, and that of ${source.stack} all`);
    } else {
      tools.onStep?.(`moving ${family.size} resources from the state of ${source.stack} to that of ${target}`);
      await tools.move({ source: source.stack, target, urns: source.roots });
    }
  } else {
    await tools.prepare(target);
  }
  tools.onStep?.("writing the parts");
  await tools.writeParts(reassigned(whole.parts.assigned, group, part));
  return { ...report, outcome: "moved" };
}

/** The parts where a group has moved. Pure. */
export function reassigned(assigned: Parts["assigned"], group: readonly string[], part: string): Parts["assigned"] {
  const without = [...assigned].map(([name, all]) => [name, all.filter((app) => !group.includes(app))] as const);
  const parts = new Map(without);
  return parts.set(part, [...(parts.get(part) ?? []), ...group]);
}

function problemOf(
  { name, parts }: Environment,
  { application, part }: MoveRequest,
  group: readonly string[] | undefined,
): string | undefined {
  const known = [...parts.assigned.keys()];
  if (known.length === 0) {
    return (
      `environment ${name} has no parts\n` +
      `    fix: npx secrets fleet plan ${name} --write; where one stack has room for all of it, with --full <resources>, a smaller number`
    );
  }
  if (group === undefined) {
    return `environment ${name} runs no application ${application}; ${thereAre(application, parts.groups.flat())}`;
  }
  const next = successor(known);
  if (known.includes(part) || part === next) return undefined;
  return `environment ${name} has no part ${part}; ${thereAre(part, known)}, and ${next} would be the next one`;
}

function refused(problem: string): ExpectedError {
  return new ExpectedError(`Nothing was changed: ${problem}`);
}

function unfinished(stack: string): RequestError {
  return new RequestError("The move", [
    {
      path: stack,
      problem: "a run was killed on its way, and its state has operations that are not finished",
      fix: `pulumi up --stack ${stack}, then this again`,
    },
  ]);
}
