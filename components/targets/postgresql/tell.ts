import type { Client, ClientConfig } from "pg";
import { setCommand, setSecretCommand } from "../../support/messages/config-command.ts";
import { messageOf } from "../../support/messages/errors.ts";
import { targetPasswordsKey, TargetError, type Login, type PostgresqlSpec } from "../contract.ts";
import { scramVerifier } from "./scram.ts";

/** Longest wait for a connection, and for an answer. */
const patience = { connectionTimeoutMillis: 10_000, query_timeout: 10_000 } as const;

/**
 * Sets a role's password, by its verifier, and logs in with it. The role must be there and be able to log in: who makes it
 * says what it may do.
 */
export async function tellPostgresql(target: PostgresqlSpec, administrator: string, login: Login): Promise<void> {
  if (!/^[\x20-\x7e]+$/.test(login.password)) {
    throw new TargetError(
      "the password has characters other than printable ASCII, which clients of PostgreSQL do not agree about",
      "choose another recipe or value, of letters, digits and symbols of ASCII",
    );
  }
  const verifier = await scramVerifier(login.password);
  await asAdministrator(target, administrator, async (client) => {
    await checkRole(client, login.username);
    const [role, text] = [client.escapeIdentifier(login.username), client.escapeLiteral(verifier)];
    await client.query(`ALTER ROLE ${role} PASSWORD ${text}`);
  });
  await logIn(target, login);
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

async function logIn(target: PostgresqlSpec, login: Login): Promise<void> {
  const client = await clientOf(target, login);
  try {
    await client.connect();
  } catch (error) {
    if (afterAuthentication.includes(codeOf(error))) return;
    throw new TargetError(
      `the server has the new password of role ${login.username}, and a login with it fails: ${messageOf(error)}`,
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
    ...patience,
  };
  const client = new pg.Client(config);
  // A connection that breaks while nobody asks anything would end the process.
  client.on("error", () => undefined);
  return client;
}

/** What is wrong, and what to do about it. Messages of the server hold no password. */
function administratorProblem(target: PostgresqlSpec, error: unknown): readonly [string, string] {
  const { name, administrator, host, port } = target;
  const problem = messageOf(error);
  const code = codeOf(error);
  if (isCertificateProblem(code)) {
    return [
      `its certificate is not trusted: ${problem}`,
      `give targets.${name}.caBundle the authority that signed it, and targets.${name}.host a name that it has`,
    ];
  }
  if (/does not support SSL/.test(problem)) {
    return [problem, `switch TLS on there, or allow clear text: ${setCommand(["targets", name, "tls"], "off")}`];
  }
  switch (code) {
    case "28P01":
      return [
        `the administrator's password is wrong: ${problem}`,
        setSecretCommand(targetPasswordsKey, `{"${name}":"<password of ${administrator}>"}`),
      ];
    case "28000":
      return [`the administrator is refused: ${problem}`, `let ${administrator} log in from here (pg_hba.conf)`];
    case "42501":
      return [
        `the administrator may not do this: ${problem}`,
        `give ${administrator} CREATEROLE and the ADMIN option on the role, or name another role: targets.${name}.administrator`,
      ];
    default:
      return [
        problem === "" ? `it can't be reached (${code})` : problem,
        `let the deployer reach ${host} on port ${port}, or correct targets.${name}`,
      ];
  }
}

/** Codes of Node's TLS (`tls` in its documentation, "X509 certificate error codes"). */
function isCertificateProblem(code: string): boolean {
  return /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_)/.test(code);
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
}
