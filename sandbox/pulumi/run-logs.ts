import { rm } from "node:fs/promises";
import path from "node:path";
import type { Layout } from "../layout.ts";
import { writeFileAtomically } from "../support/files.ts";

/**
 * Keeps the engine from logging its runs. It writes what each does into `<PULUMI_HOME>/logs`, secret values among it
 * (encrypted with the stack's key), and has no setting against that (`pkg/logging/encrypted.go`); two fifths of its
 * processor time in a run without changes go into it. Where a file stands in the folder's place, it goes on without.
 */
export async function preventRunLogs({ pulumiHome }: Pick<Layout, "pulumiHome">): Promise<void> {
  const logs = path.join(pulumiHome, "logs");
  // Those of an earlier version of this platform.
  await rm(logs, { recursive: true, force: true });
  await writeFileAtomically(logs, "");
}
