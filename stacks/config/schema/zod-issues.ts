import type { z } from "zod";
import { configPath } from "../../../components/support/config-command.ts";
import type { Issue } from "../../../components/support/errors.ts";

/** Our issues for what a schema refused, in the words of the configuration file. Pure. */
export function issuesOfZod(error: z.ZodError, input: unknown): readonly Issue[] {
  return error.issues.flatMap((issue) => issuesOf(issue, input));
}

function issuesOf(issue: z.core.$ZodIssue, input: unknown): readonly Issue[] {
  const path = configPath(issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: configPath([...issue.path, key]),
        problem: "unknown key",
        fix: "remove it, or check its spelling in docs/facts.md",
      }));
    case "invalid_union": {
      // Only one whose options are told apart by a word of theirs has a list of those.
      const options = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
      const expected = options.length === 0 ? issue.message : `expected one of ${options.join(", ")}`;
      return [{ path, problem: `${expected}, ${received(input, issue.path)}` }];
    }
    case "invalid_type": {
      const missing = valueAt(input, issue.path) === undefined;
      const expected = issue.message.startsWith("must") ? issue.message : `must be ${described(issue.expected)}`;
      return [{ path, problem: missing ? `is missing: ${expected}` : `${expected}, ${received(input, issue.path)}` }];
    }
    case "too_small":
    case "too_big":
      return [{ path, problem: `${limitOf(issue)}, ${received(input, issue.path)}` }];
    case "invalid_key":
      return [{ path, problem: issue.issues[0]?.message ?? "illegal name" }];
    default:
      return [{ path, problem: `${issue.message}, ${received(input, issue.path)}` }];
  }
}

/** A type in the words of the configuration file. */
function described(expected: string): string {
  const words: Readonly<Record<string, string>> = { record: "an object", array: "a list", int: "a whole number" };
  return words[expected] ?? (/^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`);
}

function limitOf(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  if (issue.message.startsWith("must")) return issue.message;
  if (issue.code === "too_big") return `must be at most ${issue.maximum}`;
  if (issue.origin === "string") return "must not be empty";
  return `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
}

/** What was received, as far as it is short and simple. Facts hold no secrets: those are configuration keys of their own. */
function received(input: unknown, path: readonly PropertyKey[]): string {
  const value = valueAt(input, path);
  if (value === undefined || value === null) return "received nothing";
  if (typeof value === "object") return `received ${Array.isArray(value) ? "a list" : "an object"}`;
  const text = JSON.stringify(value);
  return text.length > 80 ? `received ${text.length} characters` : `received ${text}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}
