import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The commit that a folder's working tree stands at; `undefined` where it is in none, has no commit, or git is missing. */
export async function commitOf(folder: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("git", ["rev-parse", "--verify", "HEAD"], { cwd: folder });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
