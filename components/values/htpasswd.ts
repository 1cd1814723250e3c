import { bcryptHash, saltOf } from "./bcrypt.ts";
import { own } from "../support/own.ts";

/** Lines of an htpasswd file: `<user>:<bcrypt hash>`, each with a line break after it, as the tool of that name writes them. */
export interface HtpasswdRecipe {
  readonly kind: "htpasswd";
  /** Key of the password, by user. */
  readonly users: Readonly<Record<string, string>>;
}

/**
 * An htpasswd file of one user or several, with bcrypt hashes (cost 10). A hash changes when the password does, and only
 * then: adding a user changes no other line.
 *
 * @param users the key of the password, in the same secret, by user: `{ admin: "adminPassword" }`.
 */
export function htpasswd(users: Readonly<Record<string, string>>): HtpasswdRecipe {
  return { kind: "htpasswd", users };
}

/** Most bytes of a user's name: those of Apache's `htpasswd` (`MAX_STRING_LEN` less one, support/passwd_common.h). */
export const mostBytesOfUser = 255;

/** A user of an htpasswd file: printable, without the colon that ends it, and no mark of a comment at its start. */
export const legalUser = /^(?!#)[!-9;-~]+$/;

export interface HtpasswdArgs {
  /** `<app>/<secret>`, for messages. */
  readonly id: string;
  readonly recipe: HtpasswdRecipe;
  readonly values: Readonly<Record<string, string>>;
  /** The salt of each user. */
  readonly salt: (user: string) => string;
}

/**
 * The lines of an htpasswd file. Pure.
 *
 * @throws ExpectedError when a password is longer than bcrypt reads.
 */
export function htpasswdLines({ id, recipe, values, salt }: HtpasswdArgs): string {
  return Object.entries(recipe.users)
    .map(([user, key]) => {
      const hash = bcryptHash({ of: `${id} ${key}`, value: own(values, key), salt: salt(user) });
      return `${user}:${hash}\n`;
    })
    .join("");
}

/** The salt that the line of a user was made with; `undefined` where the text has none with a bcrypt hash. */
export function saltOfUser(text: string, user: string): string | undefined {
  const line = text.split(/\r?\n/).find((each) => each.startsWith(`${user}:`));
  return line === undefined ? undefined : saltOf(line.slice(user.length + 1));
}
