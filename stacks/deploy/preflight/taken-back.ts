import { log, runtime } from "@pulumi/pulumi";
import { TargetError } from "../../../components/targets/kind.ts";
import { canVerify, targetText, type VerifyTarget } from "../../../components/targets/kinds.ts";
import { isTakenBack } from "../../../components/values/rotations.ts";
import { accountsOf, type Account } from "../../config/environment.ts";
import { currentOf, isTold, toldState, type ToldState, type ToldStateArgs } from "./told-state.ts";

export interface TakenBackArgs extends ToldStateArgs {
  readonly logIn: VerifyTarget;
}

/**
 * Tells people which secrets go back to the value before an unfinished rotation, and warns of targets that do not take that value: one may
 * have been told the new value by a run that ended before the state said so. What is only down stops nobody from going back.
 */
export async function tellTakenBack(args: TakenBackArgs): Promise<void> {
  const { environment, state } = args;
  const names = new Set(state.map(({ name }) => name));
  const known = toldState(args);
  for (const spec of environment.secrets.filter((each) => isTakenBack(each, names))) {
    await log.info(`${spec.id} goes back to its value of before, which the state still has: ${spec.epoch}`);
    // A preview may run where no target is reached.
    if (runtime.isDryRun()) continue;
    for (const account of accountsOf(environment, spec.id)) {
      const problem = await loginProblem(known, account, args.logIn);
      if (problem === undefined) continue;
      await log.warn(
        `${spec.id}: whether ${targetText(account.target)} still has the value of before could not be seen: ${problem.message}.\n` +
          `    fix: ${problem.fix}; if it has the new one, clients can't log in: rotate the secret once the target answers`,
      );
    }
  }
}

/** Why nobody could log in with what the target has, as the state says; what it has not is told to it by this run. */
async function loginProblem(state: ToldState, account: Account, logIn: VerifyTarget): Promise<TargetError | undefined> {
  const { secret, target } = account;
  if (!canVerify(target) || !(await isTold(state, account))) return undefined;
  const username = (await currentOf(state, secret, account.username)) ?? "";
  const password = (await currentOf(state, secret, account.password)) ?? "";
  try {
    await logIn(target, { username, password });
    return undefined;
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
}
