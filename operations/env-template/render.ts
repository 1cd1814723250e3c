import { parseEnv } from "node:util";
import type { SecretVariables, Variable } from "./variables.ts";

/** What names a template: it stands in its first lines. */
export interface TemplateTitle {
  readonly environment: string;
  /** The namespace, or `<namespace>/<secret>`. */
  readonly target: string;
  /** The command that writes the template again. */
  readonly command: string;
}

/**
 * A template for a `.env` file: each variable once, empty unless its value is no secret, with a comment that says where
 * the value is from. Stable: the same description is the same text. Pure.
 */
export function renderTemplate({ environment, target, command }: TemplateTitle, secrets: readonly SecretVariables[]) {
  const seen = new Map<string, string>();
  const blocks = secrets.map(({ secretName, variables }) => [
    "",
    `# Secret ${secretName}`,
    ...variables.flatMap((each) => {
      const before = seen.get(each.name);
      if (before !== undefined) return [`# ${each.name}: also a key of Secret ${before}, above`];
      if (isVariableName(each.name)) seen.set(each.name, secretName);
      return linesOf(each);
    }),
  ]);
  const title = [
    `# Variables of ${target}, as its Secrets name them in ${environment}. Holds no secret value.`,
    `# Written by: ${command}`,
    "# Copy it to .env, which stays out of version control, and fill it in.",
  ];
  return `${[...title, ...blocks.flat()].join("\n")}\n`;
}

/** Whether a text is a template that this program has written: what people wrote is never overwritten. Pure. */
export function isTemplateText(text: string): boolean {
  return /^# Variables of .*\n# Written by: npx secrets env-template /.test(text);
}

/** What a `.env` file for these Secrets sets. */
export function settable(secrets: readonly SecretVariables[]): readonly Variable[] {
  return secrets.flatMap(({ variables }) => variables.filter(({ name }) => isVariableName(name)));
}

function linesOf({ name, hint, literal }: Variable): readonly string[] {
  if (!isVariableName(name)) return [`# ${name}: no name of a variable, so that it is read as a file (${hint})`];
  const written = literal === undefined ? "" : quoted(literal);
  return written === undefined
    ? [`# ${hint}; no .env file can hold it in a line`, `${name}=`]
    : [`# ${hint}`, `${name}=${written}`];
}

/** What shells, Compose and dotenv all take for a name. */
function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** A text as every reader of `.env` files takes it; `undefined` where there is no such form. */
function quoted(text: string): string | undefined {
  if (/^[\w@%+:,./-]*$/.test(text)) return text;
  const inQuotes = `'${text}'`;
  return !text.includes("\n") && parseEnv(`X=${inQuotes}`)["X"] === text ? inQuotes : undefined;
}
