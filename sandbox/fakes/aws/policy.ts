/**
 * Decides what IAM policies allow. Written for what the sandbox proves, after "Policy evaluation logic",
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: an explicit deny wins, then an allow.
 * What it does not know (a condition operator, for one) is an error and never an allow.
 */

/** A condition block: operator, key, values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | boolean | readonly string[]>>>>;

/** One statement of a policy, as it is written. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Conditions;
}

/** A policy document. */
export interface Policy {
  readonly Version?: string;
  readonly Statement: Statement | readonly Statement[];
}

/** Who asks, in a policy that names principals. */
export interface Asker {
  readonly type: "AWS" | "Federated" | "Service";
  /** Every spelling under which a policy may name it, the most exact first. */
  readonly names: readonly string[];
}

/** What is asked of the policies. */
export interface Question {
  /** "ssm:GetParameter". */
  readonly action: string;
  readonly resource: string;
  /** Condition keys, in any case, with their values. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** For policies of resources and roles; absent for policies of identities. */
  readonly asker?: Asker;
}

/** What the policies answer. With an asker, `by` is the name under which it was allowed. */
export type Verdict =
  { readonly decision: "allow"; readonly by?: string } | { readonly decision: "explicit-deny" | "implicit-deny" };

/** Evaluates all policies together. */
export function evaluate(policies: readonly Policy[], question: Question): Verdict {
  let allowed: Verdict | undefined;
  for (const statement of policies.flatMap(({ Statement }) => Statement)) {
    const match = applies(statement, question);
    if (match === undefined) continue;
    if (statement.Effect === "Deny") return { decision: "explicit-deny" };
    allowed ??= { decision: "allow", ...(match.by === undefined ? {} : { by: match.by }) };
  }
  return allowed ?? { decision: "implicit-deny" };
}

/** Reads a policy document. */
export function parsePolicy(text: string): Policy {
  return JSON.parse(text) as Policy;
}

function applies(statement: Statement, question: Question): { by?: string } | undefined {
  const by = principalOf(statement, question.asker);
  if (question.asker !== undefined && by === undefined) return undefined;
  if (!actionMatches(statement, question.action)) return undefined;
  if (!resourceMatches(statement, question)) return undefined;
  const context = lowerCased(question.context ?? {});
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    for (const [key, wanted] of Object.entries(keys)) {
      if (
        !conditionHolds(
          operator,
          list(wanted).map((value) => expand(value, context)),
          context.get(key.toLowerCase()),
        )
      )
        return undefined;
    }
  }
  return by === undefined ? {} : { by };
}

function principalOf({ Principal }: Statement, asker: Asker | undefined): string | undefined {
  if (asker === undefined || Principal === undefined) return undefined;
  if (Principal === "*") return "*";
  const named = list(Principal[asker.type]);
  if (asker.type === "AWS" && named.includes("*")) return "*";
  return asker.names.find((name) => named.includes(name));
}

function actionMatches({ Action, NotAction }: Statement, action: string): boolean {
  const matches = (pattern: string) => wildcard(pattern.toLowerCase(), action.toLowerCase());
  return NotAction === undefined ? list(Action).some(matches) : !list(NotAction).some(matches);
}

function resourceMatches({ Resource, NotResource }: Statement, { resource, context, asker }: Question): boolean {
  const values = lowerCased(context ?? {});
  const matches = (pattern: string) => wildcard(expand(pattern, values), resource);
  if (NotResource !== undefined) return !list(NotResource).some(matches);
  // A role's trust policy has no resource: it is about its role.
  return Resource === undefined ? asker !== undefined : list(Resource).some(matches);
}

function conditionHolds(operator: string, wanted: readonly string[], actual: readonly string[] | undefined): boolean {
  const [, set, name = "", ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  if (name === "Null") return wanted.some((value) => (value === "true") === (actual === undefined));
  if (actual === undefined) return ifExists !== undefined || set === "ForAllValues" || name.includes("Not");
  const negated = name.includes("Not");
  const test = comparison(negated ? name.replace("Not", "") : name, operator);
  const one = (value: string) => wanted.some((pattern) => test(pattern, value)) !== negated;
  return set === "ForAllValues" || (set === undefined && negated) ? actual.every(one) : actual.some(one);
}

function comparison(name: string, operator: string): (pattern: string, value: string) => boolean {
  switch (name) {
    case "StringEquals":
      return (pattern, value) => pattern === value;
    case "StringEqualsIgnoreCase":
      return (pattern, value) => pattern.toLowerCase() === value.toLowerCase();
    case "StringLike":
    case "ArnLike":
    case "ArnEquals":
      return wildcard;
    case "Bool":
      return (pattern, value) => pattern.toLowerCase() === value.toLowerCase();
    default:
      throw new Error(`the sandbox's IAM does not know the condition operator ${operator}`);
  }
}

function wildcard(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(value);
}

// "${aws:PrincipalTag/kubernetes-namespace}": the key's value; a key without one leaves the text as it is, which matches nothing.
function expand(text: string, context: ReadonlyMap<string, readonly string[]>): string {
  return text.replace(/\$\{([^}]+)\}/g, (whole, key: string) => context.get(key.toLowerCase())?.[0] ?? whole);
}

function lowerCased(context: NonNullable<Question["context"]>): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), list(value)]));
}

function list(value: string | boolean | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly string[]) : [String(value)];
}
