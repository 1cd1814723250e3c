import { createHmac } from "node:crypto";
import { all, ResourceHook, secret, Stash, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { ExpectedError } from "../support/messages/errors.ts";
import { own } from "../support/own.ts";
import type { Ways } from "../values/rotations.ts";
import { initialEpoch, type SecretSpec } from "../values/secret-spec.ts";
import type { SecretValues } from "../values/values.ts";
import { TargetError, type Login } from "./kind.ts";
import { targetText, type AccountSpec, type TellTarget } from "./kinds.ts";
import type { UnderWay } from "./under-way.ts";

export interface ToldAccountArgs {
  readonly spec: SecretSpec;
  readonly account: AccountSpec;
  readonly values: SecretValues;
  /** Password of the target's administrator; empty where its kind has none. Of one that sets its own: the one before. */
  readonly administrator: Output<string>;
  /** Whether the account is the target's administrator itself, which sets its own password. Default: no. */
  readonly isAdministrator?: boolean;
  /** The value before this one, as far as the state has it. */
  readonly previous?: Output<string> | undefined;
  /** Passwords of which clients may use any until they have the new one, as far as the state has them. Default: none. */
  readonly inUse?: readonly Output<string>[];
  /** Key of the digest by which the state tells logins apart. */
  readonly digestKey: Output<string>;
  readonly tell: TellTarget;
  /** How the rotation can end otherwise. Default: in no way. */
  readonly ways?: Ways | undefined;
  /** Others of this run, which a failure does not stop on their way. Default: there are none. */
  readonly underWay?: UnderWay | undefined;
  readonly options: CustomResourceOptions;
}

/** What a target is told, once its values are known. */
interface Known {
  readonly login: Login;
  readonly administrator: string;
  readonly previous?: string;
  readonly attempt: string;
  readonly inUse: readonly string[];
}

/**
 * What a target was last told of an account: a `Stash`, which the engine writes only once its hook has told the target. So the
 * state says what the target knows; a run that fails or is killed in between tells it again, with the same value. It holds
 * a digest of the login and not the login itself, since a `Stash` keeps its first value for good.
 *
 * The first value of a secret is not told. It reaches the target in a way of its own: a database that is made with it reads
 * its Secret at its first start, and can't be reached before there is one.
 */
export function toldAccount(args: ToldAccountArgs): Stash {
  const { spec, account, values, administrator, previous, inUse = [], digestKey, options } = args;
  const name = toldAccountName(spec, account);
  // The hook gets no Outputs; it runs once the engine has the inputs, which are made of the same values.
  let known: Known | undefined;
  const login = all([values, administrator, digestKey, previous, all([...inUse])]).apply(
    ([byKey, password, key, before, used]) => {
      const found = loginIn(spec, byKey, account);
      const attempt = digestOf(found, key);
      known = {
        login: found,
        attempt,
        administrator: password,
        inUse: used,
        ...(before === undefined ? {} : { previous: before }),
      };
      return attempt;
    },
  );
  const tell = new ResourceHook(`tell-${name}`, async () => {
    if (known === undefined) throw new Error(`${name} is told of before its values are known`);
    await tellAccount(args, known);
  });
  const { target } = account;
  return new Stash(
    name,
    { input: { target: targetText(target), epoch: spec.epoch, login: secret(login) } },
    {
      ...options,
      hooks: { beforeUpdate: [tell], ...(spec.epoch === initialEpoch ? {} : { beforeCreate: [tell] }) },
    },
  );
}

/** The login of an account among the values of its secret. */
export function loginIn(spec: SecretSpec, values: Readonly<Record<string, string>>, account: AccountSpec): Login {
  return { username: valueOf(spec, values, account.username), password: valueOf(spec, values, account.password) };
}

/** By which the state tells logins apart, without holding one. */
export function digestOf({ username, password }: Login, key: string): string {
  return createHmac("sha256", key)
    .update(JSON.stringify([username, password]))
    .digest("base64");
}

/** `<app>/<secret>/<key of the password>/<target>`. */
export function toldAccountName({ id }: Pick<SecretSpec, "id">, { password, target }: AccountSpec): string {
  return `${id}/${password}/${target.name}`;
}

/** The values, known to whoever uses them once every resource is there. */
export function onceTold(values: SecretValues, told: readonly Stash[]): SecretValues {
  return secret(all(told.map(({ urn }) => urn)).apply(() => values));
}

/**
 * Tells the target. An administrator that sets its own password has the one before until then, and the new one where a run that was
 * interrupted has told it already.
 */
async function tellOnce({ account: { target }, tell, isAdministrator = false }: ToldAccountArgs, known: Known) {
  try {
    await tell({ target, ...known });
  } catch (error) {
    if (!isAdministrator || !(error instanceof TargetError)) throw error;
    const isTold = await tell({ target, ...known, administrator: known.login.password }).then(
      () => true,
      () => false,
    );
    if (!isTold) throw error;
  }
}

async function tellAccount(args: ToldAccountArgs, known: Known): Promise<void> {
  const { spec, account, ways, underWay } = args;
  const { login } = known;
  const isBack = ways?.forward !== undefined;
  const value = `${isBack ? "previous" : "new"} ${account.password} of ${login.username}`;
  const again = isBack ? "goes back to it" : "goes on with the same new value";
  if (underWay?.begins(spec.id) === false) {
    throw new ExpectedError(
      `${spec.id}: ${targetText(account.target)} was not told the ${value}, since another target failed.\n` +
        `    fix: put right what is said of that; then run pulumi up again, which ${again}`,
    );
  }
  try {
    await tellOnce(args, known);
  } catch (error) {
    await underWay?.failed(spec.id);
    if (!(error instanceof TargetError)) throw error;
    const held = isBack ? "" : " Stores and Secrets still have the previous value.";
    throw new ExpectedError(
      `${spec.id}: ${targetText(account.target)} ${error.isTold ? "refuses" : "did not take"} the ${value}: ${error.message}.${held}\n` +
        `    fix: ${error.fix}; then run pulumi up again, which ${again}` +
        // What the target has already, it would not be told to forget.
        (error.isTold ? "" : waysText(ways)),
    );
  }
}

/** The other ways out of a rotation that does not come to its end: lines of a message. */
export function waysText({ back, forward }: Ways = {}): string {
  const line = (what: string, command: string | undefined) =>
    command === undefined ? "" : `\n    or, to ${what}: ${command} && pulumi up`;
  return line("roll the rotation back", back) + line("go on with the rotation", forward);
}

function valueOf({ id }: SecretSpec, values: Readonly<Record<string, string>>, key: string): string {
  const found = own(values, key);
  if (found === undefined) throw new Error(`${id} has no ${key}, which parsing should have found`);
  return found;
}
