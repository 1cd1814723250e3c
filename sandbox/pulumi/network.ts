import path from "node:path";
import { readJson, writeJson } from "../support/files.ts";

/** Where the engine and its plugins are published. */
export const DOWNLOADS = "https://get.pulumi.com";

/** The whole time that an unreachable internet may cost a start. */
const PROBE_MS = 2_500;

/** A laptop that was on a train yesterday asks again; one without internet does not pay on every start. */
const REMEMBER_MS = 12 * 3600 * 1000;

interface Outcome {
  readonly reachable: boolean;
  readonly at: number;
}

/**
 * Whether the vendor's downloads can be reached. Asked once and remembered in the platform's folder for half a day;
 * SANDBOX_OFFLINE=1 says no without asking.
 */
export async function canDownload(root: string): Promise<boolean> {
  if (process.env["SANDBOX_OFFLINE"] === "1") return false;
  const file = path.join(root, "network.json");
  const known = (await readJson(file)) as Outcome | undefined;
  if (known !== undefined && Date.now() - known.at < REMEMBER_MS) return known.reachable;
  const reachable = await probe(`${DOWNLOADS}/releases/sdk/`);
  await writeJson(file, { reachable, at: Date.now() } satisfies Outcome);
  return reachable;
}

/** Any answer of the vendor's own server will do; one of something in between (a proxy's refusal) will not. */
async function probe(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(PROBE_MS) });
    return response.status < 500 && response.status !== 407;
  } catch {
    return false;
  }
}
