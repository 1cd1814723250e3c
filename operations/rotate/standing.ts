import { frozenKeys } from "../../components/values/derived.ts";
import { epochName, isEpochOf } from "../../components/values/frozen.ts";
import { isMadeHere, type SecretSpec } from "../../components/values/secret-spec.ts";

/**
 * How far the newest epoch of a secret has come: `done`; `begun`: the new value is in the state, and the one before it too,
 * since stores, Secrets or restarts are still to follow; `moved`: the description names an epoch that no run has seen;
 * `absent`: no run has made a value yet.
 */
export type Standing = "done" | "begun" | "moved" | "absent";

/** Where a rotation stands. @param kept logical names of what the state keeps of values. Pure. */
export function standingOf(spec: SecretSpec, kept: ReadonlySet<string>): Standing {
  const keys = frozenKeys(spec);
  const all = keys.map((key) => [...kept].filter((name) => isEpochOf(spec, key, name)));
  if (all.every((names) => names.length === 0)) return "absent";
  const current = keys.filter((key) => kept.has(epochName(spec, key)));
  if (current.length === 0) return "moved";
  // A key that is new in the catalogue is made by the next run, in the epoch that there is.
  return all.some((names) => names.length > 1) ? "begun" : "done";
}

/** Secrets whose newest rotation the next run has to finish. */
export function unfinished(secrets: readonly SecretSpec[], kept: ReadonlySet<string>): readonly SecretSpec[] {
  return secrets.filter((spec) => isMadeHere(spec) && ["begun", "moved"].includes(standingOf(spec, kept)));
}
