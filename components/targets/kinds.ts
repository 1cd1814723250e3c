import { z } from "zod";
import {
  TargetError,
  type ClusterAccess,
  type JoiningFact,
  type Login,
  type RetireArgs,
  type TargetKind,
  type TellArgs,
} from "./kind.ts";
import { argoCd } from "./argo-cd/kind.ts";
import type { ArgoCdSpec } from "./argo-cd/spec.ts";
import { grafana } from "./grafana/kind.ts";
import type { GrafanaSpec } from "./grafana/spec.ts";
import { http } from "./http/kind.ts";
import type { HttpSpec } from "./http/spec.ts";
import { job } from "./job/kind.ts";
import type { JobSpec } from "./job/spec.ts";
import { mysql } from "./mysql/kind.ts";
import type { MysqlSpec } from "./mysql/spec.ts";
import { postgresql } from "./postgresql/kind.ts";
import type { PostgresqlSpec } from "./postgresql/spec.ts";
import { redis } from "./redis/kind.ts";
import type { RedisSpec } from "./redis/spec.ts";

/**
 * A target has a copy of a value that is its own: a database keeps the passwords of its accounts. It hears of a new value
 * before any store does, so that nobody is handed a password that it does not accept.
 */
export type TargetSpec = PostgresqlSpec | MysqlSpec | RedisSpec | GrafanaSpec | ArgoCdSpec | HttpSpec | JobSpec;
type Kind = TargetSpec["kind"];
type SpecOf<K extends Kind> = Extract<TargetSpec, { readonly kind: K }>;

/** Every kind of target, in the order in which people read of them. A kind without its row does not compile. */
const kinds = { postgresql, mysql, redis, grafana, "argo-cd": argoCd, http, job } satisfies {
  readonly [K in Kind]: TargetKind<SpecOf<K>>;
};

/** Every kind, by name. */
export const targetKinds = Object.keys(kinds) as readonly Kind[];

type FactsSchema = (typeof kinds)[Kind]["facts"];

/** Facts of a target, by its kind. */
export const targetFacts = z.discriminatedUnion(
  "kind",
  Object.values(kinds).map(({ facts }) => facts) as [FactsSchema, ...FactsSchema[]],
);
export type TargetFacts = z.output<typeof targetFacts>;

/** An account of a target, whose login a secret is: which of its keys hold the name and the password. */
export interface AccountSpec {
  readonly target: TargetSpec;
  /** Key that holds the account's name. */
  readonly username: string;
  /** Key that holds its password. */
  readonly password: string;
  /** Whether the password before is removed once the new one is verified, where the target keeps it valid. Default: no. */
  readonly retirePrevious?: true;
  /** The secret that is the login of the target's administrator. Default: its password is configured (`targetPasswords`). */
  readonly administratedBy?: AdministratorLogin;
}

/** The secret that is the login of a target's administrator. */
export interface AdministratorLogin {
  /** `<app>/<secret>`. */
  readonly secret: string;
  /** Its key that holds the password. */
  readonly password: string;
  /** Name of the target at which it is set: of the same server, where several are. */
  readonly target: string;
}

/** Tells a target of any kind: see `TargetActions`. */
export type TellTarget = (args: TellArgs<TargetSpec>) => Promise<void>;

/** The spec of a target. */
export function targetSpecOf(
  name: string,
  facts: TargetFacts,
  clusters: ReadonlyMap<string, ClusterAccess> = new Map(),
): TargetSpec {
  const { administratorSecret, ...own } = facts;
  const spec = kindOf(own).spec(name, own, clusters);
  return administratorSecret === undefined ? spec : { ...spec, administratorSecret };
}

/** Name of the cluster that a target is told in; `undefined` where the deployer reaches it by itself. */
export function clusterOf(facts: TargetFacts): string | undefined {
  return kindOf(facts).cluster?.(facts);
}

/** A target as messages name it: `target mlflow-db (postgresql at db.example:5432)`. */
export function targetText(target: TargetSpec): string {
  return `target ${target.name} (${target.kind} at ${kindOf(target).place(target)})`;
}

/** What keeps the accounts of a target: targets that share one have the same accounts. */
export function serversOf(target: TargetSpec): readonly string[] {
  return kindOf(target)
    .servers(target)
    .map((server) => `${target.kind} ${server}`);
}

/** Facts that give a target the servers of another one of its kind as well. */
export function factsJoining(target: TargetSpec, other: TargetSpec): readonly JoiningFact[] {
  return target.kind === other.kind ? (kindOf(target).joining?.(target, other) ?? []) : [];
}

/** An account, at each server that keeps it: two that have such a text in common are one, with one password. */
export function placesOfAccount(target: TargetSpec, name: string): readonly string[] {
  const account = kindOf(target).accountAt?.(target, name) ?? name;
  return serversOf(target).map((server) => `${server}\n${account}`);
}

/** Name of the account that sets the passwords of others; `undefined` where a target needs no password of one. */
export function administratorOf(target: TargetSpec): string | undefined {
  return kindOf(target).administrator(target);
}

/** What makes a target do without the password before; `undefined` where it is not given it. */
export function withoutPrevious(target: TargetSpec): string | undefined {
  return kindOf(target).withoutPrevious?.(target);
}

/** Whether facts may leave out a target's administrator: each account then sets its own password. */
export function isAdministratorOptional(target: TargetSpec): boolean {
  return kindOf(target).isAdministratorOptional ?? false;
}

/** What is wrong with a password for a target, or with one that may hold these characters: `undefined` where nothing is. */
export function passwordProblem(target: TargetSpec, characters: string): string | undefined {
  const { password } = kindOf(target);
  return [...characters].every((each) => password.characters.test(each)) ? undefined : password.problem;
}

/** Whether an account of a target keeps the password before valid beside the new one, until the next rotation. */
export function keepsPrevious(target: TargetSpec): boolean {
  return kindOf(target).keepsPrevious ?? false;
}

/** Tells a target of any kind. */
export const tellTarget: TellTarget = async (args) => {
  const { target, login } = args;
  const problem = passwordProblem(target, login.password);
  if (problem !== undefined) {
    throw new TargetError(
      `the password has ${problem}`,
      "choose another recipe or value, of letters, digits and symbols of ASCII",
    );
  }
  const actions = await kindOf(target).load();
  await actions.tell(args);
};

/** Makes a password the only one of its account, where {@link keepsPrevious} says that there may be another: see `TargetActions`. */
export type RetireAtTarget = (args: RetireArgs<TargetSpec>) => Promise<void>;

/** Retires what is valid beside a password, at a target of any kind. */
export const retireAtTarget: RetireAtTarget = async (args) => {
  const actions = await kindOf(args.target).load();
  await actions.retire?.(args);
};

/** Whether a rotation ends with the removal of the password before. */
export function retiresPrevious({ target, retirePrevious }: Pick<AccountSpec, "target" | "retirePrevious">): boolean {
  return retirePrevious === true && keepsPrevious(target);
}

/**
 * Finds out whether a target would take a new password of an account: logs in as its administrator and looks at what that may
 * do. Changes nothing.
 *
 * @param administrator password of the target's administrator; empty where {@link administratorOf} names none.
 * @param account name of the account.
 * @throws TargetError saying why it would not.
 */
export type ExamineTarget = (target: TargetSpec, administrator: string, account: string) => Promise<void>;

/** Examines an account of a target of any kind. */
export const examineTarget: ExamineTarget = async (target, administrator, account) => {
  const actions = await kindOf(target).load();
  await actions.examine({ target, administrator, account });
};

/** Whether the deployer can log in to a target as one of its accounts. */
export function canVerify(target: TargetSpec): boolean {
  return kindOf(target).verifies(target);
}

/** Logs in to a target as an account: see `TargetActions`. */
export type VerifyTarget = (target: TargetSpec, login: Login) => Promise<void>;

/** Logs in to a target of any kind, where {@link canVerify} says that it can be. */
export const verifyTarget: VerifyTarget = async (target, login) => {
  const actions = await kindOf(target).load();
  await actions.verify?.({ target, login });
};

/** The kind of a spec or of facts, which always meet the row of their own name; TypeScript can't follow that. */
function kindOf({ kind }: { readonly kind: Kind }): TargetKind<TargetSpec> {
  return kinds[kind];
}
