import { createHmac } from "node:crypto";
import { unreachable } from "../support/errors.ts";
import type { PasswordRecipe } from "./recipe.ts";
import { alphabetsOf, recipeOfRule } from "./rule.ts";

/**
 * Turns a random seed and a frozen rule into the value. Pure: the same pair always gives the same value, which is what
 * keeps a password through provider upgrades and changed catalogues. `test/components/values/derive.test.ts` pins
 * vectors; a change here that moves one of them would change every password in production.
 *
 * Why not `RandomPassword`: it computes a bcrypt hash for each (57 ms of CPU), and replaces the password when any of its
 * rule inputs changes. `RandomBytes` costs nothing and holds 256 bits.
 */
export function derive(seedBase64: string, rule: string): string {
  const stream = new KeyStream(Buffer.from(seedBase64, "base64"), rule);
  const recipe = recipeOfRule(rule);
  switch (recipe.kind) {
    case "password":
      return passwordFrom(stream, recipe);
    case "hex":
      return stream.take(recipe.bytes).toString("hex");
    case "base64":
      return stream.take(recipe.bytes).toString("base64");
    case "uuid":
      return uuidFrom(stream);
    default:
      return unreachable(recipe);
  }
}

/** 16 bytes for a bcrypt salt, so that a hash is computed again to the same text and never shows as a change. */
export function saltFrom(seedBase64: string): Buffer {
  return new KeyStream(Buffer.from(seedBase64, "base64"), "bcrypt-salt").take(16);
}

/** Counter-mode key derivation with HMAC-SHA-256 (NIST SP 800-108r1, section 4.1): block i = HMAC(seed, i ‖ label). */
class KeyStream {
  readonly #seed: Buffer;
  readonly #label: string;
  #counter = 0;
  #buffered = Buffer.alloc(0);

  constructor(seed: Buffer, label: string) {
    if (seed.length < 32) throw new Error("a seed must hold at least 32 bytes");
    this.#seed = seed;
    this.#label = label;
  }

  take(count: number): Buffer {
    while (this.#buffered.length < count) {
      const counter = Buffer.alloc(4);
      counter.writeUInt32BE(++this.#counter);
      const block = createHmac("sha256", this.#seed).update(counter).update(this.#label).digest();
      this.#buffered = Buffer.concat([this.#buffered, block]);
    }
    const taken = this.#buffered.subarray(0, count);
    this.#buffered = this.#buffered.subarray(count);
    return taken;
  }

  /** A uniform number below `bound` (≤ 256); bytes that would favour small numbers are thrown away. */
  below(bound: number): number {
    const fair = 256 - (256 % bound);
    for (;;) {
      const byte = this.take(1).readUInt8();
      if (byte < fair) return byte % bound;
    }
  }
}

/** Draws whole passwords until one holds every class, so each allowed password is equally likely. */
function passwordFrom(stream: KeyStream, recipe: PasswordRecipe): string {
  const classes = alphabetsOf(recipe);
  const alphabet = [...new Set(classes.join(""))];
  for (;;) {
    const drawn = Array.from({ length: recipe.length }, () => alphabet[stream.below(alphabet.length)]).join("");
    if (classes.every((characters) => [...drawn].some((character) => characters.includes(character)))) return drawn;
  }
}

function uuidFrom(stream: KeyStream): string {
  const bytes = Buffer.from(stream.take(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6); // version 4
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8); // variant of RFC 9562
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
