import type { Statement } from "./policies.ts";

/** A statement as somebody may have written it. */
interface HeldStatement {
  readonly Effect?: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * How a role's trust policy differs from the one that is made here: each is the rest of a sentence that begins with the role.
 * What somebody added beside it does not count, unless it denies.
 */
export function trustProblems(held: string, wanted: string): readonly string[] {
  const statements = statementsOf(held);
  if (statements === undefined) return ["has a trust policy that is no JSON"];
  const denies = statements.some(({ Effect }) => Effect === "Deny") ? ["has a statement that denies"] : [];
  const missing = (JSON.parse(wanted) as { readonly Statement: readonly Statement[] }).Statement.flatMap((each) =>
    missingTrust(statements, each),
  );
  return [...new Set([...missing, ...denies])];
}

function missingTrust(held: readonly HeldStatement[], wanted: Statement): readonly string[] {
  const actions = listOf(wanted.Action);
  const allowing = held.filter(
    ({ Effect, Action }) => Effect === "Allow" && actions.every((action) => listOf(Action).includes(action)),
  );
  if (allowing.length === 0) return [`does not allow ${actions.join(" and ")}`];
  const differences = allowing.map((statement) => trustDifferences(statement, wanted));
  return [...differences].sort((one, other) => one.length - other.length)[0] ?? [];
}

function trustDifferences(held: HeldStatement, wanted: Statement): readonly string[] {
  const principals = Object.entries(wanted.Principal ?? {}).flatMap(([type, principal]) => {
    const theirs = typeof held.Principal === "object" ? listOf(held.Principal[type]) : listOf(held.Principal);
    return theirs.includes(principal) ? [] : [`trusts ${named(theirs)}, not ${principal}`];
  });
  // Conditions are written for whom they are about.
  if (principals.length > 0) return principals;
  const ours = conditionsOf(wanted.Condition);
  const theirs = conditionsOf(held.Condition);
  const changed = [...ours].flatMap(([key, values]) => {
    const found = theirs.get(key);
    if (found !== undefined && values.every((value) => found.includes(value))) return [];
    return [`wants ${key} to be ${found === undefined ? "anything" : named(found)}, not ${named(values)}`];
  });
  const added = [...theirs.keys()].filter((key) => !ours.has(key)).map((key) => `has a condition on ${key}`);
  return [...changed, ...added];
}

/** Conditions by their key, whatever compares them. */
function conditionsOf(condition: HeldStatement["Condition"] = {}): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.values(condition).flatMap((keys) =>
      Object.entries(keys).map(([key, value]) => [key, listOf(value)] as const),
    ),
  );
}

/** What a policy that is made here allows, and the held one does not: `ssm:GetParameter on arn:…`. */
export function missingRights(held: string, wanted: string): readonly string[] {
  const statements = statementsOf(held) ?? [];
  const ours = (JSON.parse(wanted) as { readonly Statement: readonly Statement[] }).Statement;
  return ours.flatMap((each) => {
    const pairs = listOf(each.Action).flatMap((action) =>
      listOf(each.Resource).map((resource) => ({ action, resource })),
    );
    return pairs
      .filter((pair) => !statements.some((statement) => allows(statement, pair, each)))
      .map(({ action, resource }) => `${action} on ${resource}`);
  });
}

/**
 * The ARN in a policy that a secret of the same name had before: AWS ends the ARN of each secret with a dash and six random
 * characters, so that one that is deleted and made anew has another.
 */
export function earlierArn(held: string, arn: string): string | undefined {
  const stem = arn.slice(0, -6);
  return (statementsOf(held) ?? [])
    .flatMap(({ Effect, Resource }) => (Effect === "Allow" ? listOf(Resource) : []))
    .find((each) => each !== arn && each.startsWith(stem) && /^[A-Za-z0-9]{6}$/.test(each.slice(stem.length)));
}

/** Whether a statement allows this, under no other conditions than ours. Names with wildcards are none that are made here. */
function allows(
  { Effect, Action, Resource, Condition }: HeldStatement,
  { action, resource }: { readonly action: string; readonly resource: string },
  wanted: Statement,
): boolean {
  if (Effect !== "Allow" || !listOf(Action).some((each) => matches(each, action))) return false;
  if (!listOf(Resource).some((each) => matches(each, resource))) return false;
  const ours = conditionsOf(wanted.Condition);
  return [...conditionsOf(Condition)].every(([key, values]) => {
    const asked = ours.get(key);
    return asked !== undefined && asked.every((value) => values.some((each) => matches(each, value)));
  });
}

/** IAM's wildcards: somebody may have given more than is given here. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "is").test(text);
}

function statementsOf(document: string): readonly HeldStatement[] | undefined {
  try {
    const { Statement: found = [] } = JSON.parse(document) as { readonly Statement?: HeldStatement | HeldStatement[] };
    return Array.isArray(found) ? found : [found];
  } catch {
    return undefined;
  }
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

function named(values: readonly string[]): string {
  return values.length === 0 ? "nobody" : values.join(", ");
}
