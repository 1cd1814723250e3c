import { isEarlier } from "../../components/values/frozen.ts";
import { initialEpoch, type SecretSpec } from "../../components/values/secret-spec.ts";

const secondMs = 1000;

/**
 * The epoch that follows another: the day of the run, or a UTC time where that day is taken. Epochs only move forward, and
 * compare as texts; one that was dated a day ahead is followed by the second after it.
 *
 * @param current `initial`, a date (`YYYY-MM-DD`), or a UTC time (`YYYY-MM-DDTHH:MM:SSZ`).
 */
export function nextEpoch(current: string, now: Date): string {
  const today = now.toISOString().slice(0, 10);
  if (current === initialEpoch || current < today) return today;
  const after = Math.max(now.getTime(), Date.parse(current) + secondMs);
  return `${new Date(after).toISOString().slice(0, 19)}Z`;
}

/** The epoch that the next one has to follow: a rotation that was rolled back has used its own up. */
export function lastEpoch({ epoch, rolledBack }: Pick<SecretSpec, "epoch" | "rolledBack">): string {
  return rolledBack !== undefined && isEarlier(epoch, rolledBack) ? rolledBack : epoch;
}
