import { TargetError } from "./kind.ts";
import type { ExamineTarget, TargetSpec } from "./kinds.ts";
import { patience } from "./patience.ts";

/** An account that a target is asked about. */
export interface AskedAccount {
  readonly target: TargetSpec;
  /** Its name at the target. */
  readonly name: string;
  /**
   * Passwords of the target's administrator, tried in this order until one is not refused: of one that changes its own password, the
   * target may have either where a run was interrupted. Empty texts where there is no administrator.
   */
  readonly administrator: readonly [string, ...string[]];
}

export interface ExamineTools {
  readonly examine: ExamineTarget;
  /** Names who is asked next. Default: nobody listens. */
  readonly onAsk?: (account: AskedAccount) => void;
  /** Resolves when an answer is waited for no longer. Default: after {@link patienceSeconds}. */
  readonly late?: () => Promise<unknown>;
}

/** How long a target may take to answer for one account, whatever its own client waits for. */
const patienceSeconds = 30;

/**
 * Asks the target of each account whether it would take a new password, and changes nothing. Targets are asked side by side; of one
 * target, one account after the other, since a wrong password that is tried often may lock its administrator out.
 *
 * @returns of each account in turn why its password would not be taken; `undefined` where it would.
 */
export async function examineAccounts(
  accounts: readonly AskedAccount[],
  tools: ExamineTools,
): Promise<readonly (TargetError | undefined)[]> {
  const found = new Map<AskedAccount, TargetError>();
  const byTarget = [...Map.groupBy(accounts, ({ target }) => target.name).values()];
  await Promise.all(
    byTarget.map(async (own) => {
      for (const account of own) {
        tools.onAsk?.(account);
        const problem = await problemOf(account, tools);
        if (problem !== undefined) found.set(account, problem);
      }
    }),
  );
  return accounts.map((account) => found.get(account));
}

/** What is wrong with the first password counts: it is the one that the administrator should have. */
async function problemOf(
  { target, name, administrator }: AskedAccount,
  { examine, late = () => patience(patienceSeconds) }: ExamineTools,
): Promise<TargetError | undefined> {
  let first: TargetError | undefined;
  const silence = tooLate(target);
  for (const password of administrator) {
    const problem = await Promise.race([attempt(() => examine(target, password, name)), late().then(() => silence)]);
    if (problem === undefined) return undefined;
    first ??= problem;
    if (problem === silence) break;
  }
  return first;
}

async function attempt(examine: () => Promise<void>): Promise<TargetError | undefined> {
  try {
    await examine();
    return undefined;
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
}

function tooLate({ name }: TargetSpec): TargetError {
  return new TargetError(
    `it did not answer within ${patienceSeconds} s`,
    `see why it does not, or correct targets.${name}`,
  );
}
