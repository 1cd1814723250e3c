import path from "node:path";
import { readJson, writeJson } from "../support/files.ts";

/** Where programs are published, by what asks for them. */
export const HOSTS = {
  pulumi: "https://get.pulumi.com",
  kubernetes: "https://dl.k8s.io",
  hashicorp: "https://releases.hashicorp.com",
  helm: "https://get.helm.sh",
  github: "https://github.com",
  githubApi: "https://api.github.com",
} as const;

/** The address of each host: those of the vendors, or of a test's server. */
export type Hosts = Readonly<Record<keyof typeof HOSTS, string>>;

/** The whole time that an unreachable internet may cost a start, for all hosts together. */
const PROBE_MS = 2_000;

/** A laptop that was on a train yesterday asks again; one without internet does not pay on every start. */
const REMEMBER_MS = 12 * 3600 * 1000;

interface Outcome {
  /** The hosts that answered. */
  readonly reachable: readonly string[];
  readonly at: number;
}

/** Where the answers are remembered. */
export function networkFile(root: string): string {
  return path.join(root, "network.json");
}

/**
 * Whether a host can be reached. All hosts are asked at once, the first time, and the answers remembered in the
 * platform's folder for half a day; SANDBOX_OFFLINE=1 says no without asking.
 */
export async function canDownload(root: string, host: keyof Hosts, hosts: Hosts = HOSTS): Promise<boolean> {
  if (process.env["SANDBOX_OFFLINE"] === "1") return false;
  const known = remembered(await readJson(networkFile(root))) ?? (await ask(root, hosts));
  return known.includes(host);
}

function remembered(value: unknown): readonly string[] | undefined {
  const { reachable, at } = (value ?? {}) as Partial<Outcome>;
  return Array.isArray(reachable) && Date.now() - (at ?? 0) < REMEMBER_MS ? reachable : undefined;
}

async function ask(root: string, hosts: Hosts): Promise<readonly string[]> {
  const answers = await Promise.all(
    Object.entries(hosts).map(async ([name, address]) => ((await probe(address)) ? [name] : [])),
  );
  const reachable = answers.flat();
  await writeJson(networkFile(root), { reachable, at: Date.now() } satisfies Outcome);
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
