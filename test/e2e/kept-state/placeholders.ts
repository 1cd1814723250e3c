import type { Connection } from "../../../sandbox/connection.ts";

/**
 * What differs between two platforms, or two runs on one, and is part of a state. Each text stands in the kept file as
 * `@@name@@`. None has a character that JSON escapes: a state holds JSON within JSON.
 */
export type PlatformTexts = Readonly<Record<string, string>>;

const mark = (name: string) => `@@${name}@@`;
const marks = /@@(?<name>\w+)@@/g;

/** The texts of a platform: addresses, its folder, the tokens and keys that it was started with. */
export function platformTexts(
  connection: Connection,
  { jwks, customerKey }: { readonly jwks: string; readonly customerKey?: string },
): PlatformTexts {
  const { keys } = JSON.parse(jwks) as { readonly keys: readonly { readonly kid: string; readonly n: string }[] };
  return {
    folder: connection.root,
    kubernetes: new URL(connection.kubernetesServer).host,
    vault: new URL(connection.vaultAddress).host,
    vaultToken: connection.vaultToken,
    ...Object.fromEntries(
      keys.flatMap(({ kid, n }, index) => [
        [`tokenKeyId${index}`, kid],
        [`tokenKey${index}`, n],
      ]),
    ),
    ...(customerKey === undefined ? {} : { customerKey }),
  };
}

/** Every time of the run that made the state: nothing goes by them, and Pulumi takes nothing but a time for some. */
const keptTime = "2000-01-01T00:00:00Z";

/** Replaces the platform's texts by their marks, and every time from `since` on by one that is always the same. */
export function abstracted(text: string, texts: PlatformTexts, since: Date): string {
  if (text.search(marks) >= 0) throw new Error(`the state has a text of the form ${mark("name")}`);
  // The longest first: one may begin with another.
  const known = Object.entries(texts).sort(([, a], [, b]) => b.length - a.length);
  const replaced = known.reduce((left, [name, value]) => left.replaceAll(value, mark(name)), text);
  return replaced.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (time) =>
    new Date(time) >= since ? keptTime : time,
  );
}

/**
 * Puts a platform's texts in the place of the marks.
 *
 * @throws Error for a mark that has no text.
 */
export function concrete(text: string, texts: PlatformTexts): string {
  return text.replaceAll(marks, (_, name: string) => {
    const value = texts[name];
    if (value === undefined) throw new Error(`the kept state has ${mark(name)}, and the platform has no such text`);
    return value;
  });
}
