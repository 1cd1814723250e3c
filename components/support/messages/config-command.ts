import { printableLine } from "./printable.ts";

/**
 * Commands that change a stack's configuration, as messages name them. They work when typed: shells read what is quoted
 * here as one word, and the CLI reads a path as `configPath` writes it.
 */

/** A path as `configPath` writes it (`stores.main.layout`, `adopt["shop/db"]`), or the names that lead to a value. */
export type ConfigPath = string | readonly PropertyKey[];

/** What whoever types the command is to fill in: it is shown as `<name>`. */
export interface Blank {
  readonly blank: string;
}

/** A value that whoever types the command is to fill in. */
export function blank(name: string): Blank {
  return { blank: name };
}

export interface SetOptions {
  /**
   * Keeps a value such as `8080` or `true` a text. Default: the CLI reads what looks like a number or a boolean as one,
   * which is right for facts.
   */
  readonly asText?: true;
}

/**
 * Path of a value as `pulumi config --path` reads it: `stores.vault.address`, `namespaces["a/b"].store`, `list[0]`. In
 * quotation marks only those are escaped (pulumi `sdk/go/common/resource/property_path.go`, `ParsePropertyPath`); a name
 * that ends in a backslash has no such path.
 */
export function configPath(names: readonly PropertyKey[]): string {
  return names.reduce<string>((text, key) => {
    const name = String(key);
    if (/^[A-Za-z_][\w-]*$/.test(name)) return text === "" ? name : `${text}.${name}`;
    return typeof key === "number" ? `${text}[${name}]` : `${text}["${name.replaceAll('"', '\\"')}"]`;
  }, "");
}

/** The same path in one style: `namespaces["shop"].store` is `namespaces.shop.store`. */
export function canonicalPath(path: string): string {
  return path.replaceAll(/(?<=[\w\])"-])\["([A-Za-z_][\w-]*)"\]/g, ".$1");
}

/** `pulumi config set …`: sets a value. */
export function setCommand(
  path: ConfigPath,
  value: string | number | boolean | Blank,
  { asText }: SetOptions = {},
): string {
  if (typeof value === "object") return `${command("set", path)} <${value.blank}>`;
  const text = String(value);
  const simple = /^[A-Za-z_][\w.-]*$/.test(text) && !["true", "false", "null"].includes(text);
  if (asText && !simple) return `${command("set", path)} --type string -- ${quoted(text)}`;
  return `${command("set", path)} ${text.startsWith("-") ? "-- " : ""}${shellWord(text)}`;
}

/**
 * `pulumi config set --secret …`: sets a secret. The CLI asks for its value, which thereby reaches no history of a shell.
 *
 * @param form what the value looks like where it has parts, such as `{"<cluster>":"<token>"}`. Never a value.
 */
export function setSecretCommand(path: ConfigPath, form?: string): string {
  return `${command("set --secret", path)}${form === undefined ? "" : ` ${quoted(form)}`}`;
}

/** `pulumi config rm …`: removes a value, and all that lies below its path. */
export function removeCommand(path: ConfigPath): string {
  return command("rm", path);
}

/** Longest path that is typed: a line of a message has 1,000 characters at most. */
const mostTyped = 500;

/** The fix for an entry that names what is not there: it was misspelled, or it outlived what it names. */
export function removeIfGone(path: ConfigPath): string {
  const text = typeof path === "string" ? path : configPath(path);
  // A message cuts what is long, and shows some characters as escapes, which a shell would take for others.
  const canBeTyped = text.length <= mostTyped && printableLine(text) === text;
  return `if it is gone: ${canBeTyped ? removeCommand(path) : "remove the entry from the stack's file, Pulumi.<stack>.yaml"}`;
}

function command(action: string, path: ConfigPath): string {
  const text = typeof path === "string" ? path : configPath(path);
  return /[.[]/.test(text)
    ? `pulumi config ${action} --path ${quoted(text)}`
    : `pulumi config ${action} ${shellWord(text)}`;
}

/** A text as one word of a shell: as it is where nothing in it means anything to one. */
export function shellWord(text: string): string {
  return /^[\w@%+:,./-]+$/.test(text) ? text : quoted(text);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
