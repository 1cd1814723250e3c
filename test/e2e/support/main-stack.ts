import { argoCd, ensureFixtures } from "../../../sandbox/fixtures.ts";
import { decode, readSecret } from "./cluster.ts";
import { connection } from "./platform.ts";
import { succeed, type Run } from "./stacks.ts";

interface Deployed {
  /** The run that deployed it. */
  readonly run: Run;
  /** What Argo CD's Secret held before. */
  readonly foreignKeys: Readonly<Record<string, string>>;
}

let deployed: Deployed | undefined;

/** Deploys the sandbox environment with the whole catalogue, unless that is done. Most tests share it. */
export async function deployMain(): Promise<Deployed> {
  if (deployed !== undefined) return deployed;
  await ensureFixtures(connection().kubeconfig);
  const before = await readSecret(argoCd.namespace, argoCd.secret);
  const foreignKeys = before === undefined ? {} : decode(before);
  deployed = { run: await succeed("up"), foreignKeys };
  return deployed;
}

/** Destroys it, unless it is not there. */
export async function destroyMain(): Promise<Run | undefined> {
  if (deployed === undefined) return undefined;
  const run = await succeed("destroy");
  deployed = undefined;
  return run;
}
