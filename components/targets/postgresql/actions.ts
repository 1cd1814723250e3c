import type { Client, ClientConfig } from "pg";
import { randomBytes } from "node:crypto";
import { messageOf } from "../../support/messages/errors.ts";
import {
  certificateProblem,
  codeOf,
  noTls,
  patience,
  unreachable,
  wrongPassword,
  type Problem,
} from "../connection.ts";
import { TargetError, type ExamineArgs, type Login, type TellArgs, type VerifyArgs } from "../kind.ts";
import { scramVerifier } from "./scram.ts";
import type { PostgresqlSpec } from "./spec.ts";

/**
 * Sets a role's password, by its verifier, and logs in with it. The role must be there and be able to log in: who makes it
 * says what it may do.
 */
export async function tell({ target, administrator, login }: TellArgs<PostgresqlSpec>): Promise<void> {
  const verifier = await scramVerifier(login.password);
  await asAdministrator(target, administrator, async (client) => {
    await checkRole(client, login.username);
    await client.query(passwordStatement(client, login.username, verifier));
  });
  await logIn(target, login, `the server has the new password of role ${login.username}, and a login with it fails`);
}

/** Logs in as the role. */
export async function verify({ target, login }: VerifyArgs<PostgresqlSpec>): Promise<void> {
  await logIn(target, login, `a login of role ${login.username} fails`);
}

/**
 * Sets a password that nobody knows in a transaction that is rolled back. Only the server itself can say whether it would let
 * the administrator: versions and hosted servers have different rules.
 */
export async function examine({ target, administrator, account }: ExamineArgs<PostgresqlSpec>): Promise<void> {
  const verifier = await scramVerifier(randomBytes(32).toString("hex"));
  await asAdministrator(target, administrator, async (client) => {
    await checkRole(client, account);
    await client.query("BEGIN");
    try {
      await client.query(passwordStatement(client, account, verifier));
    } finally {
      await client.query("ROLLBACK");
    }
  });
}

function passwordStatement(client: Client, role: string, verifier: string): string {
  return `ALTER ROLE ${client.escapeIdentifier(role)} PASSWORD ${client.escapeLiteral(verifier)}`;
}

async function asAdministrator(
  target: PostgresqlSpec,
  password: string,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const { administrator } = target;
  const client = await clientOf(target, { username: administrator, password });
  try {
    await client.connect();
    await work(client);
  } catch (error) {
    throw error instanceof TargetError ? error : new TargetError(...administratorProblem(target, error));
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function checkRole(client: Client, name: string): Promise<void> {
  const { rows } = await client.query<{ login: boolean; expired: boolean }>(
    "SELECT rolcanlogin AS login, coalesce(rolvaliduntil < now(), false) AS expired FROM pg_catalog.pg_roles WHERE rolname = $1",
    [name],
  );
  const [role] = rows;
  const identifier = client.escapeIdentifier(name);
  if (role === undefined) {
    throw new TargetError(
      `there is no role ${name}`,
      `create it, with the rights that it needs: CREATE ROLE ${identifier} LOGIN`,
    );
  }
  if (!role.login) throw new TargetError(`role ${name} may not log in`, `ALTER ROLE ${identifier} LOGIN`);
  if (!role.expired) return;
  throw new TargetError(`the password of role ${name} has expired`, `ALTER ROLE ${identifier} VALID UNTIL 'infinity'`);
}

/** What the server answers once the password was right: whether the client may go on is another matter. */
const afterAuthentication: readonly string[] = [
  "3D000", // no such database
  "42501", // no right to connect to it
  "53300", // too many connections
];

async function logIn(target: PostgresqlSpec, login: Login, problem: string): Promise<void> {
  const client = await clientOf(target, login);
  try {
    await client.connect();
  } catch (error) {
    if (afterAuthentication.includes(codeOf(error))) return;
    throw new TargetError(
      `${problem}: ${messageOf(error)}`,
      "let the role log in from here (pg_hba.conf, or whatever stands between)",
      { isTold: true },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Its client is loaded when the first password is set. Nothing is left to the variables of the machine. */
async function clientOf(target: PostgresqlSpec, { username, password }: Login): Promise<Client> {
  const { default: pg } = await import("pg");
  const { host, port, database, tls, caBundle } = target;
  const config: ClientConfig = {
    host,
    port,
    database,
    user: username,
    password,
    ssl: tls === "off" ? false : { ...(caBundle === undefined ? {} : { ca: caBundle }) },
    application_name: "multicloud-secrets",
    connectionTimeoutMillis: patience,
    query_timeout: patience,
  };
  const client = new pg.Client(config);
  // A connection that breaks while nobody asks anything would end the process.
  client.on("error", () => undefined);
  return client;
}

/** What is wrong, and what to do about it. Messages of the server hold no password. */
function administratorProblem(target: PostgresqlSpec, error: unknown): Problem {
  const { name, administrator } = target;
  const problem = messageOf(error);
  if (/does not support SSL/.test(problem)) return noTls(target, problem);
  const untrusted = certificateProblem(target, error);
  if (untrusted !== undefined) return untrusted;
  switch (codeOf(error)) {
    case "28P01":
      return wrongPassword(target, problem);
    case "28000":
      return [`the administrator is refused: ${problem}`, `let ${administrator} log in from here (pg_hba.conf)`];
    case "42501":
      return [
        `the administrator may not do this: ${problem}`,
        `give ${administrator} CREATEROLE and the ADMIN option on the role, or name another role: targets.${name}.administrator`,
      ];
    default:
      return unreachable(target, error);
  }
}
