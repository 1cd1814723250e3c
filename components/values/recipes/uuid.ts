import type { RandomKind } from "./contract.ts";

export interface UuidRecipe {
  readonly kind: "uuid";
}

/** A random UUID, version 4. */
export function uuid(): UuidRecipe {
  return { kind: "uuid" };
}

export const uuidKind: RandomKind<UuidRecipe> = {
  fingerprint: ({ kind }) => JSON.stringify({ kind }),
  generate: (_, entropy) => format(entropy(16)),
  // 16 bytes, less the six bits that say version and variant.
  strength: () => 122,
  maximumLength: () => 36,
  characters: () => "0123456789abcdef-",
  problem: () => undefined,
};

function format(random: Buffer): string {
  const bytes = Buffer.from(random);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6); // version 4
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8); // variant of RFC 9562
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
