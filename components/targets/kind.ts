import type { z } from "zod";

/** How a cluster is reached. */
export interface ClusterAccess {
  readonly name: string;
  /** Path of a kubeconfig file. Default: as `kubectl`. */
  readonly kubeconfig?: string;
  /** Context within it. Default: its current context. */
  readonly context?: string;
}

/** What every target's spec has. */
export interface TargetBase {
  readonly kind: string;
  /** Name among the environment's facts. */
  readonly name: string;
  /** The secret that is its administrator's login. Default: the password is configured. */
  readonly administratorSecret?: string | undefined;
}

/** An account's name and password: what a client logs in with. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A new value for a target. */
export interface TellArgs<S extends TargetBase> {
  readonly target: S;
  /** Password of the target's administrator; empty where the kind has none. */
  readonly administrator: string;
  readonly login: Login;
  /** The value before this one, as far as the state has it. */
  readonly previous?: string;
  /**
   * Tells this value apart from others of the account, and holds none: what an interrupted run began is found by it. Default: the
   * account's name.
   */
  readonly attempt?: string;
  /**
   * Passwords of which clients may use any until they have the new one, as far as the state has them: several where a rotation was
   * not finished. A target that accepts several keeps these beside the new one. Default: none.
   */
  readonly inUse?: readonly string[];
}

/** An account to examine. */
export interface ExamineArgs<S extends TargetBase> {
  readonly target: S;
  /** Password of the target's administrator; empty where the kind has none. */
  readonly administrator: string;
  /** Name of the account. */
  readonly account: string;
}

/** A password that is to be the only one of its account. */
export interface RetireArgs<S extends TargetBase> {
  readonly target: S;
  /** Password of the target's administrator; empty where the kind has none. */
  readonly administrator: string;
  readonly login: Login;
}

/** A login to try. */
export interface VerifyArgs<S extends TargetBase> {
  readonly target: S;
  readonly login: Login;
}

/** What is done at a target. It has a module of its own, which alone loads a client. */
export interface TargetActions<S extends TargetBase> {
  /**
   * Sets the password of an account, and logs in with it. Repeating it changes nothing for clients.
   *
   * @throws TargetError
   */
  tell(args: TellArgs<S>): Promise<void>;
  /**
   * Logs in as the administrator and finds out whether it could set the password of an account. Changes nothing.
   *
   * @throws TargetError saying why `tell` would fail.
   */
  examine(args: ExamineArgs<S>): Promise<void>;
  /**
   * Logs in as an account, and changes nothing. Absent where a target has nothing to log in to: see `TargetKind.verifies`.
   *
   * @throws TargetError saying why the login fails.
   */
  verify?(args: VerifyArgs<S>): Promise<void>;
  /**
   * Removes every other password of an account. Repeating it changes nothing. Absent where an account has one alone: see
   * `TargetKind.keepsPrevious`.
   *
   * @throws TargetError saying why another one is valid still.
   */
  retire?(args: RetireArgs<S>): Promise<void>;
}

/** Which passwords a target and all of its clients take alike. */
export interface PasswordRule {
  /** Matches one character that may be in it. */
  readonly characters: RegExp;
  /** What is wrong with any other character: a sentence's end behind `the password has `. */
  readonly problem: string;
}

/** A fact of a target that is to be set. */
export interface JoiningFact {
  readonly path: readonly PropertyKey[];
  readonly value: string;
}

/** Schema of a target's facts. */
export type TargetFactsSchema<K extends string = string> = z.ZodObject<
  { readonly kind: z.ZodLiteral<K> } & z.core.$ZodLooseShape
>;

/**
 * All that differs between kinds of target: one object per kind, in a folder of its own, and its row in `kinds.ts`. Pure, but
 * for what `load` returns.
 */
export interface TargetKind<
  S extends TargetBase,
  F extends TargetFactsSchema<S["kind"]> = TargetFactsSchema<S["kind"]>,
> {
  /** Schema of its facts, with their defaults. */
  readonly facts: F;
  /** The spec of a target, from its facts. */
  spec(name: string, facts: z.output<F>, clusters: ReadonlyMap<string, ClusterAccess>): S;
  /** Name of the cluster that it is told in. Default: the deployer reaches it by itself. */
  cluster?(facts: z.output<F>): string;
  /** Where it is, as messages say it: `db.example:5432`. */
  place(spec: S): string;
  /** What keeps its accounts, as texts: targets of one kind that share one have the same accounts. */
  servers(spec: S): readonly string[];
  /** Facts below the target's own that give it the servers of another one as well. Default: a target is one server. */
  joining?(spec: S, other: S): readonly JoiningFact[];
  /** Name of an account there, with all that tells it apart from others. Default: its name alone does. */
  accountAt?(spec: S, name: string): string;
  /**
   * Name of the account that sets the passwords of others, whose own is configured under `targetPasswords`. `undefined` where
   * none is needed.
   */
  administrator(spec: S): string | undefined;
  readonly password: PasswordRule;
  /**
   * What makes a target do without the password before, where it has to be given it since an account sets its own. Default: none has to
   * be. Such a password must be made here, and of one account: of others the state keeps none.
   */
  withoutPrevious?(spec: S): string | undefined;
  /** Whether facts may leave out the administrator: each account then sets its own password. Default: no. */
  readonly isAdministratorOptional?: true;
  /** Whether an account keeps the password before valid beside the new one, until the next rotation. Default: no. */
  readonly keepsPrevious?: boolean;
  /** Whether the deployer can log in as an account: its actions then have `verify`. */
  verifies(spec: S): boolean;
  /** Loads what talks to it. Its client is loaded no earlier than the first connection. */
  load(): Promise<TargetActions<S>>;
}

/** Why a target did not take a new value. Holds none. */
export class TargetError extends Error {
  /** What whoever runs the program can do about it. */
  readonly fix: string;
  /** Whether the target has the new value all the same, and merely lets nobody log in with it. */
  readonly isTold: boolean;

  constructor(problem: string, fix: string, { isTold = false }: { readonly isTold?: boolean } = {}) {
    super(problem);
    this.fix = fix;
    this.isTold = isTold;
  }
}

/** Configuration key of the administrators' passwords, as JSON by target. */
export const targetPasswordsKey = "targetPasswords";
