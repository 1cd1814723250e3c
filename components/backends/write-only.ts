import { createHmac } from "node:crypto";
import { all, secret, type Output } from "@pulumi/pulumi";
import { canonicalJson } from "../support/canonical-json.ts";
import type { PutArgs } from "./contract.ts";
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

/** What was written last, as the state tells: its number, or the value itself where it keeps that. */
export interface LastWritten {
  readonly payload?: string | undefined;
  readonly number?: number | undefined;
  /** What was counted beside the value. */
  readonly besides?: string;
}

interface Written extends Pick<PutArgs, "object" | "payload"> {
  readonly digestKey: Output<string>;
}

/** The objects of one store that a run writes so, for what has to be compared later: the state holds no value. */
export class WriteOnlyObjects {
  readonly #written = new Map<string, Written>();

  /**
   * Notes what is written, and answers its number, marked secret. `besides` is what else makes the provider write the
   * value again; it moves the number too.
   */
  number({ object, payload, digestKey }: PutArgs, besides?: string): Output<number> {
    if (digestKey === undefined) throw new Error(`"${object.name}" is to be written without a key for its number`);
    this.#written.set(object.name, { object, payload, digestKey });
    const number = all([digestKey, payload]).apply(([key, value]) => valueNumber(key, object.name, value, besides));
    return secret(number);
  }

  /**
   * Whether a store still holds what was written last. Where the state has no more than a number, what the store holds
   * must give it. During a rotation the store may have the new value already; that is no drift either.
   */
  intact(name: string, held: Output<string | undefined>, last: Output<LastWritten>): Output<boolean> {
    const written = this.#written.get(name);
    return all([held, last, written?.digestKey, written?.payload]).apply(([theirs, known, key, ours]) => {
      if (theirs === undefined) return false;
      if (known.number === undefined) return known.payload !== undefined && samePayload(known.payload, theirs);
      // The store was write-only and is no more: this very run writes every value again.
      if (written === undefined || key === undefined || ours === undefined) return true;
      if (samePayload(ours, theirs)) return true;
      return valueNumber(key, name, canonical(written.object, theirs), known.besides) === known.number;
    });
  }
}

/** The number in an output of a resource; providers that have none answer 0. */
export function writtenNumber(value: unknown): number | undefined {
  return typeof value === "number" && value !== 0 ? value : undefined;
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
