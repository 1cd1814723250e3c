import type { PlannedSecret } from "../plan/model.ts";
import { placeOf } from "../plan/model.ts";
import type { LiveSecret } from "./cluster.ts";

/** One key whose old and new value were compared. */
export interface Proof {
  /** `<namespace>/<Secret>`. */
  readonly secret: string;
  readonly key: string;
  readonly result: "equal" | "differs" | "missing" | "not moved" | "nothing to compare with";
}

export interface ProveArgs {
  readonly secret: PlannedSecret;
  /** The Secret that exists, as applications read it. */
  readonly live: LiveSecret | undefined;
  /** The Secret that was made anew; the same one after the switch. */
  readonly next: LiveSecret | undefined;
}

/**
 * Compares old and new values key by key, by hashes whose key never leaves this process. Every old value counts: that of
 * each source, and that of the Secret in use. Pure.
 */
export function prove({ secret, live, next }: ProveArgs): readonly Proof[] {
  const place = placeOf(secret);
  return secret.keys.map(({ name: key, old, origin }): Proof => {
    const found = next?.values.get(key);
    const inUse = live === next ? undefined : live?.values.get(key);
    const before = [...old.map(({ value }) => value), ...(inUse === undefined ? [] : [inUse])];
    if (found === undefined) return { secret: place, key, result: "missing" };
    // It is read from the object that had it before, which nobody copied.
    if (before.length === 0 && origin.from === "referenced") return { secret: place, key, result: "not moved" };
    if (before.length === 0) return { secret: place, key, result: "nothing to compare with" };
    return { secret: place, key, result: before.every((value) => value.equals(found)) ? "equal" : "differs" };
  });
}

/** Proofs that keep the Secrets from being taken over. */
export function refuted(proofs: readonly Proof[]): readonly Proof[] {
  return proofs.filter(({ result }) => result !== "equal" && result !== "not moved");
}
