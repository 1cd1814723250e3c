import { argoCd, ensureFixtures } from "../../../sandbox/fixtures.ts";
import { mergeValues } from "../../../sandbox/engine/project.ts";
import { decode, readSecret } from "./cluster.ts";
import { connection } from "./platform.ts";
import { succeed, type Run, type StackOptions } from "./stacks.ts";
import { makeRoom, standUntilRoomIsNeeded } from "./standing-stack.ts";

interface Deployed {
  /** The run that deployed it. */
  readonly run: Run;
  /** What Argo CD's Secret held before that run. */
  readonly foreignKeys: Readonly<Record<string, string>>;
}

let deployed: Deployed | undefined;
let current: StackOptions = {};

/** The main stack's current options, which every run of it uses. */
export function mainOptions(): StackOptions {
  return current;
}

/** Changes the main stack's options from now on: merges facts, replaces the rest. */
export function changeMain(change: StackOptions): StackOptions {
  const facts = mergeValues(current.facts ?? {}, change.facts ?? {});
  current = { ...current, ...change, facts };
  return current;
}

/** Deploys the sandbox environment with the whole catalogue, unless it stands. */
export async function deployMain(): Promise<Deployed> {
  if (deployed !== undefined) return deployed;
  await makeRoom();
  await ensureFixtures(connection().kubeconfig);
  const before = await readSecret(argoCd.namespace, argoCd.secret);
  const foreignKeys = before === undefined ? {} : decode(before);
  deployed = { run: await succeed("up", current), foreignKeys };
  standUntilRoomIsNeeded(destroyMain);
  return deployed;
}

/** Destroys it; does nothing when it does not stand. */
export async function destroyMain(): Promise<Run | undefined> {
  if (deployed === undefined) return undefined;
  const run = await succeed("destroy", current);
  deployed = undefined;
  current = {};
  return run;
}
