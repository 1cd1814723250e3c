import { createHmac } from "node:crypto";
import { all, secret, type Output } from "@pulumi/pulumi";
import { canonicalJson } from "../support/canonical-json.ts";
import type { PutArgs } from "./session.ts";
import { samePayload, type RemoteObject } from "./remote-object.ts";

/**
 * Stores with `values: write-only` get their values through fields that a provider sends and never reads or keeps among
 * its outputs. Such a field is not compared; a number beside it is, and the value is written when that moves.
 */

/**
 * The number of a value: equal for equal values in every run and on every machine, another for every other value. It is
 * an HMAC with a key that only the secret's own `Stash` holds, so that nobody can try values against it; with the
 * object's name in it, so that equal values of two objects do not show as equal numbers.
 *
 * Providers take a signed 32-bit number and 0 for "not set": 31 bits are left. That another value has the number of the
 * one before happens once in two thousand million rotations. It would not be written then, and reported as drift.
 */
export function valueNumber(key: string, name: string, payload: string, besides = ""): number {
  const digest = createHmac("sha256", key)
    .update(JSON.stringify([name, payload, besides]))
    .digest();
  return Math.max(1, digest.readUInt32BE(0) >>> 1);
}

/** Inputs of a value: Pulumi's providers name the three alike, by the one that the state keeps. */
export type ValueInputs<F extends string> = { readonly [K in F | `${F}Wo`]?: Output<string> } & {
  readonly [K in `${F}WoVersion`]?: Output<number>;
};

interface ValueArgs {
  /** Whether the state must not hold the value. */
  readonly writeOnly: boolean;
  /** The value. Default: the payload. */
  readonly value?: Output<string>;
  /** What else makes the provider write the value again: it moves the number too. */
  readonly besides?: string;
}

/** The value: where the state must not hold it, in a field of its own with the number that tells that it moved. */
export function valueInputs<F extends string>(
  field: F,
  args: PutArgs,
  { writeOnly, value = args.payload, besides }: ValueArgs,
): ValueInputs<F> {
  if (!writeOnly) return { [field]: secret(value) } as ValueInputs<F>;
  return { [`${field}Wo`]: secret(value), [`${field}WoVersion`]: numberOf(args, besides) } as ValueInputs<F>;
}

function numberOf({ object, payload, digestKey }: PutArgs, besides?: string): Output<number> {
  if (digestKey === undefined) throw new Error(`"${object.name}" is to be written without a key for its number`);
  return secret(all([digestKey, payload]).apply(([key, value]) => valueNumber(key, object.name, value, besides)));
}

/** What was written last, according to the state: its number, or the value itself where the state keeps it. */
export interface LastWritten {
  readonly payload: string | undefined;
  readonly number: number | undefined;
  /** The number next to the value. */
  readonly besides?: string;
}

/** What was written last, according to a resource's outputs. Providers return 0 where there is no number. */
export function lastWritten(field: string, outputs: Readonly<Record<string, unknown>>): LastWritten {
  const { [field]: payload, [`${field}WoVersion`]: number } = outputs;
  return {
    payload: typeof payload === "string" ? payload : undefined,
    number: typeof number === "number" && number !== 0 ? number : undefined,
  };
}

interface Comparison {
  /** What the store holds. Marked secret. */
  readonly held: Output<string | undefined>;
  readonly last: Output<LastWritten>;
  /** What this run writes. */
  readonly put: PutArgs;
  readonly writeOnly: boolean;
}

/**
 * Whether a store holds what was written last, or what this run writes. Where the state has no more than a number, what
 * the store holds must give it.
 */
export function isIntact({ held, last, put, writeOnly }: Comparison): Output<boolean> {
  const { object, payload, digestKey } = put;
  return all([held, last, writeOnly ? digestKey : undefined, payload]).apply(([theirs, known, key, ours]) => {
    if (theirs === undefined) return false;
    // Nothing orders this read before this run's own write, and a run that was killed may have written as well.
    if (samePayload(ours, theirs)) return true;
    if (known.number === undefined) return known.payload !== undefined && samePayload(known.payload, theirs);
    // The store was write-only and is no more: this very run writes every value again.
    if (key === undefined) return true;
    return valueNumber(key, object.name, canonical(object, theirs), known.besides) === known.number;
  });
}

/** A bundle as it is written: stores and hands may order its keys otherwise. A value by itself is what it is. */
function canonical({ layout }: Pick<RemoteObject, "layout">, payload: string): string {
  if (layout === "per-key") return payload;
  try {
    return canonicalJson(JSON.parse(payload) as Readonly<Record<string, unknown>>);
  } catch {
    return payload;
  }
}
