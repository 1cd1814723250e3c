import type { Tree } from "./case.ts";

/** A command of a message that changes the configuration, and that can be typed as it stands. */
export interface Typed {
  /** The line that it is the fix of: `<path>: <problem>`. */
  readonly problem: string;
  /** The commands of the fix that belong together (`&&`), in their order. */
  readonly commands: readonly Command[];
}

export interface Command {
  readonly action: "set" | "rm";
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** A word of a shell: quoted parts and plain ones, next to each other. */
const word = String.raw`(?:'[^']*'|\\'|[^\s'\\;,)&])+`;
const command = new RegExp(
  String.raw`pulumi config (set|rm)( --secret)?( --path)? (${word})(?:( --type string)?(?: --)? (${word}))?`,
  "g",
);

/** The commands that the fixes of a refusal name. What asks for a value to fill in (`<name>`) is none. */
export function typedFixes(refusal: string): readonly Typed[] {
  const lines = refusal.split("\n");
  return lines.flatMap((line, index): readonly Typed[] => {
    const problem = lines.slice(0, index).findLast((each) => /^ {2}\S/.test(each));
    if (!/^ {4}(?:fix:|or )/.test(line) || problem === undefined) return [];
    return line.split(/; or |, or |\bor: /).flatMap((choice) => {
      const found = [...choice.matchAll(command)].filter(([text]) => !/[<]/.test(text));
      const all = choice.match(/pulumi config (?:set|rm)/g) ?? [];
      // One with a blank beside it does not work by itself.
      return found.length === 0 || found.length < all.length ? [] : [{ problem, commands: found.map(parsed) }];
    });
  });
}

function parsed([, action, isSecret, byPath, path = "", asText, value = ""]: RegExpExecArray): Command {
  const keys = byPath === undefined ? [unquoted(path)] : segments(unquoted(path));
  if (isSecret !== undefined) return { action: "set", path: keys, value: encrypted };
  const text = unquoted(value);
  const read = asText === undefined && byPath !== undefined ? plain(text) : text;
  return {
    action: action === "rm" ? "rm" : "set",
    path: keys,
    value: byPath === undefined ? plain(text) : read,
  };
}

/** What the file has once somebody has typed a value. */
const encrypted = { secure: "v1:AAAAAAAAAAAAAAAA:AAAA" };

function unquoted(text: string): string {
  return text.replaceAll(
    /'([^']*)'|\\(')/g,
    (_, inner: string | undefined, quote: string | undefined) => inner ?? quote ?? "",
  );
}

/** What the CLI takes for a boolean or a number. */
function plain(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^-?(?:0|[1-9]\d*)$/.test(text) ? Number(text) : text;
}

/** A path as the CLI reads it: `a.b["c/d"][0]`. */
export function segments(path: string): readonly (string | number)[] {
  return [...path.matchAll(/\.?([^.[\]"]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]/g)].map(
    ([, name, quoted, index]) => name ?? quoted?.replaceAll('\\"', '"') ?? Number(index),
  );
}

/**
 * Does to facts what a command does to a stack's configuration.
 *
 * @throws where the CLI would refuse it.
 */
export function type(facts: Tree, { action, path, value }: Command): void {
  const last = path.at(-1) ?? "";
  let parent: Tree = facts;
  for (const [index, key] of path.slice(0, -1).entries()) {
    const child = Object.hasOwn(parent, key) ? parent[key] : undefined;
    if (typeof child === "object" && child !== null) {
      parent = child as Tree;
      continue;
    }
    if (action === "rm") return;
    const made: unknown = typeof path[index + 1] === "number" ? [] : {};
    parent[key] = made;
    parent = made as Tree;
  }
  if (Array.isArray(parent) && typeof last === "number" && last > parent.length) {
    throw new Error(`list index ${last} out of range`);
  }
  if (action === "set") parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent, last);
}
