import { setSecretCommand } from "../support/messages/config-command.ts";
import { targetPasswordsKey } from "./kind.ts";

/** A target with an account that sets the passwords of others. */
export interface Administrated {
  readonly name: string;
  readonly administrator: string;
  readonly administratorSecret?: string | undefined;
}

/** What to do about a password of its administrator that a target does not accept. */
export function passwordFix({ name, administrator, administratorSecret }: Administrated): string {
  if (administratorSecret !== undefined) {
    return `set the password of ${administrator} there, by hand, to that of ${administratorSecret} (docs/rotation.md#the-administrators-password)`;
  }
  const command = setSecretCommand(targetPasswordsKey, `{"${name}":"<password of ${administrator}>"}`);
  return `${command} (with those of all other targets: the value is replaced as a whole)`;
}
