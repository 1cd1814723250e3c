import { parseEnv } from "node:util";
import { clippedName } from "../../../components/support/messages/printable.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { issueAt, reading, type FoundKey, type Left, type Reading } from "../model.ts";
import { isPlaceholder, looksSecret } from "../secret-looking.ts";
import { SecretValue } from "../secret-value.ts";
import { selects, type Selection } from "../selection.ts";

export interface EnvFileArgs {
  readonly file: string;
  readonly text: string;
  readonly selection: Selection;
}

/**
 * Reads a `.env` file or a template of one. Node's own parser says what a line means; lines that a shell, Compose and
 * dotenv read differently are refused, because the wrong choice would migrate another value than the application uses.
 * Pure.
 */
export function readEnvFile({ file, text, selection }: EnvFileArgs): Reading {
  const { entries, issues } = entriesOf(file, text.replace(/^\u{feff}/u, ""));
  const isTemplate = /(?:^|[./-])(?:template|example|sample|dist|tmpl|tpl)(?:[./-]|$)/i.test(
    file.split(/[\\/]/).at(-1) ?? "",
  );
  const found: Issue[] = [...issues];
  const keys = new Map<string, FoundKey>();
  const left: Left[] = [];
  for (const { name, line, value } of entries) {
    const at = { file, line };
    const as = selects(selection, name, looksSecret(name));
    if (as === undefined) {
      left.push({ at, what: name, reason: leftReason(name) });
      continue;
    }
    const secret = value === "" || isTemplate || isPlaceholder(value) ? undefined : new SecretValue(value);
    const before = keys.get(as);
    if (before === undefined || before.value === undefined)
      keys.set(as, {
        name: as,
        ...(secret === undefined ? {} : { value: secret }),
        at,
        notes: notesOf({ isTemplate, value, secret }),
      });
    else if (secret !== undefined && !before.value.equals(secret)) {
      found.push(
        issueAt(
          at,
          `sets ${clippedName(as)} to another value than line ${before.at.line ?? 0} does`,
          "remove the line that is not in use",
        ),
      );
    }
  }
  const secrets =
    keys.size === 0
      ? []
      : [{ source: "env-file" as const, at: { file }, keys: [...keys.values()], consumers: [], notes: [] }];
  return reading({ secrets, left, issues: found });
}

/** The lines of every entry that has the name of the one in a line, by number: the same setting may be there twice. Pure. */
export function envEntryLines(
  text: string,
  line: number,
): readonly { readonly name: string; readonly first: number; readonly last: number }[] {
  const { entries } = entriesOf("", text.replace(/^\u{feff}/u, ""));
  const name = entries.find((each) => each.line === line)?.name;
  return entries
    .filter((each) => each.name === name)
    .map((each) => ({ name: each.name, first: each.line, last: each.lastLine }));
}

function leftReason(name: string): string {
  return `its name is not that of a secret; to migrate it: --take ${clippedName(name)}`;
}

function notesOf({
  isTemplate,
  value,
  secret,
}: {
  readonly isTemplate: boolean;
  readonly value: string;
  readonly secret: SecretValue | undefined;
}): readonly string[] {
  if (secret !== undefined) return value.includes("\n") ? ["has several lines"] : [];
  if (value === "") return ["has no value here"];
  return [isTemplate ? "its value in a template is not taken" : "its value is a placeholder"];
}

interface Entry {
  readonly name: string;
  readonly line: number;
  /** Of a value of several lines. */
  readonly lastLine: number;
  readonly value: string;
}

const assignment = /^[^\S\n]*(?:export[^\S\n]+)?(?<name>[A-Za-z_][\w.-]*)[^\S\n]*=(?<rest>.*)$/;

/** Divides a file into its entries, of which a quoted one may have several lines. */
function entriesOf(
  file: string,
  text: string,
): { readonly entries: readonly Entry[]; readonly issues: readonly Issue[] } {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const entries: Entry[] = [];
  const issues: Issue[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const first = lines[index] ?? "";
    if (/^\s*(?:#.*)?$/.test(first)) continue;
    const at = { file, line: index + 1 };
    const { name, rest = "" } = assignment.exec(first)?.groups ?? {};
    if (name === undefined) {
      issues.push(
        issueAt(
          { ...at, column: 1 + (first.length - first.trimStart().length) },
          "is no line of the form NAME=value, no comment and not empty",
        ),
      );
      continue;
    }
    const column = first.length - rest.trimStart().length + 1;
    const quote = /^\s*(["'`])/.exec(rest)?.[1];
    let whole = first;
    let last = index;
    if (quote !== undefined) {
      const begin = first.length - rest.trimStart().length + 1;
      while (last + 1 < lines.length && !whole.includes(quote, begin)) whole += `\n${lines[(last += 1)] ?? ""}`;
      if (!whole.includes(quote, begin)) {
        issues.push(
          issueAt(
            { ...at, column },
            "opens a quotation mark that is not closed",
            "close it, or put the whole value in quotation marks of the other kind",
          ),
        );
        continue;
      }
    }
    const value = parseEnv(whole)[name];
    const problem =
      value === undefined
        ? { problem: "can't be read as NAME=value" }
        : differently(whole.slice(first.length - rest.length), quote);
    if (problem !== undefined) issues.push(issueAt({ ...at, column }, problem.problem, problem.fix));
    else entries.push({ name, line: index + 1, lastLine: last + 1, value: value ?? "" });
    index = last;
  }
  return { entries, issues };
}

const inSingle =
  "write the value in single quotation marks, in a copy of the file if whatever reads this one keeps them";

interface Difference {
  readonly problem: string;
  readonly fix?: string;
}

/** What shells, Compose and dotenv read differently in a value as it is written. */
function differently(written: string, quote: string | undefined): Difference | undefined {
  if (quote === "`") return { problem: "is in backquotes, which a shell executes", fix: inSingle };
  if (quote !== undefined) {
    const open = written.indexOf(quote);
    const close = written.indexOf(quote, open + 1);
    const inner = written.slice(open + 1, close);
    if (quote === '"' && inner.endsWith("\\"))
      return {
        problem: "has an escaped quotation mark, which not everything that reads .env files unescapes",
        fix: inSingle,
      };
    if (!/^\s*(?:#.*)?$/.test(written.slice(close + 1)))
      return {
        problem: "goes on behind its closing quotation mark",
        fix: "put the whole value in one pair of quotation marks",
      };
    if (quote === "'") return undefined;
    if (/[$`]/.test(inner))
      return {
        problem: 'has "$" or a backquote in double quotation marks, which a shell expands and dotenv does not',
        fix: inSingle,
      };
    return /\\(?!n)/.test(inner)
      ? { problem: "has a backslash in double quotation marks, which a shell may drop and dotenv keeps", fix: inSingle }
      : undefined;
  }
  const value = written.replace(/\s#.*$/, "");
  if (value.includes("#"))
    return {
      problem: 'has "#" without a space before it, where some begin a comment and others do not',
      fix: inSingle,
    };
  if (/["'`$\\]/.test(value))
    return {
      problem: 'has "$", a backslash or a quotation mark that a shell interprets and dotenv does not',
      fix: inSingle,
    };
  return undefined;
}
