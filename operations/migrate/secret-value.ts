import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { inspect } from "node:util";

/** Key of the comparisons of this process: a digest that leaks is of no use without it. */
const comparisonKey = randomBytes(32);

const hidden = "[secret value]";

/**
 * A secret value that was read from a source. However it is printed, converted or serialized, it shows no part of the
 * value: only `reveal` returns it, and only what writes it to its destination calls that.
 */
export class SecretValue {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The bytes of a value as text; `undefined` where they are not UTF-8, which no store of this program can hold exactly. */
  static ofBytes(bytes: Uint8Array): SecretValue | undefined {
    try {
      // The decoder would drop a byte order mark, which is part of the value.
      return new SecretValue(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    } catch {
      return undefined;
    }
  }

  /** The value itself, for what writes it to its destination. */
  reveal(): string {
    return this.#text;
  }

  /** Whether two values are equal, by keyed hashes of a fixed length. */
  equals(other: SecretValue): boolean {
    return timingSafeEqual(this.#digest(), other.#digest());
  }

  #digest(): Buffer {
    return createHmac("sha256", comparisonKey).update(this.#text).digest();
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.toPrimitive](): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}
