import { all, ResourceHook, secret, Stash, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { ExpectedError } from "../support/messages/errors.ts";
import type { SecretSpec } from "../values/secret-spec.ts";
import type { SecretValues } from "../values/values.ts";
import { TargetError, type Login } from "./kind.ts";
import { targetText, type AccountSpec, type RetireAtTarget } from "./kinds.ts";
import { digestOf, loginIn } from "./told-account.ts";

export interface RetiredAccountArgs {
  readonly spec: SecretSpec;
  readonly account: AccountSpec;
  readonly values: SecretValues;
  /** Password of the target's administrator, once the target knows it. */
  readonly administrator: Output<string>;
  /** Key of the digest by which the state tells logins apart. */
  readonly digestKey: Output<string>;
  readonly retire: RetireAtTarget;
  /** Depends on the verification of the values. */
  readonly options: CustomResourceOptions;
}

/**
 * The password that is the only one of an account: a `Stash`, which the engine writes only once its hook has removed the others. It
 * comes after the verification, which comes after the restarts, so that nobody uses another one any more. A run that fails or is
 * killed in between does it again.
 *
 * Nothing is removed when it is made: which passwords clients have had until then, no run of this program has seen to.
 */
export function retiredAccount(args: RetiredAccountArgs): Stash {
  const { spec, account, values, administrator, digestKey, options } = args;
  const name = retiredName(spec, account);
  // The hook gets no Outputs; it runs once the engine has the inputs, which are made of the same values.
  let known: { readonly login: Login; readonly administrator: string } | undefined;
  const login = all([values, administrator, digestKey]).apply(([byKey, password, key]) => {
    const found = loginIn(spec, byKey, account);
    known = { login: found, administrator: password };
    return digestOf(found, key);
  });
  const retire = new ResourceHook(`retire-${name}`, async () => {
    if (known === undefined) throw new Error(`${name} is retired before its values are known`);
    await retireOthers(args, known);
  });
  return new Stash(
    name,
    { input: { target: targetText(account.target), epoch: spec.epoch, login: secret(login) } },
    { ...options, hooks: { beforeUpdate: [retire] } },
  );
}

/** `<app>/<secret>@retired/<key of the password>/<target>`. No value can have it: neither ids nor names of keys hold an `@`. */
export function retiredName({ id }: Pick<SecretSpec, "id">, { password, target }: AccountSpec): string {
  return `${id}@retired/${password}/${target.name}`;
}

async function retireOthers(
  { spec, account, retire }: RetiredAccountArgs,
  known: { readonly login: Login; readonly administrator: string },
): Promise<void> {
  const { target, password } = account;
  try {
    await retire({ target, ...known });
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    throw new ExpectedError(
      `${spec.id}: the new ${password} works, and ${targetText(target)} still accepts the previous one of ${known.login.username}: ${error.message}.\n` +
        `    fix: ${error.fix}; then run pulumi up again, which removes it`,
    );
  }
}
