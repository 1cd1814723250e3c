import type { ReadSecretData, SecretPlace } from "../clusters/secret-data.ts";
import { realClock, type Clock } from "../support/clock.ts";
import { ExpectedError } from "../support/messages/errors.ts";
import { own } from "../support/own.ts";
import { TargetError, type Login } from "../targets/kind.ts";
import { waysText } from "../targets/told-account.ts";
import { keepsPrevious, targetText, type AccountSpec, type VerifyTarget } from "../targets/kinds.ts";
import { probeText, type RunProbe } from "../targets/probes/probe.ts";
import type { ProbeUse } from "../targets/probes/spec.ts";
import type { Ways } from "../values/rotations.ts";
import type { SecretSpec } from "../values/secret-spec.ts";

/** A Secret that gets keys of a secret, and has them once it is delivered. */
export interface VerifiedPlace extends SecretPlace {
  /** Its keys of this secret. */
  readonly keys: readonly {
    /** Key in the Kubernetes Secret. */
    readonly key: string;
    /** Key in the catalogue secret. */
    readonly from: string;
    /** Whether the value is base64, and the Secret has its bytes. Default: the value is text. */
    readonly bytes?: true;
  }[];
  /** Whether the Secret is somebody else's, who may not have made it yet. */
  readonly isMerged: boolean;
}

/** How what was delivered is looked at and tried. */
export interface VerifyTools {
  readonly read: ReadSecretData;
  readonly logIn: VerifyTarget;
  readonly probe: RunProbe;
  /** Default: the real one. */
  readonly clock?: Clock;
}

/** What is tried of a secret, and where. */
export interface ProveArgs extends VerifyTools {
  readonly spec: SecretSpec;
  /** Accounts that can be logged in as. */
  readonly accounts: readonly AccountSpec[];
  readonly probes: readonly ProbeUse[];
  readonly places: readonly VerifiedPlace[];
  /** How the rotation can end otherwise. Default: in no way. */
  readonly ways?: Ways | undefined;
}

type Values = Readonly<Record<string, string>>;

/** Longest wait for a Secret that was synced and does not have the values yet, in milliseconds. */
const patience = 30_000;
const period = 1_000;

/** What was delivered, once it is known. */
export interface Known {
  readonly values: Readonly<Record<string, string>>;
  /** Tells these values apart from others, and holds none. */
  readonly attempt: string;
}

/**
 * Compares what every Secret has with what was made, then logs in to each target and runs each probe, once.
 *
 * @throws ExpectedError naming what does not work, what is still valid, and the fix.
 */
export async function prove(args: ProveArgs, { values, attempt }: Known): Promise<void> {
  const { accounts, probes, places, logIn, probe, clock = realClock } = args;
  for (const place of places) await compared(args, place, values);
  for (const account of accounts) {
    const { target } = account;
    await tried(args, targetText(target), () => logIn(target, loginOf(account, values)));
  }
  for (const use of probes) {
    await tried(args, probeText(use.probe), () => probe({ use, login: loginOf(use, values), attempt, clock }));
  }
}

async function compared(args: ProveArgs, place: VerifiedPlace, values: Values): Promise<void> {
  const { read, clock = realClock } = args;
  const until = clock.now() + patience;
  for (;;) {
    const lacking = lackingIn(place, await read(place), values);
    if (lacking === undefined) return;
    if (clock.now() >= until) {
      throw failed(args, {
        problem: `Secret ${placeText(place)} ${lackingText(args, lacking)}, ${patience / 1000} s after it was synced`,
        fix: `npx secrets doctor ${place.namespace}/${place.secretName} names what holds it up`,
      });
    }
    await clock.sleep(period);
  }
}

/** Keys that a Secret lacks, or all of it; `undefined` where it has everything. Pure. */
function lackingIn(
  place: VerifiedPlace,
  data: Values | undefined,
  values: Values,
): readonly string[] | "all" | undefined {
  if (data === undefined) return place.isMerged ? undefined : "all";
  const others = place.keys.filter(({ key, from, bytes }) => {
    const value = own(values, from) ?? "";
    const wanted = Buffer.from(value, bytes === true ? "base64" : "utf8");
    return !Buffer.from(own(data, key) ?? "", "base64").equals(wanted);
  });
  return others.length === 0 ? undefined : others.map(({ key }) => key);
}

function lackingText(args: ProveArgs, lacking: readonly string[] | "all"): string {
  if (lacking === "all") return "is not there";
  return `does not have the ${isBack(args) ? "previous" : "new"} ${lacking.join(", ")}`;
}

/** Whether the rotation is being rolled back. */
function isBack({ ways }: ProveArgs): boolean {
  return ways?.forward !== undefined;
}

function loginOf(
  { username, password }: { readonly username?: string; readonly password: string },
  values: Values,
): Login {
  return {
    username: username === undefined ? "" : (own(values, username) ?? ""),
    password: own(values, password) ?? "",
  };
}

async function tried(args: ProveArgs, what: string, attempt: () => Promise<void>): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    throw failed(args, { problem: `${what}: ${error.message}`, fix: error.fix });
  }
}

function failed(args: ProveArgs, { problem, fix }: { readonly problem: string; readonly fix: string }): ExpectedError {
  return new ExpectedError(
    `${args.spec.id}: what was delivered does not work: ${problem}. ${remains(args)}.\n` +
      `    fix: ${fix}; then run pulumi up again, which verifies the same value again${waysText(args.ways)}`,
  );
}

/** What is still valid of before. */
function remains(args: ProveArgs): string {
  if (isBack(args)) return "The rotation is being rolled back, and the state keeps both values";
  const { spec, accounts } = args;
  const still = accounts.flatMap(({ target, username }) => {
    if (spec.keys[username]?.kind === "alternating")
      return [`the account before keeps its password at ${targetText(target)}`];
    return keepsPrevious(target) ? [`${targetText(target)} accepts the previous value still`] : [];
  });
  return ["The state keeps the previous value", ...still].join(", and ");
}

function placeText({ cluster, namespace, secretName }: VerifiedPlace): string {
  return `${namespace}/${secretName} of cluster ${cluster.name}`;
}
