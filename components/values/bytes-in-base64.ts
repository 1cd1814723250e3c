import { ExpectedError } from "../support/messages/errors.ts";
import { setSecretCommand } from "../support/messages/config-command.ts";

/**
 * Bytes in base64 (RFC 4648 §4, with padding), without the line breaks that `base64` writes; `undefined` where a text is
 * something else. Two texts of the same bytes are then the same text. Pure.
 */
export function canonicalBase64(text: string): string | undefined {
  const dense = text.replace(/[\r\n\t ]/g, "");
  return Buffer.from(dense, "base64").toString("base64") === dense ? dense : undefined;
}

export interface ProvidedBytes {
  /** `<app>/<secret>`. */
  readonly id: string;
  readonly key: string;
  /** Configuration key. */
  readonly config: string;
  /** Secret. */
  readonly value: string;
}

/**
 * The provided bytes in their one form.
 *
 * @throws ExpectedError where the value is no base64. It holds nothing of the value.
 */
export function providedBase64({ id, key, config, value }: ProvidedBytes): string {
  const canonical = canonicalBase64(value);
  if (canonical !== undefined && canonical !== "") return canonical;
  throw new ExpectedError(
    `${id} ${key}: the provided value must be bytes in base64 (RFC 4648, with padding), and is ${value.trim() === "" ? "empty" : "not"}.\n` +
      `    fix: base64 < <file> | ${setSecretCommand(config)}`,
  );
}
