/** Attribute mappings and conditions of providers: https://cloud.google.com/iam/docs/workload-identity-federation#mapping */
import { evaluate, parse } from "@marcbachmann/cel-js";
import { invalid } from "../secret-manager/rules.ts";

/** What is known of whoever shows a token: `google.subject`, `google.groups`, and attributes of the provider's own. */
export interface Attributes {
  readonly subject: string;
  readonly groups: readonly string[];
  readonly custom: Readonly<Record<string, string>>;
}

const MAX_SUBJECT_BYTES = 127;

/** Throws for a mapping that a provider cannot have. */
export function checkMapping(mapping: Readonly<Record<string, string>>): void {
  if (mapping["google.subject"] === undefined) throw invalid("The attribute mapping must include google.subject.");
  for (const [key, expression] of Object.entries(mapping)) {
    if (!/^(?:google\.(?:subject|groups)|attribute\.[a-z0-9_]{1,100})$/.test(key)) {
      throw invalid(`The attribute mapping has a key that is not supported: ${key}`);
    }
    checkExpression(expression);
  }
}

/** Throws for a condition that cannot be read. */
export function checkCondition(condition: string): void {
  checkExpression(condition);
}

/** Maps the claims of a token; undefined when an expression does not fit them. */
export function mapAttributes(
  mapping: Readonly<Record<string, string>>,
  assertion: Readonly<Record<string, unknown>>,
): Attributes | undefined {
  const values: Record<string, unknown> = {};
  for (const [key, expression] of Object.entries(mapping)) {
    try {
      values[key] = evaluate(expression, { assertion }) as unknown;
    } catch {
      return undefined;
    }
  }
  const subject = values["google.subject"];
  if (typeof subject !== "string" || subject === "" || Buffer.byteLength(subject) > MAX_SUBJECT_BYTES) return undefined;
  const groups = values["google.groups"] ?? [];
  const custom = Object.entries(values).flatMap(([key, value]) =>
    key.startsWith("attribute.") && typeof value === "string" ? [[key.slice("attribute.".length), value] as const] : [],
  );
  return { subject, groups: Array.isArray(groups) ? groups.map(String) : [], custom: Object.fromEntries(custom) };
}

/** Whether a token with these attributes is let in. */
export function holds(
  condition: string,
  assertion: Readonly<Record<string, unknown>>,
  attributes: Attributes,
): boolean {
  const { subject, groups, custom } = attributes;
  try {
    const context = { assertion, google: { subject, groups: [...groups] }, attribute: { ...custom } };
    return (evaluate(condition, context) as unknown) === true;
  } catch {
    return false;
  }
}

function checkExpression(expression: string): void {
  try {
    parse(expression);
  } catch {
    throw invalid(`The expression is no Common Expression Language: ${expression}`);
  }
}
