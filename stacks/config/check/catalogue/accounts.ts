import type { Issue } from "../../../../components/support/messages/errors.ts";
import { own } from "../../../../components/support/own.ts";
import { isBytes, isRandom, type Recipe } from "../../../../components/values/recipe.ts";
import { faultIn, slugRule } from "../../../../components/support/messages/text-rules.ts";
import type { CatalogueAccount } from "../../../environments/catalogue-spec.ts";
import { unknownKey } from "../recipes.ts";
import type { SecretDraft } from "./draft.ts";

interface AccountsOfSecret extends Pick<SecretDraft, "secret" | "names" | "recipes" | "isWhole"> {
  /** Path of a part of the accounts, for messages. */
  readonly path: (...rest: readonly PropertyKey[]) => string;
  /** Path of a key. */
  readonly keyOf: (key: string) => string;
}

/** What is wrong with the accounts of one secret: targets that can't be named, keys that hold no name and no password. Pure. */
export function checkAccounts({ path, keyOf, secret, names, recipes, isWhole }: AccountsOfSecret): readonly Issue[] {
  const named = new Set((secret.accounts ?? []).map(({ username }) => username));
  const unnamed = Object.entries(recipes).filter(([key, { kind }]) => kind === "alternating" && !named.has(key));
  return [
    ...unnamed.map(([key]) => ({ path: keyOf(key), ...unused })),
    ...(secret.accounts ?? []).flatMap(({ target, username, password, retirePrevious }, index) => [
      ...(retirePrevious === true && own(recipes, username)?.kind === "alternating"
        ? [{ path: path(index, "retirePrevious"), ...keptByTurns }]
        : []),
      ...sharedPassword(secret.accounts ?? [], index).map((problem) => ({ path: path(index, "password"), ...problem })),
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
    ]),
  ];
}

/** The other account would be handed out, and have the new password nowhere. */
const unused = {
  problem: "is the name of an account by turns, and accounts names no target of it",
  fix: 'name it there: accounts: [{ target: "…", username: "<this key>", password: "…" }]',
} as const;

/** What a target was told of a password is kept once for each. */
function sharedPassword(accounts: readonly CatalogueAccount[], index: number): readonly Omit<Issue, "path">[] {
  const [own] = accounts.slice(index);
  const first = accounts.findIndex(({ target, password }) => target === own?.target && password === own.password);
  // The same account twice is found where its name is known.
  if (own === undefined || first === index || accounts[first]?.username === own.username) return [];
  return [
    {
      problem: `names "${own.password}", which is the password of another account of target ${own.target} already (accounts[${first}])`,
      fix: "give each account a key of its own for its password",
    },
  ];
}

/** Clients that have not read their Secret again log in as the other account. */
const keptByTurns = {
  problem: "has no effect on two accounts by turns: the account before keeps its password until the next rotation",
  fix: "leave retirePrevious out, or use one account: literal(…) for its name",
} as const;

const rules: Readonly<
  Record<
    "username" | "password",
    { readonly holds: (recipe: Recipe) => boolean; readonly rule: string; readonly fix: string }
  >
> = {
  username: {
    holds: ({ kind }) => kind === "literal" || kind === "alternating",
    rule: "fixed name",
    fix: 'give the account\'s name a key of its own: literal("…"), or alternating("…", "…") for two accounts by turns',
  },
  password: {
    holds: (recipe) => isRandom(recipe) || (recipe.kind === "provided" && !isBytes(recipe)),
    rule: "random or provided value",
    fix: "name the key that the account's password is made in, such as password()",
  },
};
