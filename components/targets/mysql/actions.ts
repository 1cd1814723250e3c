import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { checkServerIdentity, getCACertificates, type ConnectionOptions } from "node:tls";
import type { Connection, ConnectionConfig } from "mariadb";
import { setCommand } from "../../support/messages/config-command.ts";
import { messageOf } from "../../support/messages/errors.ts";
import { certificateProblem, noTls, patience, unreachable, wrongPassword, type Problem } from "../connection.ts";
import { TargetError, type ExamineArgs, type Login, type TellArgs, type VerifyArgs } from "../kind.ts";
import { hashingPlugins, hashOf } from "./hashes.ts";
import type { MysqlSpec } from "./spec.ts";

/**
 * Sets an account's password, by the hash that its plugin keeps, and logs in with it. The account must be there: who makes it
 * says what it may do.
 */
export async function tell({ target, administrator, login }: TellArgs<MysqlSpec>): Promise<void> {
  await asAdministrator(target, administrator, async (connection) => {
    const { plugin, isMariaDb } = await accountOf(connection, target, login.username);
    const hash = hashOf(plugin, login.password);
    if (hash === undefined) throw unknownPlugin(accountText(connection, target, login.username), plugin, isMariaDb);
    const [by, as] = isMariaDb ? ["VIA", "USING"] : ["WITH", "AS"];
    const account = accountText(connection, target, login.username);
    await connection.query(`ALTER USER ${account} IDENTIFIED ${by} ${plugin} ${as} ${connection.escape(hash)}`);
  });
  // An account of other places can't log in from here, whatever its password is.
  if (target.accountHost !== "%") return;
  await logIn(target, login, `the server has the new password of account ${login.username}, and a login with it fails`);
}

/** Logs in as the account. */
export async function verify({ target, login }: VerifyArgs<MysqlSpec>): Promise<void> {
  await logIn(target, login, `a login of account ${login.username} fails`);
}

/**
 * Looks at the account, and has the server refuse or permit a change of one that there can't be: a server without transactions
 * of accounts has no other way to say whether the administrator may.
 */
export async function examine({ target, administrator, account }: ExamineArgs<MysqlSpec>): Promise<void> {
  await asAdministrator(target, administrator, async (connection) => {
    const { plugin, isMariaDb } = await accountOf(connection, target, account);
    if (!hashingPlugins.includes(plugin)) {
      throw unknownPlugin(accountText(connection, target, account), plugin, isMariaDb);
    }
    const nobody = `${connection.escape(`no-${randomBytes(12).toString("hex")}`)}@'localhost'`;
    await connection.query(`ALTER USER IF EXISTS ${nobody} ACCOUNT UNLOCK`);
  });
}

async function asAdministrator(
  target: MysqlSpec,
  password: string,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  let connection: Connection | undefined;
  try {
    connection = await connect(target, { username: target.administrator, password });
    // Without backslashes as an escape, quoting would be wrong.
    await connection.query("SET SESSION sql_mode = ''");
    await work(connection);
  } catch (error) {
    throw error instanceof TargetError ? error : new TargetError(...administratorProblem(target, error));
  } finally {
    await connection?.end().catch(() => undefined);
  }
}

interface Account {
  /** What checks its password. */
  readonly plugin: string;
  readonly isMariaDb: boolean;
}

interface AccountRow {
  readonly host: string;
  readonly plugin: string | null;
  readonly isLocked: number | bigint | null;
  /** Whether it may log in in several ways. */
  readonly hasSeveral: number | bigint | null;
}

/** An account that can be told a password. */
async function accountOf(connection: Connection, target: MysqlSpec, name: string): Promise<Account> {
  const isMariaDb = connection.info?.serverVersion?.mariaDb ?? false;
  const rows = await connection.query<readonly AccountRow[]>(isMariaDb ? accountsOfMariaDb : accountsOfMysql, [name]);
  const text = accountText(connection, target, name);
  const found = rows.find(({ host }) => host.toLowerCase() === target.accountHost.toLowerCase());
  if (found === undefined) throw missingAccount(target, text, name, rows.map(({ host }) => host).sort());
  if (Number(found.isLocked) === 1) {
    throw new TargetError(`account ${text} is locked`, `ALTER USER ${text} ACCOUNT UNLOCK`);
  }
  if (Number(found.hasSeveral) === 1) {
    throw new TargetError(
      `account ${text} may log in in several ways, and a new password would leave it this one alone`,
      `let it log in by mysql_native_password alone, or name another account in the secret`,
    );
  }
  return { plugin: found.plugin ?? "", isMariaDb };
}

const accountsOfMysql =
  "SELECT Host AS host, plugin, account_locked = 'Y' AS isLocked, 0 AS hasSeveral FROM mysql.user WHERE User = ?";

const accountsOfMariaDb =
  "SELECT Host AS host, JSON_VALUE(Priv, '$.plugin') AS plugin, JSON_VALUE(Priv, '$.account_locked') AS isLocked, " +
  "JSON_EXISTS(Priv, '$.auth_or') AS hasSeveral FROM mysql.global_priv WHERE User = ? AND Host <> ''";

function missingAccount(target: MysqlSpec, text: string, name: string, hosts: readonly string[]): TargetError {
  const [host] = hosts;
  if (host === undefined) {
    return new TargetError(
      `there is no account ${text}`,
      `create it, with the rights that it needs: CREATE USER ${text}`,
    );
  }
  return new TargetError(
    `there is no account ${text}; ${name} is one at ${hosts.join(", ")}`,
    `name where the account's clients are: ${setCommand(["targets", target.name, "accountHost"], host)}`,
  );
}

function unknownPlugin(account: string, plugin: string, isMariaDb: boolean): TargetError {
  const other = isMariaDb ? "VIA mysql_native_password" : "WITH caching_sha2_password";
  return new TargetError(
    `account ${account} logs in by ${plugin === "" ? "no plugin" : plugin}, which takes no password in a form that this program knows (${hashingPlugins.join(", ")})`,
    `ALTER USER ${account} IDENTIFIED ${other}`,
  );
}

function accountText(connection: Connection, { accountHost }: MysqlSpec, name: string): string {
  return `${connection.escape(name)}@${connection.escape(accountHost)}`;
}

/** What the server answers once the password was right: whether the client may go on is another matter. */
const afterAuthentication: readonly number[] = [
  1226, // the account has used up one of its limits
  1820, // the password must be changed first
  1862,
];

async function logIn(target: MysqlSpec, login: Login, problem: string): Promise<void> {
  try {
    const connection = await connect(target, login);
    await connection.end().catch(() => undefined);
  } catch (error) {
    if (afterAuthentication.includes(numberOf(error))) return;
    throw new TargetError(
      `${problem}: ${textOf(error)}`,
      "let the account log in from here (an account of a more exact host comes first), or say where its clients are: " +
        setCommand(["targets", target.name, "accountHost"], "<host>"),
      { isTold: true },
    );
  }
}

/** Its client is loaded when the first password is set. */
async function connect(target: MysqlSpec, { username, password }: Login): Promise<Connection> {
  const { createConnection } = await import("mariadb");
  const { host, port, tls } = target;
  // The client's types lack the option.
  const config: ConnectionConfig & { readonly permitRedirect: boolean } = {
    host,
    port,
    user: username,
    password,
    connectTimeout: patience,
    socketTimeout: patience,
    // Never to a host that facts do not name.
    permitRedirect: false,
    permitLocalInfile: false,
    // Where facts allow clear text, MySQL encrypts the password by a key that it hands out itself.
    allowPublicKeyRetrieval: tls === "off",
    ssl: tls === "off" ? false : verified(target),
  };
  const connection = await createConnection(config);
  // A connection that breaks while nobody asks anything would end the process.
  connection.on("error", () => undefined);
  return connection;
}

/** How a server proves who it is, before it is sent anything. */
function verified({ host, caBundle }: MysqlSpec): ConnectionOptions & { readonly rejectUnauthorized: true } {
  return {
    rejectUnauthorized: true,
    // Without authorities of its own the client would accept certificates of MariaDB 11.4 that nobody signed.
    ca: caBundle ?? [...getCACertificates("default")],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
  };
}

/** What is wrong, and what to do about it. */
function administratorProblem(target: MysqlSpec, error: unknown): Problem {
  const { name, administrator } = target;
  const problem = textOf(error);
  const cause = causeOf(error);
  const untrusted = certificateProblem(target, cause);
  if (untrusted !== undefined) return untrusted;
  switch (numberOf(error)) {
    case 1045: // ER_ACCESS_DENIED_ERROR
    case 1698: // the same, for an account without a password
      return wrongPassword(target, problem);
    case 1130: // ER_HOST_NOT_PRIVILEGED
      return [`the administrator is refused: ${problem}`, `let ${administrator} log in from here`];
    case 1142: // no right to read the accounts
    case 1143:
    case 1227: // ER_SPECIFIC_ACCESS_DENIED_ERROR
    case 1044:
      return [
        `the administrator may not do this: ${problem}`,
        `give ${administrator} CREATE USER on *.* and SELECT on the table of accounts (docs/rotation.md#mysql-and-mariadb), or name another account: targets.${name}.administrator`,
      ];
    case 1290: // ER_OPTION_PREVENTS_STATEMENT
      return [
        `the server does not take passwords: ${problem}`,
        `name the server that is written to: targets.${name}.host`,
      ];
    case 45023: // the client's own, ER_SERVER_SSL_DISABLED
      return noTls(target, problem);
    default:
      return unreachable(target, cause);
  }
}

/** Its message without the statement, which has a hash. */
function textOf(error: unknown): string {
  const { sqlMessage } = (error ?? {}) as { readonly sqlMessage?: unknown };
  return typeof sqlMessage === "string" ? sqlMessage : messageOf(error);
}

function numberOf(error: unknown): number {
  const { errno } = (error ?? {}) as { readonly errno?: unknown };
  return typeof errno === "number" ? errno : 0;
}

/** What the client wraps, where something other than the server's answer went wrong. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}
