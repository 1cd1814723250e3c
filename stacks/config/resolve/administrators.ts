import { configPath, setCommand, blank } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { thereAre } from "../../../components/support/messages/suggestions.ts";
import { own } from "../../../components/support/own.ts";
import { administratorOf, targetText } from "../../../components/targets/kinds.ts";
import { isRandom } from "../../../components/values/recipes/index.ts";
import { isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Account } from "../environment.ts";
import type { Facts } from "../schema/index.ts";
import { hasServersOf, joinCommand, shareServer } from "./servers.ts";

export interface AdministratedArgs {
  readonly accounts: readonly Account[];
  readonly facts: Pick<Facts, "targets">;
  readonly secrets: readonly SecretSpec[];
}

/** The secret that facts name as the login of a target's administrator; `undefined` where its password is configured. */
export function administratorFact({ targets }: Pick<Facts, "targets">, target: string): string | undefined {
  return own(targets, target)?.administratorSecret;
}

/**
 * The accounts, with the secret that is the login of their target's administrator. That secret must be an account of the target
 * itself, or of its server: that is told of its rotations too, by the password before. Pure.
 */
export function administratedAccounts(args: AdministratedArgs): {
  readonly accounts: readonly Account[];
  readonly issues: readonly Issue[];
} {
  const { accounts, facts } = args;
  const issues: Issue[] = [];
  const logins = new Map<string, Account>();
  for (const target of new Set(accounts.map((each) => each.target))) {
    const id = administratorFact(facts, target.name);
    if (id === undefined) continue;
    const login = loginAt(
      accounts.filter(({ secret }) => secret.id === id),
      target,
    );
    const problem = problemOf(args, { id, target, login });
    if (problem !== undefined) {
      issues.push({ path: configPath(["targets", target.name, "administratorSecret"]), ...problem });
    } else if (login !== undefined) logins.set(target.name, login);
  }
  const joined = accounts.map((account) => {
    const login = logins.get(account.target.name);
    if (login === undefined) return account;
    const { secret, password, target } = login;
    return { ...account, administratedBy: { secret: secret.id, password, target: target.name } };
  });
  return { accounts: joined, issues: [...issues, ...circles(joined)] };
}

/** The account of a secret at a target, or at another one that has all of its servers. */
function loginAt(accounts: readonly Account[], target: Account["target"]): Account | undefined {
  const own = accounts.find((each) => each.target.name === target.name);
  if (own !== undefined) return own;
  return accounts.find((each) => hasServersOf(each.target, target));
}

interface Named {
  readonly id: string;
  readonly target: Account["target"];
  readonly login: Account | undefined;
}

function problemOf(args: AdministratedArgs, { id, target, login }: Named): Omit<Issue, "path"> | undefined {
  const { secrets } = args;
  const secret = secrets.find((each) => each.id === id);
  const administrator = administratorOf(target);
  if (secret === undefined) {
    const known = secrets.map((each) => each.id);
    return { problem: `names "${id}", which is no secret of this environment; ${thereAre(id, known)}` };
  }
  if (!isMadeHere(secret)) {
    return {
      problem: `names ${id}, whose value never passes through this program`,
      fix: "name a secret that is generated here, or configure the password (targetPasswords)",
    };
  }
  if (administrator === undefined) {
    return {
      problem: `has no effect: ${targetText(target)} has no administrator`,
      fix: setCommand(["targets", target.name, "administrator"], blank("account that sets the passwords of others")),
    };
  }
  const partial = login === undefined ? loginAtSome(args, { id, target, administrator }) : undefined;
  if (partial !== undefined) {
    return {
      problem: `names ${id}, which is the login of ${administrator} at some of its servers alone, by target ${partial.name}: a rotation of it would not reach the others`,
      fix: `let target ${partial.name} have the servers of both: ${joinCommand(partial, target)}`,
    };
  }
  if (login === undefined || !isLoginOf(login, administrator)) {
    return {
      problem: `names ${id}, which is not the login of ${administrator} there: a rotation of it would not reach the target`,
      fix: `give the secret accounts: [{ target: "${target.name}", username: "<key with literal("${administrator}")>", password: "<key>" }]`,
    };
  }
  const password = login.secret.keys[login.password];
  if (password !== undefined && isRandom(password)) return undefined;
  return {
    problem: `names ${id}, whose password people provide: the one before, by which it is changed, is not kept`,
    fix: "generate it, such as by password(), or configure it (targetPasswords)",
  };
}

/** The target of another login of the administrator that has some of a target's servers. */
function loginAtSome(
  { accounts }: AdministratedArgs,
  { id, target, administrator }: Pick<Named, "id" | "target"> & { readonly administrator: string },
): Account["target"] | undefined {
  const own = accounts.filter((each) => each.secret.id === id && isLoginOf(each, administrator));
  return own.find((each) => shareServer(each.target, target))?.target;
}

function isLoginOf({ secret, username }: Account, administrator: string): boolean {
  const recipe = secret.keys[username];
  return recipe?.kind === "literal" && recipe.value === administrator;
}

/** Administrators that set each other's passwords: none could be the first. */
function circles(accounts: readonly Account[]): readonly Issue[] {
  const nextOf = (id: string) =>
    accounts.flatMap(({ secret, administratedBy }) =>
      secret.id === id && administratedBy !== undefined && administratedBy.secret !== id
        ? [administratedBy.secret]
        : [],
    );
  const found = new Map<string, readonly string[]>();
  // Each once, from wherever it is entered first.
  const remember = (circle: readonly string[]) => {
    const members = [...new Set(circle)].sort().join("\n");
    if (!found.has(members)) found.set(members, circle);
  };
  const walk = (trail: readonly string[]): void => {
    for (const next of nextOf(trail.at(-1) ?? "")) {
      const from = trail.indexOf(next);
      if (from < 0) walk([...trail, next]);
      else remember([...trail.slice(from), next]);
    }
  };
  for (const id of new Set(accounts.map(({ secret }) => secret.id))) walk([id]);
  return [...found.values()].flatMap((circle): readonly Issue[] => {
    const [first = "", second = ""] = circle;
    const account = accounts.find(
      ({ secret, administratedBy }) => secret.id === first && administratedBy?.secret === second,
    );
    if (account === undefined) return [];
    return [
      {
        path: configPath(["targets", account.target.name, "administratorSecret"]),
        problem: `makes a circle of administrators: ${circle.join(" is set by ")}`,
        fix: "configure the password of one of these targets instead (targetPasswords)",
      },
    ];
  });
}
