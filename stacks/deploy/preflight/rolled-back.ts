import { runtime } from "@pulumi/pulumi";
import { verifiedName } from "../../../components/applications/verified.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { settled } from "../../../components/support/settled.ts";
import { TargetError } from "../../../components/targets/kind.ts";
import { canVerify, targetText, withoutPrevious, type VerifyTarget } from "../../../components/targets/kinds.ts";
import { keptNames } from "../../../components/values/previous.ts";
import { forwardCommand, isRolledBack } from "../../../components/values/rotations.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { accountsOf, type Account } from "../../config/environment.ts";
import { currentOf, isTold, type ToldState } from "./told-state.ts";

export interface RolledBackArgs extends ToldState {
  readonly logIn: VerifyTarget;
}

export interface RolledBack {
  readonly issues: readonly Issue[];
  readonly warnings: readonly string[];
  /** For people: what goes back. Names only. */
  readonly notes: readonly string[];
  /** Rotations that this run or an earlier one rolls back, by `<app>/<secret>`, where what they go back to is verified. */
  readonly verified: ReadonlyMap<string, string>;
}

/**
 * Rotations that are rolled back, and targets that may have the value that is given up: a run that ended at the very moment may have told
 * one before the state said so. Where a target has it, the rotation must go on: the state would lose the only copy. Where that can't be
 * seen, as of a target that is down, the rotation may go back if the target's administrator can set another password later.
 */
export async function examineRolledBack(args: RolledBackArgs): Promise<RolledBack> {
  const { environment, state } = args;
  const names = keptNames(state);
  const found = { issues: [] as Issue[], warnings: [] as string[], notes: [] as string[] };
  const verified = new Map(await verifiedBefore(args));
  for (const spec of environment.secrets.filter((each) => isRolledBack(each, names))) {
    let isSeen = true;
    found.notes.push(
      `${spec.id} goes back to the value of its rotation before, which the state still has: ${spec.epoch}`,
    );
    // A preview may run where no target is reached.
    for (const account of runtime.isDryRun() ? [] : accountsOf(environment, spec.id)) {
      // What was told the new value, by the state, is told the one before by this run.
      if (!(await isTold(args, account))) continue;
      const doubt = await doubtOf(args, account, args.logIn);
      if (doubt === undefined) continue;
      // A target that stays down does not hold up other changes.
      if (canVerify(account.target)) isSeen = false;
      if (doubt === "has the new value" || setsItself(account)) found.issues.push(issueOf(account, doubt));
      else found.warnings.push(warningOf(account, doubt));
    }
    const { rolledBack } = spec;
    if (isSeen && rolledBack !== undefined) verified.set(spec.id, rolledBack);
  }
  return { ...found, verified };
}

/** As the state has it: a run that rolls nothing back changes nothing of what was verified. */
async function verifiedBefore({ environment, stashes }: ToldState): Promise<readonly (readonly [string, string])[]> {
  const all = environment.secrets.map(async ({ id, epoch }) => {
    const stash = stashes.get(verifiedName(id));
    if (stash === undefined) return [];
    const { input } = (await settled(stash.outputs)) as { readonly input?: VerifiedInput };
    return input?.rolledBack === undefined || input.epoch !== epoch ? [] : [[id, input.rolledBack] as const];
  });
  return (await Promise.all(all)).flat();
}

/** As `verified` writes it. */
interface VerifiedInput {
  readonly epoch?: string;
  readonly rolledBack?: string;
}

/** Why the target may not have the value before; `undefined` where it has. */
type Doubt = "has the new value" | { readonly problem: string; readonly fix: string };

async function doubtOf(state: ToldState, account: Account, logIn: VerifyTarget): Promise<Doubt | undefined> {
  const { secret, target } = account;
  if (!canVerify(target)) return { problem: "nobody can log in to it", fix: "try a login by hand" };
  const before = await loginProblem(state, { account, secret }, logIn);
  if (before === undefined) return undefined;
  const given = { ...secret, epoch: secret.rolledBack ?? secret.epoch };
  const isNew = (await loginProblem(state, { account, secret: given }, logIn)) === undefined;
  return isNew ? "has the new value" : { problem: before.message, fix: before.fix };
}

/** A login, by the values of the secret's epoch. */
interface Tried {
  readonly account: Account;
  readonly secret: SecretSpec;
}

async function loginProblem(
  state: ToldState,
  { account, secret }: Tried,
  logIn: VerifyTarget,
): Promise<TargetError | undefined> {
  const username = (await currentOf(state, secret, account.username)) ?? "";
  const password = (await currentOf(state, secret, account.password)) ?? "";
  try {
    await logIn(account.target, { username, password });
    return undefined;
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
}

/** Whether nobody could set another password without knowing the one that the target has. */
function setsItself({ secret, target, administratedBy }: Account): boolean {
  return administratedBy?.secret === secret.id || withoutPrevious(target) !== undefined;
}

function issueOf({ secret, target }: Account, doubt: Doubt): Issue {
  const forward = `to go on with the rotation: ${forwardCommand(secret)}`;
  const path = configPath(["rollBack", secret.id]);
  if (doubt === "has the new value") {
    return { path, problem: `${targetText(target)} has the new value already, by a login with it`, fix: forward };
  }
  return {
    path,
    problem: `whether ${targetText(target)} has the new value could not be seen, and without it no other could be set there: ${doubt.problem}`,
    fix: `${doubt.fix}\n    or, ${forward}`,
  };
}

function warningOf({ secret, target }: Account, doubt: Exclude<Doubt, string>): string {
  return (
    `${secret.id}: whether ${targetText(target)} still has the previous value could not be seen: ${doubt.problem}.\n` +
    `    fix: ${doubt.fix}; if it has the new one, clients can't log in: rotate the secret once the target answers`
  );
}
