import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { settled } from "../../../components/support/settled.ts";
import { textsByName } from "../../../components/support/texts-by-name.ts";
import { examineAccounts, type AskedAccount, type ExamineTools } from "../../../components/targets/examined.ts";
import { targetPasswordsKey } from "../../../components/targets/kind.ts";
import { targetText } from "../../../components/targets/kinds.ts";
import { nextName } from "../../../components/values/alternating.ts";
import { keptNames, previousValue } from "../../../components/values/previous.ts";
import { beginsRotation, epochBackCommand, hasBegunRotation } from "../../../components/values/rotations.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Account } from "../../config/environment.ts";
import { currentOf, isTold, keptValue, type ToldState } from "./told-state.ts";

export interface RotatedTargetsArgs extends ToldState, ExamineTools {
  /** As `toldNext` gives them. */
  readonly accounts: readonly Account[];
}

/**
 * Accounts whose targets this run is about to tell a new password.
 *
 * A rotation that has begun is left out: it goes on as far as it can. So is a first value, which no target is told.
 */
export async function toldNext(args: ToldState): Promise<readonly Account[]> {
  const names = keptNames(args.state);
  const told: Account[] = [];
  for (const account of args.environment.accounts) if (await isToldNext(args, account, names)) told.push(account);
  return told;
}

/**
 * Targets that would not take what this run is about to tell them. Without this question, others would have been told by the time that
 * one fails, and the engine would stop before their stores have what they were told.
 */
export async function rotatedTargetIssues(args: RotatedTargetsArgs): Promise<readonly Issue[]> {
  const names = keptNames(args.state);
  const asked: (AskedAccount & { readonly secret: SecretSpec })[] = [];
  for (const account of args.accounts) {
    const administrator = await administratorPasswords(args, account);
    if (administrator === undefined) continue;
    const { secret, target } = account;
    asked.push({ secret, target, name: await toldName(args, account), administrator });
  }
  const problems = await examineAccounts(asked, args);
  return asked.flatMap(({ secret, target, name }, index): readonly Issue[] => {
    const found = problems[index];
    if (found === undefined) return [];
    return [
      {
        path: configPath(["targets", target.name]),
        problem: `${secret.id} is to get a new password, which ${targetText(target)} would not take for ${name}: ${found.message}`,
        fix: beginsRotation(secret, names) ? `${found.fix}\n${withoutIt(secret, names)}` : found.fix,
      },
    ];
  });
}

function withoutIt(spec: SecretSpec, names: ReadonlySet<string>): string {
  const command = epochBackCommand(spec, names);
  return `    or, to rotate the others without it: ${command}; npx secrets rotate leaves it out with --except ${spec.id}`;
}

async function isToldNext(args: ToldState, account: Account, names: ReadonlySet<string>): Promise<boolean> {
  const { secret } = account;
  if ((await isTold(args, account)) || hasBegunRotation(secret, names)) return false;
  return [...names].some((name) => name.startsWith(`${secret.id}/`));
}

/** Name of the account that gets the password: of two by turns, the one that is not in use. */
async function toldName(args: ToldState, { secret, username }: Account): Promise<string> {
  const current = await currentOf(args, secret, username);
  const recipe = secret.keys[username];
  if (current !== undefined || recipe?.kind !== "alternating") return current ?? "";
  const before = previousValue(args.state, secret, username);
  return before === undefined ? recipe.names[0] : nextName(recipe, await settled(before));
}

/**
 * Passwords that the target's administrator may have; `undefined` where it gets its first one by this run. Where it sets its own, it
 * has the one before until its target is told, and the new one where the run that told it was interrupted.
 */
async function administratorPasswords(
  args: ToldState,
  { target, administratedBy }: Account,
): Promise<AskedAccount["administrator"] | undefined> {
  const { environment, state, stashes, secretConfig } = args;
  if (administratedBy === undefined) {
    const configured = secretConfig(targetPasswordsKey);
    const passwords = configured === undefined ? {} : textsByName(await settled(configured));
    return [passwords?.[target.name] ?? ""];
  }
  const login = environment.accounts.find(
    (each) => each.secret.id === administratedBy.secret && each.target.name === administratedBy.target,
  );
  if (login === undefined) return undefined;
  const { secret, password } = login;
  const held = [keptValue(stashes, secret, password), previousValue(state, secret, password)];
  const known = await Promise.all(held.flatMap((each) => (each === undefined ? [] : [settled(each)])));
  const [first, ...others] = (await isTold(args, login)) ? known : known.reverse();
  return first === undefined ? undefined : [first, ...others];
}
