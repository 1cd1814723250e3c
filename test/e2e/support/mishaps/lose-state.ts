import assert from "node:assert/strict";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { statesFolder } from "../../../../sandbox/engine/project.ts";
import { connection } from "../platform.ts";

/** Removes the state of a stack, without a backup to restore. */
export async function loseState(stack: string): Promise<void> {
  const folder = statesFolder(connection().root);
  const files = (await readdir(folder)).filter((name) => name.startsWith(`${stack}.`));
  assert.ok(files.length > 0, "there is no state to lose");
  for (const name of files) await rm(path.join(folder, name));
}
