import { output, type Output } from "@pulumi/pulumi";
import { passwordIn } from "../../components/applications/application-secrets.ts";
import type { AccountSpec } from "../../components/targets/kinds.ts";
import { administratorPassword } from "../../components/targets/passwords.ts";
import type { SecretSpec } from "../../components/values/secret-spec.ts";
import type { SecretValues } from "../../components/values/values.ts";

/** Passwords of administrators, whichever is made first: the secret that has one, or the account that needs it. */
export interface Administrators {
  /** The password of the administrator of an account's target: configured, or that of a secret once its targets know it. */
  readonly passwordOf: (account: AccountSpec) => Output<string>;
  /** Receives the values of a secret. */
  readonly made: (spec: Pick<SecretSpec, "id">, values: SecretValues) => void;
}

/**
 * Applications are made one after the other, and an administrator's login may be a secret of a later one. Its values are promised
 * until then. No circle of administrators gets past parsing, so that each promise is kept.
 *
 * @param configured the passwords of the configuration, as JSON by target.
 */
export function administratorsOf(configured: Output<string> | undefined): Administrators {
  const promised = new Map<string, PromiseWithResolvers<SecretValues>>();
  const valuesOf = (id: string) => {
    const found = promised.get(id) ?? Promise.withResolvers<SecretValues>();
    promised.set(id, found);
    return found;
  };
  return {
    passwordOf: ({ target, administratedBy }) =>
      administratedBy === undefined
        ? administratorPassword(target, configured)
        : passwordIn(output(valuesOf(administratedBy.secret).promise), administratedBy.password),
    made: ({ id }, values) => {
      valuesOf(id).resolve(values);
    },
  };
}
