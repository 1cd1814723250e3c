import { execa } from "execa";
import { createConnection, type Connection } from "mariadb";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { freePort } from "./free-port.ts";
import { findMariaDb, type MariaDbBinaries } from "./mariadb-binaries.ts";

export interface MariaDbLogin {
  readonly user: string;
  readonly password: string;
}

/** A MariaDB server on 127.0.0.1. */
export interface MariaDbServer {
  readonly port: number;
  readonly administrator: MariaDbLogin;
  /** Its general log: every statement. */
  readonly log: () => Promise<string>;
  /** Runs statements as its administrator. */
  readonly run: (...statements: readonly string[]) => Promise<void>;
  /** Logs in; rejects as the server refuses. */
  readonly logIn: (login: MariaDbLogin) => Promise<void>;
  /** Stops it; clients are disconnected. */
  readonly stop: () => Promise<void>;
  /** Starts it again, with what it held. With an identity it speaks TLS too: a certificate and its key, as PEM. */
  readonly start: (identity?: { readonly certificate: string; readonly key: string }) => Promise<void>;
  /** Stops it and removes all of it. */
  readonly remove: () => Promise<void>;
}

/** Makes and starts a server; says why where this machine has none. */
export async function startMariaDb(): Promise<MariaDbServer | { readonly missing: string }> {
  const binaries = await findMariaDb();
  if ("missing" in binaries) return binaries;
  const root = await mkdtemp(path.join(tmpdir(), "mariadb-"));
  const data = path.join(root, "data");
  await mkdir(data);
  const administrator = { user: "root", password: "password of the administrator" };
  const common = [
    "--no-defaults",
    ...(userInfo().uid === 0 ? ["--user=root"] : []),
    `--datadir=${data}`,
    `--lc-messages-dir=${binaries.share}`,
    `--character-sets-dir=${path.join(binaries.share, "charsets")}`,
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-use-native-aio=0",
  ];
  const options = { cwd: root, env: binaries.env, extendEnv: false } as const;
  await execa(binaries.program, [...common, "--bootstrap", "--log-warnings=0"], {
    ...options,
    input: await systemTables(binaries, administrator),
  });
  const port = await freePort();
  const generalLog = path.join(root, "general.log");
  let stop = (): Promise<unknown> => Promise.resolve();

  const start: MariaDbServer["start"] = async (identity) => {
    const ssl = identity === undefined ? [] : await sslFlags(root, identity);
    const flags = [...common, ...ssl, "--bind-address=127.0.0.1", `--port=${port}`, "--skip-name-resolve"];
    const files = [`--socket=${path.join(root, "socket")}`, "--general-log", `--general-log-file=${generalLog}`];
    const child = execa(binaries.program, [...flags, ...files], { ...options, reject: false, buffer: false });
    const ready = Promise.withResolvers<void>();
    let log = "";
    child.stderr.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("ready for connections")) ready.resolve();
    });
    void child.then(() => {
      ready.reject(new Error(`MariaDB ended:\n${log}`));
    });
    stop = () => {
      child.kill("SIGTERM");
      return child;
    };
    await ready.promise;
  };
  await start();
  return {
    port,
    administrator,
    log: () => readFile(generalLog, "utf8"),
    run: async (...statements) => {
      const connection = await connect(port, administrator);
      try {
        for (const statement of statements) await connection.query(statement);
      } finally {
        await connection.end();
      }
    },
    logIn: async (login) => {
      const connection = await connect(port, login);
      await connection.end();
    },
    start,
    stop: async () => void (await stop()),
    remove: async () => {
      await stop();
      await rm(root, { recursive: true });
    },
  };
}

async function connect(port: number, { user, password }: MariaDbLogin): Promise<Connection> {
  const connection = await createConnection({ host: "127.0.0.1", port, user, password, connectTimeout: 10_000 });
  connection.on("error", () => undefined);
  return connection;
}

async function systemTables({ share }: MariaDbBinaries, { user, password }: MariaDbLogin): Promise<string> {
  const files = ["mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql"];
  const texts = await Promise.all(files.map((file) => readFile(path.join(share, file), "utf8")));
  return [
    "CREATE DATABASE mysql;",
    "USE mysql;",
    "SET @auth_root_socket=NULL;",
    "SET @skip_auth_anonymous=1;",
    ...texts,
    "FLUSH PRIVILEGES;",
    `ALTER USER ${user}@'127.0.0.1' IDENTIFIED BY '${password}';`,
    "",
  ].join("\n");
}

async function sslFlags(root: string, { certificate, key }: { readonly certificate: string; readonly key: string }) {
  const [certificateFile, keyFile] = [path.join(root, "server.crt"), path.join(root, "server.key")];
  await writeFile(certificateFile, certificate);
  await writeFile(keyFile, key);
  return [`--ssl-cert=${certificateFile}`, `--ssl-key=${keyFile}`];
}
