import type { Output } from "@pulumi/pulumi";
import type { StateResource } from "../../../components/backends/contract.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { settled } from "../../../components/support/settled.ts";
import { textsByName } from "../../../components/support/texts-by-name.ts";
import { examineAccounts, type AskedAccount, type ExamineTools } from "../../../components/targets/examined.ts";
import { targetPasswordsKey } from "../../../components/targets/kind.ts";
import { targetText } from "../../../components/targets/kinds.ts";
import { digestOf, toldAccountName } from "../../../components/targets/told-account.ts";
import { nextName } from "../../../components/values/alternating.ts";
import { digestKeyName } from "../../../components/values/digest-key.ts";
import { epochName } from "../../../components/values/frozen.ts";
import { previousValue, valueIn } from "../../../components/values/previous.ts";
import { initialEpoch, type SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Account, Environment } from "../../config/environment.ts";
import { beginsRotation, epochBackCommand, hasBegunRotation } from "./rotations.ts";

export interface RotatedTargetsArgs extends ExamineTools {
  readonly environment: Environment;
  readonly state: readonly StateResource[];
  /** A secret configuration value, if set. */
  readonly secretConfig: (key: string) => Output<string> | undefined;
}

interface Asking extends RotatedTargetsArgs {
  /** What the state keeps, by logical name. */
  readonly stashes: ReadonlyMap<string, StateResource>;
}

/**
 * Targets that would not take what this run is about to tell them. Without this question, others would have been told by the time that
 * one fails, and the engine would stop before their stores have what they were told.
 *
 * A rotation that has begun is not asked about: it goes on as far as it can. Neither is a first value, which no target is told.
 */
export async function rotatedTargetIssues(given: RotatedTargetsArgs): Promise<readonly Issue[]> {
  const { environment, state } = given;
  const names = new Set(state.map(({ name }) => name));
  const stashes = state.filter(({ type }) => type === "pulumi:index:Stash");
  const args: Asking = { ...given, stashes: new Map(stashes.map((each) => [each.name, each])) };
  const asked: (AskedAccount & { readonly secret: SecretSpec })[] = [];
  for (const account of environment.accounts) {
    if (!(await isAsked(args, account, names))) continue;
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

async function isAsked(args: Asking, account: Account, names: ReadonlySet<string>): Promise<boolean> {
  const { secret } = account;
  if ((await isTold(args, account)) || hasBegunRotation(secret, names)) return false;
  return [...names].some((name) => name.startsWith(`${secret.id}/`));
}

/** Whether the state says that the target knows what the description has, so that a run tells it nothing: see `toldAccount`. */
async function isTold(args: Asking, account: Account): Promise<boolean> {
  const { secret, target } = account;
  const told = args.stashes.get(toldAccountName(secret, account));
  if (told === undefined) return secret.epoch === initialEpoch;
  const { input } = (await settled(told.outputs)) as { readonly input?: ToldInput };
  if (input?.target !== targetText(target) || input.epoch !== secret.epoch) return false;
  const password = await currentOf(args, secret, account.password);
  const username = await currentOf(args, secret, account.username);
  const key = await digestKeyOf(args, secret);
  if (password === undefined || username === undefined || key === undefined) return false;
  return digestOf({ username, password }, key) === input.login;
}

/** As `toldAccount` writes it. */
interface ToldInput {
  readonly target?: string;
  readonly epoch?: string;
  readonly login?: string;
}

async function digestKeyOf({ stashes }: Asking, { id }: SecretSpec): Promise<string | undefined> {
  const found = stashes.get(digestKeyName(id));
  if (found === undefined) return undefined;
  const { output } = (await settled(found.outputs)) as { readonly output?: unknown };
  return typeof output === "string" ? output : undefined;
}

/** The value of a key as this run has it; `undefined` where it is only about to be made. */
async function currentOf(
  { stashes, secretConfig }: Asking,
  spec: SecretSpec,
  key: string,
): Promise<string | undefined> {
  const recipe = spec.keys[key];
  if (recipe?.kind === "literal") return recipe.value;
  const value = recipe?.kind === "provided" ? secretConfig(recipe.config) : keptValue(stashes, spec, key);
  return value === undefined ? undefined : settled(value);
}

/** What the state has of a key from the current epoch; `undefined` where it has nothing. */
function keptValue(stashes: Asking["stashes"], spec: SecretSpec, key: string): Output<string> | undefined {
  const kept = stashes.get(epochName(spec, key));
  return kept === undefined ? undefined : valueIn(kept);
}

/** Name of the account that gets the password: of two by turns, the one that is not in use. */
async function toldName(args: Asking, { secret, username }: Account): Promise<string> {
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
  args: Asking,
  { target, administratedBy }: Account,
): Promise<AskedAccount["administrator"] | undefined> {
  const { environment, state, stashes, secretConfig } = args;
  if (administratedBy === undefined) {
    const configured = secretConfig(targetPasswordsKey);
    const passwords = configured === undefined ? {} : textsByName(await settled(configured));
    return [passwords?.[target.name] ?? ""];
  }
  const login = environment.accounts.find(
    (each) => each.secret.id === administratedBy.secret && each.target.name === target.name,
  );
  if (login === undefined) return undefined;
  const { secret, password } = login;
  const held = [keptValue(stashes, secret, password), previousValue(state, secret, password)];
  const known = await Promise.all(held.flatMap((each) => (each === undefined ? [] : [settled(each)])));
  const [first, ...others] = (await isTold(args, login)) ? known : known.reverse();
  return first === undefined ? undefined : [first, ...others];
}
