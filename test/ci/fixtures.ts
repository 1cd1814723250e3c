import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../support/project.ts";
import type { Preview } from "../../ci/preview.ts";

/**
 * Real previews of the environment `sandbox`, by the engine that `sandbox/tools/pulumi` pins:
 * - `rotation.json`, `rotation.events.jsonl`: `mlflow/db-password` is rotated; the document of `--json`, and the stream of
 *   events without the resources that stay as they are;
 * - `refused.json`: the state is lost, and the program refuses to go on;
 * - `replacement.json` (another platform name), `first-preview.json` (an empty state): as `ci/reduce.ts` writes them.
 *
 * Paths are relative, and `sourcePosition` and `stackTrace` are left out: they name the machine that ran the preview.
 */
export const fixtures = [
  "rotation.json",
  "rotation.events.jsonl",
  "refused.json",
  "replacement.json",
  "first-preview.json",
] as const;
export type Fixture = (typeof fixtures)[number];

/** Path of a fixture. */
export function fixture(name: Fixture): string {
  return path.join(root, "test/ci/fixtures", name);
}

/** Text of a fixture. */
export function fixtureText(name: Fixture): string {
  return readFileSync(fixture(name), "utf8");
}

/** A preview with nothing to tell; tests change one thing. */
export function emptyPreview(change: Partial<Preview> = {}): Preview {
  return { steps: [], counts: { same: 7 }, diagnostics: [], failed: false, ...change };
}

/** A step of a resource that only its type and name matter of. */
export function step(op: string, type: string, name: string, change: Partial<Preview["steps"][number]> = {}) {
  const urn = `urn:pulumi:dev::multicloud-secrets::secrets:applications:ApplicationSecrets$${type}::${name}`;
  return { op, urn, changed: [], replacedFor: [], retained: false, protected: false, ...change };
}
