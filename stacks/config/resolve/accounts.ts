import { removeCommand, setCommand, setSecretCommand } from "../../../components/support/messages/config-command.ts";
import { configPath } from "../../../components/support/messages/config-command.ts";
import type { Issue } from "../../../components/support/messages/errors.ts";
import { own } from "../../../components/support/own.ts";
import { targetPasswordsKey, type ClusterAccess } from "../../../components/targets/kind.ts";
import {
  administratorOf,
  clusterOf,
  isAdministratorOptional,
  passwordProblem,
  placesOfAccount,
  targetSpecOf,
  targetText,
  withoutPrevious,
} from "../../../components/targets/kinds.ts";
import { characters, isRandom } from "../../../components/values/recipes/index.ts";
import { isMadeHere, type SecretSpec } from "../../../components/values/secret-spec.ts";
import type { Catalogue, CatalogueAccount } from "../../environments/catalogue-spec.ts";
import type { Account } from "../environment.ts";
import type { Facts } from "../schema/index.ts";
import { administratedAccounts, administratorFact } from "./administrators.ts";
import { hasServersOf, joinCommand, shareServer } from "./servers.ts";

export interface ResolveAccountsArgs {
  readonly catalogue: Catalogue;
  readonly facts: Pick<Facts, "targets">;
  /** By name. */
  readonly clusters: ReadonlyMap<string, ClusterAccess>;
  /** Resolved and settled: which are made here is known. */
  readonly secrets: readonly SecretSpec[];
  /** Targets whose administrator has a password. */
  readonly administered: ReadonlySet<string>;
}

export interface ResolvedAccounts {
  readonly accounts: readonly Account[];
  readonly issues: readonly Issue[];
}

/**
 * The accounts of targets whose logins are made here, each with its target. A target that nothing is known of is an issue,
 * and so is one whose value never passes through this program: a rotation would reach the stores alone. Pure.
 */
export function resolveAccounts(args: ResolveAccountsArgs): ResolvedAccounts {
  const { catalogue, facts, clusters, secrets, administered } = args;
  const targets = new Map(
    Object.entries(facts.targets).map(([name, each]) => [name, targetSpecOf(name, each, clusters)]),
  );
  const accounts: Account[] = [];
  const issues: Issue[] = [];
  for (const { secret, account } of loginsIn(catalogue, secrets)) {
    const target = targets.get(account.target);
    if (secret.origin.kind === "in-cluster") issues.push(generatedElsewhere(secret));
    if (!isMadeHere(secret)) continue;
    if (target === undefined) issues.push(missingTarget(secret, account));
    else accounts.push({ ...account, secret, target });
  }
  const administrated = administratedAccounts({ accounts, facts, secrets });
  return {
    accounts: administrated.accounts,
    issues: [
      ...issues,
      ...administrated.issues,
      ...missingClusters(facts, clusters),
      ...administrators(accounts, facts),
      ...untypable(accounts),
      ...unknownBefore(accounts),
      ...shared(accounts),
      ...unset(
        accounts.filter(({ target }) => administratorFact(facts, target.name) === undefined),
        administered,
      ),
    ],
  };
}

function missingClusters(
  { targets }: Pick<Facts, "targets">,
  clusters: ReadonlyMap<string, unknown>,
): readonly Issue[] {
  return Object.entries(targets).flatMap(([name, each]): readonly Issue[] => {
    const cluster = clusterOf(each);
    if (cluster === undefined || clusters.has(cluster)) return [];
    return [
      {
        path: configPath(["targets", name, "cluster"]),
        problem: `names "${cluster}", which is no cluster of this environment`,
        fix: `name one of ${[...clusters.keys()].join(", ")}`,
      },
    ];
  });
}

/** The accounts whose keys exist in this environment. */
function loginsIn(catalogue: Catalogue, secrets: readonly SecretSpec[]) {
  return secrets.flatMap((secret) => {
    const { accounts = [] } = own(own(catalogue, secret.app)?.secrets ?? {}, secret.name) ?? {};
    return accounts
      .filter(({ username, password }) => Object.hasOwn(secret.keys, username) && Object.hasOwn(secret.keys, password))
      .map((account) => ({ secret, account }));
  });
}

function missingTarget({ id }: SecretSpec, { target }: CatalogueAccount): Issue {
  return {
    path: configPath(["targets", target]),
    problem: `is missing: ${id} is a login of it, and a new value has to reach it before any store`,
    fix: "describe it (docs/rotation.md#targets)",
  };
}

function generatedElsewhere({ id }: SecretSpec): Issue {
  return {
    path: configPath(["generatedInCluster", id]),
    problem:
      "the secret is the login of a target (accounts), which can't be told of a value that this program never sees",
    fix: removeCommand(["generatedInCluster", id]),
  };
}

/** The names of an account, or of two by turns. */
function namesOf({ secret, username }: Account): readonly string[] {
  const recipe = secret.keys[username];
  if (recipe?.kind === "alternating") return recipe.names;
  return recipe?.kind === "literal" ? [recipe.value] : [];
}

/** The administrator's own password is configured: another one would lock this program out. */
function administrators(accounts: readonly Account[], facts: ResolveAccountsArgs["facts"]): readonly Issue[] {
  const configured = new Set(
    accounts.map(({ target }) => target).filter(({ name }) => administratorFact(facts, name) === undefined),
  );
  return accounts.flatMap((account) => {
    const names = new Set(namesOf(account));
    return [...configured]
      .filter((target) => names.has(administratorOf(target) ?? "") && shareServer(target, account.target))
      .map((target) => administratorIssue(account, target));
  });
}

function administratorIssue({ secret: { id }, target: own }: Account, target: Account["target"]): Issue {
  const place = own === target ? "" : ` at target ${own.name}, of the same server`;
  const letSet = setCommand(["targets", target.name, "administratorSecret"], id);
  return {
    path: configPath(["targets", target.name, "administrator"]),
    problem: `is the account that ${id} is the login of${place}: a rotation of it would make ${targetPasswordsKey} wrong`,
    fix:
      own === target && isAdministratorOptional(target)
        ? `let the account set its own password: ${removeCommand(["targets", target.name, "administrator"])}`
        : "name another role, which may set the passwords of others\n" +
          `    or let it set its own, and those of others with it: ${letSet}`,
  };
}

/** Passwords that a target does not take, or that not all of its clients send alike. */
function untypable(accounts: readonly Account[]): readonly Issue[] {
  return accounts.flatMap(({ secret, password, target }): readonly Issue[] => {
    const recipe = secret.keys[password];
    if (recipe === undefined || !isRandom(recipe)) return [];
    const problem = passwordProblem(target, characters(recipe));
    if (problem === undefined) return [];
    return [
      {
        path: configPath(["catalogue", secret.app, "secrets", secret.name, "keys", password]),
        problem: `is the password of an account of ${targetText(target)}, and may have ${problem}`,
        fix: "choose another recipe, such as password()",
      },
    ];
  });
}

/** Passwords that an account would set itself by the one before, which the state does not keep. */
function unknownBefore(accounts: readonly Account[]): readonly Issue[] {
  return accounts.flatMap(({ secret, username, password, target }): readonly Issue[] => {
    const fix = withoutPrevious(target);
    if (fix === undefined) return [];
    const names = secret.keys[username]?.kind;
    const value = secret.keys[password]?.kind;
    if (names !== "alternating" && value !== "provided") return [];
    const reason =
      names === "alternating"
        ? "and of two accounts by turns nobody keeps it"
        : "and of a provided value the state does not keep it";
    return [
      {
        path: configPath(["catalogue", secret.app, "secrets", secret.name, "accounts"]),
        problem: `${targetText(target)} has to be given the password before, ${reason}`,
        fix,
      },
    ];
  });
}

/** Two secrets would change the password of one account in turns. */
function shared(accounts: readonly Account[]): readonly Issue[] {
  const first = new Map<string, Account>();
  return accounts.flatMap((account) =>
    namesOf(account).flatMap((name): readonly Issue[] => {
      const places = placesOfAccount(account.target, name);
      const other = places.map((place) => first.get(place)).find((found) => found !== undefined);
      if (other !== undefined) return [sharedIssue(account, { name, other })];
      for (const place of places) first.set(place, account);
      return [];
    }),
  );
}

function sharedIssue(
  { secret: { app, name: secret, id }, target }: Account,
  { name, other }: { readonly name: string; readonly other: Account },
): Issue {
  const isOwn = other.secret.id === id;
  const where = isOwn ? "this secret is its login already" : `${other.secret.id} is its login too`;
  const of = hasServersOf(other.target, target) ? " of the same server" : ", which has some of its servers";
  return {
    path: configPath(["catalogue", app, "secrets", secret, "accounts"]),
    problem: `account ${name} of target ${target.name} has one password, and ${where}${other.target.name === target.name ? "" : `, at target ${other.target.name}${of}`}`,
    fix: isOwn
      ? nameOnce(other.target, target)
      : "let all that log in with it read one secret, or give each an account of its own",
  };
}

/** An account of several targets is told by one of them, which has to have all of its servers. */
function nameOnce(one: Account["target"], other: Account["target"]): string {
  if (one.name === other.name) return "name it once";
  const [hasOther, isInOther] = [hasServersOf(one, other), hasServersOf(other, one)];
  if (hasOther && isInOther) return "name it once: two targets of one server have the same accounts";
  if (hasOther) return `name it at target ${one.name} alone, which has all servers of target ${other.name}`;
  if (isInOther) return `name it at target ${other.name} alone, which has all servers of target ${one.name}`;
  return `let target ${one.name} have the servers of both, and name it there alone: ${joinCommand(one, other)}`;
}

function unset(accounts: readonly Account[], administered: ReadonlySet<string>): readonly Issue[] {
  const targets = new Map(accounts.map(({ target }) => [target.name, administratorOf(target)]));
  const used = [...targets].flatMap(([name, administrator]) =>
    administrator === undefined ? [] : [{ name, administrator }],
  );
  const missing = used.filter(({ name }) => !administered.has(name));
  if (missing.length === 0) return [];
  // The value is replaced as a whole.
  const names = [...new Set([...used.map(({ name }) => name), ...administered])];
  return [
    {
      path: targetPasswordsKey,
      problem: `has no password for ${missing.map(({ name, administrator }) => `${name} (${administrator})`).join(", ")}, with which the passwords of accounts are set`,
      fix: setSecretCommand(
        targetPasswordsKey,
        JSON.stringify(Object.fromEntries(names.map((name) => [name, "<password>"]))),
      ),
    },
  ];
}
