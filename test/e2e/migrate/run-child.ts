import { runMigration } from "../../../operations/migrate/run/index.ts";
import { rollBack } from "../../../operations/migrate/run/rollback.ts";
import { readConnection } from "../../../sandbox/connection.ts";
import { useTestPlatform } from "../support/platform.ts";
import { Scene } from "./scene.ts";

/**
 * A migration in a process of its own, which tests kill. It says each step on standard output. At a step that matches it
 * waits for its end, which whoever reads that brings.
 *
 * Arguments: the platform's folder, the scene's folder, `run` or `rollback`, and where to wait.
 */
const [root = "", folder = "", what = "run", waitAt = ""] = process.argv.slice(2);
useTestPlatform(await readConnection(root));
const scene = Scene.in(folder);
const context = await scene.context((text) => {
  console.log(`step: ${text}`);
  if (waitAt === "" || !new RegExp(waitAt).test(text)) return;
  console.log("waiting");
  // Nothing of this process goes on.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
try {
  if (what === "rollback") await rollBack(context);
  else await runMigration(context);
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : "failed");
  process.exitCode = 1;
}
