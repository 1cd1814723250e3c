import type { StoreBase } from "./contract.ts";
import type { NotAsked, Told } from "./examiner.ts";

/** What a store still has of the values before the newest one of an object. */
export interface OldVersions {
  /**
   * Versions that can be read and are neither the newest one nor part of a change that is going on, the oldest first. Nothing of
   * their values is read.
   */
  list(object: string): Promise<Told<readonly string[]>>;
  /** Makes one of them unreadable, in the way of the store that can be taken back. Repeating it changes nothing. */
  disable(object: string, version: string): Promise<Told<true>>;
}

/** Opens a store for that, with credentials that the environment variables of whoever asks hold. */
export type OpenOldVersions<S extends StoreBase> = (
  spec: S,
  variable: (name: string) => string | undefined,
) => Promise<OldVersions | NotAsked>;

/** What of a result is told on, as another one. */
export function toldAs<T, R>(told: Told<T>, as: (value: T) => R): Told<R> {
  return "value" in told ? { value: as(told.value) } : told;
}
