/**
 * A target has a copy of a value that is its own: a database keeps the passwords of its accounts. It hears of a new value
 * before any store does, so that nobody is handed a password that it does not accept.
 */
export type TargetSpec = PostgresqlSpec;

/** A PostgreSQL server, as the deployer reaches it. */
export interface PostgresqlSpec {
  readonly kind: "postgresql";
  /** Name among the environment's facts. */
  readonly name: string;
  /** Name or address, without a port. */
  readonly host: string;
  readonly port: number;
  /** Database that is connected to. Roles belong to the server as a whole. */
  readonly database: string;
  /** Role that sets the passwords of others; its own is configured under `targetPasswords`. */
  readonly administrator: string;
  /** `verify`: TLS, with a certificate of this host; `off`: in clear. */
  readonly tls: "verify" | "off";
  /** Certificate authorities of the server, in PEM. Default: those that the machine trusts. */
  readonly caBundle?: string;
}

/** An account of a target, whose login a secret is: which of its keys hold the name and the password. */
export interface AccountSpec {
  readonly target: TargetSpec;
  /** Key that holds the account's name. */
  readonly username: string;
  /** Key that holds its password. */
  readonly password: string;
}

/** An account's name and password: what a client logs in with. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/**
 * Sets the password of an account, and logs in with it. Repeating it changes nothing for clients.
 *
 * @param administrator password of the target's administrator.
 * @throws TargetError
 */
export type TellTarget = (target: TargetSpec, administrator: string, login: Login) => Promise<void>;

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

/** A target as messages name it: `target mlflow-db (postgresql at db.example:5432)`. */
export function targetText({ kind, name, host, port }: TargetSpec): string {
  return `target ${name} (${kind} at ${host.includes(":") ? `[${host}]` : host}:${port})`;
}
