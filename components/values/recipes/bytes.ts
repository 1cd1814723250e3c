import type { Issue } from "../../support/messages/errors.ts";
import { received } from "../../support/messages/received.ts";
import type { RandomKind } from "./contract.ts";

/** Most random bytes: 8,192 characters in hexadecimal, as many as an advanced parameter of AWS holds. */
export const mostBytes = 4096;

export interface HexRecipe {
  readonly kind: "hex";
  /** Random bytes; the value has twice as many characters. */
  readonly bytes: number;
}
export interface Base64Recipe {
  readonly kind: "base64";
  /** Random bytes before encoding. */
  readonly bytes: number;
}

/** A token of `bytes` (1 to 4,096) random bytes in lowercase hexadecimal. Default: 32 bytes. */
export function hexToken(bytes = 32): HexRecipe {
  return { kind: "hex", bytes };
}

/** `bytes` (1 to 4,096) random bytes in standard base64 with padding. Default: 32 bytes. */
export function base64Bytes(bytes = 32): Base64Recipe {
  return { kind: "base64", bytes };
}

export const hexKind: RandomKind<HexRecipe> = {
  fingerprint: ({ kind, bytes }) => JSON.stringify({ kind, bytes }),
  generate: ({ bytes }, entropy) => entropy(bytes).toString("hex"),
  strength: ({ bytes }) => bytes * 8,
  maximumLength: ({ bytes }) => bytes * 2,
  characters: () => "0123456789abcdef",
  problem: bytesProblem,
};

export const base64Kind: RandomKind<Base64Recipe> = {
  fingerprint: ({ kind, bytes }) => JSON.stringify({ kind, bytes }),
  generate: ({ bytes }, entropy) => entropy(bytes).toString("base64"),
  strength: ({ bytes }) => bytes * 8,
  maximumLength: ({ bytes }) => Math.ceil(bytes / 3) * 4,
  characters: () => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=",
  problem: bytesProblem,
};

function bytesProblem({ bytes }: { readonly bytes: number }): Omit<Issue, "path"> | undefined {
  if (Number.isInteger(bytes) && bytes >= 1 && bytes <= mostBytes) return undefined;
  return { problem: `bytes must be a whole number from 1 to ${mostBytes}, ${received(bytes)}` };
}
