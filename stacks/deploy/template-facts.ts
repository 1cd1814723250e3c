import { log, output, secret, unknown } from "@pulumi/pulumi";
import { configPath } from "../../components/support/messages/config-command.ts";
import { messageOf, RefusedError, type Issue } from "../../components/support/messages/errors.ts";
import { clippedName } from "../../components/support/messages/printable.ts";
import { thereAre } from "../../components/support/messages/suggestions.ts";
import { own } from "../../components/support/own.ts";
import type { FactValues } from "../../components/values/values.ts";
import type { Environment } from "../config/environment.ts";
import type { StackOutput } from "../config/schema/template-facts.ts";
import type { ExternalQueries } from "./external-queries.ts";

/**
 * Reads the outputs of other stacks that templates name, by the fact's name. Any of them may be secret. `undefined` where
 * they can't be known: in a preview without an engine, which warns of each.
 *
 * @param owner the stack that runs: `<project>/<stack>`.
 * @throws RefusedError with everything that is wrong with them; no message holds a value.
 */
export async function readTemplateFacts(
  { name, stackOutputs }: Pick<Environment, "name" | "stackOutputs">,
  owner: string,
  ask: ExternalQueries["stackOutputs"],
): Promise<Readonly<Record<string, string>> | undefined> {
  const stacks = Map.groupBy(stackOutputs, ([, { stack }]) => stack);
  const issues: Issue[] = [];
  const values: Record<string, string> = {};
  let known = true;
  for (const [stack, facts] of stacks) {
    const outputs = await outputsOf(stack, facts, { owner, ask, issues });
    if (outputs === "unknown") {
      known = false;
      for (const [fact, { output: wanted }] of facts) await log.warn(notKnown(fact, stack, wanted));
      continue;
    }
    if (outputs === undefined) continue;
    for (const [fact, { output: wanted }] of facts) {
      const value = own(outputs, wanted);
      const problem = problemOf(wanted, value, outputs);
      if (problem === undefined) values[fact] = String(value);
      else issues.push({ path: factPath(fact), ...problem });
    }
  }
  if (issues.length > 0) throw new RefusedError(name, issues);
  return known ? values : undefined;
}

/** The values as templates get them. Nothing is marked plain again: what they are put into is secret anyway. */
export function asSecret(values: Readonly<Record<string, string>> | undefined): FactValues {
  return secret(output(values ?? (unknown as unknown as Readonly<Record<string, string>>)));
}

interface Asking {
  readonly owner: string;
  readonly ask: ExternalQueries["stackOutputs"];
  readonly issues: Issue[];
}

async function outputsOf(
  stack: string,
  facts: readonly (readonly [string, StackOutput])[],
  { owner, ask, issues }: Asking,
): Promise<Readonly<Record<string, unknown>> | "unknown" | undefined> {
  const refuse = (problem: string, fix: string) => {
    issues.push(...facts.map(([fact]) => ({ path: factPath(fact), problem, fix })));
  };
  if (stack.endsWith(`/${owner}`)) {
    refuse("names this stack itself, whose outputs hold no values", "name the stack that has the value, or write it");
    return undefined;
  }
  try {
    return (await ask(stack)) ?? "unknown";
  } catch (error) {
    const reason = messageOf(error).replace(/^invocation of \S+ returned an error: /, "");
    refuse(`stack ${stack} can't be read: ${reason}`, `pulumi stack output --stack ${stack} must succeed`);
    return undefined;
  }
}

/** What of an output is no value of a template. Names of outputs are not secret. */
function problemOf(
  wanted: string,
  value: unknown,
  outputs: Readonly<Record<string, unknown>>,
): Omit<Issue, "path"> | undefined {
  const name = `output "${clippedName(wanted)}"`;
  if (value === undefined || value === null) {
    return {
      problem: `the stack has no ${name}; ${thereAre(wanted, Object.keys(outputs))}`,
      fix: "name one of its outputs, or deploy the stack with this one first",
    };
  }
  if (typeof value === "number" || (typeof value === "string" && value !== "")) return undefined;
  const what = value === "" ? "empty" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
  return {
    problem: `${name} is ${what === "a object" ? "an object" : what}; a template takes a text or a number`,
    // The engine hands over an empty object for what it can't decrypt.
    fix:
      typeof value === "object" && Object.keys(value).length === 0
        ? "let that stack export the value itself; where the output is secret, let whoever deploys use its stack's key"
        : "let that stack export the value itself as an output of its own",
  };
}

function factPath(fact: string): string {
  return configPath(["templateFacts", fact]);
}

function notKnown(fact: string, stack: string, wanted: string): string {
  return (
    `${factPath(fact)}: output "${clippedName(wanted)}" of stack ${stack} is not known here, nor whether it is there: no other stack is read\n` +
    "    fix: preview with the engine, which reads it: pulumi preview"
  );
}
