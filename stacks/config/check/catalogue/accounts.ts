import type { Issue } from "../../../../components/support/messages/errors.ts";
import { own } from "../../../../components/support/own.ts";
import { isRandom, type Recipe } from "../../../../components/values/recipe.ts";
import { faultIn, slugRule } from "../../../../components/support/messages/text-rules.ts";
import { unknownKey } from "../recipes.ts";
import type { SecretDraft } from "./draft.ts";

interface AccountsOfSecret extends Pick<SecretDraft, "secret" | "names" | "recipes" | "isWhole"> {
  /** Path of a part of the accounts, for messages. */
  readonly path: (...rest: readonly PropertyKey[]) => string;
}

/** What is wrong with the accounts of one secret: targets that can't be named, keys that hold no name and no password. Pure. */
export function checkAccounts({ path, secret, names, recipes, isWhole }: AccountsOfSecret): readonly Issue[] {
  return (secret.accounts ?? []).flatMap(({ target, username, password }, index) => [
    ...(slugRule.pattern.test(target)
      ? []
      : [{ path: path(index, "target"), problem: `must be ${slugRule.rule}${faultIn(target, slugRule)}` }]),
    ...(["username", "password"] as const).flatMap((field): readonly Issue[] => {
      const key = field === "username" ? username : password;
      if (!names.has(key)) return isWhole ? [{ path: path(index, field), ...unknownKey(key, names) }] : [];
      const recipe = own(recipes, key);
      if (recipe === undefined || rules[field].holds(recipe)) return [];
      return [
        {
          path: path(index, field),
          problem: `names "${key}", which is no ${rules[field].rule}`,
          fix: rules[field].fix,
        },
      ];
    }),
  ]);
}

const rules: Readonly<
  Record<
    "username" | "password",
    { readonly holds: (recipe: Recipe) => boolean; readonly rule: string; readonly fix: string }
  >
> = {
  username: {
    holds: ({ kind }) => kind === "literal",
    rule: "fixed name",
    fix: 'give the account\'s name a key of its own: literal("…")',
  },
  password: {
    holds: (recipe) => isRandom(recipe) || recipe.kind === "provided",
    rule: "random or provided value",
    fix: "name the key that the account's password is made in, such as password()",
  },
};
