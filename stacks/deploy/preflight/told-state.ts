import type { Output } from "@pulumi/pulumi";
import type { StateResource } from "../../../components/backends/contract.ts";
import { settled } from "../../../components/support/settled.ts";
import { targetText } from "../../../components/targets/kinds.ts";
import { digestOf, toldAccountName } from "../../../components/targets/told-account.ts";
import { digestKeyName } from "../../../components/values/digest-key.ts";
import { epochName } from "../../../components/values/frozen.ts";
import { stashesIn, valueIn } from "../../../components/values/previous.ts";
import { initialEpoch, type SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Account, Environment } from "../../config/environment.ts";

export interface ToldStateArgs {
  readonly environment: Environment;
  readonly state: readonly StateResource[];
  /** A secret configuration value, if set. */
  readonly secretConfig: (key: string) => Output<string> | undefined;
}

/** What the state says of values, and of what targets were told. */
export interface ToldState extends ToldStateArgs {
  /** What the state keeps, by logical name. */
  readonly stashes: ReadonlyMap<string, StateResource>;
}

export function toldState(args: ToldStateArgs): ToldState {
  return { ...args, stashes: stashesIn(args.state) };
}

/** Whether the state says that the target knows what the description has, so that a run tells it nothing: see `toldAccount`. */
export async function isTold(args: ToldState, account: Account): Promise<boolean> {
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

async function digestKeyOf({ stashes }: ToldState, { id }: SecretSpec): Promise<string | undefined> {
  const found = stashes.get(digestKeyName(id));
  if (found === undefined) return undefined;
  const { output } = (await settled(found.outputs)) as { readonly output?: unknown };
  return typeof output === "string" ? output : undefined;
}

/** The value of a key as this run has it; `undefined` where it is only about to be made. */
export async function currentOf(
  { stashes, secretConfig }: ToldState,
  spec: SecretSpec,
  key: string,
): Promise<string | undefined> {
  const recipe = spec.keys[key];
  if (recipe?.kind === "literal") return recipe.value;
  const value = recipe?.kind === "provided" ? secretConfig(recipe.config) : keptValue(stashes, spec, key);
  return value === undefined ? undefined : settled(value);
}

/** What the state has of a key from the current epoch; `undefined` where it has nothing. */
export function keptValue(stashes: ToldState["stashes"], spec: SecretSpec, key: string): Output<string> | undefined {
  const kept = stashes.get(epochName(spec, key));
  return kept === undefined ? undefined : valueIn(kept);
}
