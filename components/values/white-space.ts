import { setSecretCommand } from "../support/messages/config-command.ts";

export interface ProvidedValue {
  /** `<app>/<secret>`. */
  readonly id: string;
  readonly key: string;
  /** Configuration key. */
  readonly config: string;
  /** Secret. */
  readonly value: string;
}

/**
 * What to say of a provided value with white space at an end, which nobody sees and which no application trims; `undefined`
 * where there is none. The line break at the end of several lines is as it should be. Holds nothing of the value. Pure.
 */
export function whiteSpaceWarning({ id, key, config, value }: ProvidedValue): string | undefined {
  const ends = [atStart(value), atEnd(value)].flatMap((each) => each ?? []);
  if (ends.length === 0) return undefined;
  return (
    `${id} ${key}: the provided value ${ends.join(" and ")}. It is stored as it is.\n` +
    `    fix: if that is not meant, set it again: ${setSecretCommand(config)} (docs/multi-line-values.md)`
  );
}

function atStart(value: string): string | undefined {
  const first = /^\s/.exec(value)?.[0];
  return first === undefined ? undefined : `begins with ${nameOf(first)}`;
}

function atEnd(value: string): string | undefined {
  const last = /\r\n$|\s$/.exec(value)?.[0];
  if (last === undefined) return undefined;
  // A PEM or configuration file ends so, and OpenSSH demands it.
  if (last === "\n" && /^.*\S\n$/s.test(value) && value.trim().includes("\n")) return undefined;
  return `ends with ${nameOf(last)}`;
}

function nameOf(character: string): string {
  switch (character) {
    case "\r\n":
      return "a Windows line break";
    case "\n":
      return "a line break";
    case "\r":
      return "a carriage return";
    case "\t":
      return "a tab";
    case " ":
      return "a space";
    case "\uFEFF":
      return "a byte order mark";
    default:
      return "white space";
  }
}
