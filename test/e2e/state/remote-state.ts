import { execa } from "execa";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import pg from "pg";
import { cacheDirectory } from "../../../sandbox/layout.ts";
import { ensureMoto } from "../../../sandbox/platform/moto.ts";
import { terminalProgress } from "../../../sandbox/terminal/progress.ts";
import { freePort } from "../../support/free-port.ts";
import { startPostgres } from "../../support/postgres.ts";

/** A server on 127.0.0.1 that keeps the state of stacks. */
export interface RemoteState {
  /** What `PULUMI_BACKEND_URL` says. It has no password: the engine prints it. */
  readonly url: string;
  /** Variables that log in to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Everything that it holds, by name, decompressed, without the name of the database that begins each name in PostgreSQL. */
  readonly objects: () => Promise<ReadonlyMap<string, string>>;
  readonly stop: () => Promise<void>;
}

/** A real PostgreSQL. */
export async function postgresState(): Promise<RemoteState> {
  const server = await startPostgres();
  const { user, password } = server.administrator;
  return {
    url: `postgres://127.0.0.1:${server.port}/postgres?sslmode=disable`,
    environment: { PGUSER: user, PGPASSWORD: password },
    objects: async () => {
      const client = new pg.Client({ host: "127.0.0.1", port: server.port, database: "postgres", user, password });
      await client.connect();
      try {
        const { rows } = await client.query<Row>("SELECT key, data FROM pulumi_state ORDER BY key");
        return new Map(
          rows.map(({ key, data }) => [key.replace(/^postgres\//, ""), plain(key, Buffer.from(data.data, "base64"))]),
        );
      } finally {
        await client.end();
      }
    },
    stop: server.remove,
  };
}

interface Row {
  readonly key: string;
  readonly data: { readonly data: string };
}

const bucket = "state";

/** moto asks for a signature, and checks none. */
const signed = {
  authorization:
    "AWS4-HMAC-SHA256 Credential=none/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=none",
};

/** S3 as moto plays it, which keeps everything in memory. */
export async function s3State(): Promise<RemoteState> {
  const { signal } = new AbortController();
  const { python } = await ensureMoto({ cache: cacheDirectory(), progress: terminalProgress(), signal });
  const port = await freePort();
  const server = execa(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    reject: false,
    buffer: false,
    stdio: "ignore",
  });
  const endpoint = `http://127.0.0.1:${port}`;
  // The first request may come before it listens.
  while (
    !(await fetch(`${endpoint}/${bucket}`, { method: "PUT" }).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (server.exitCode !== null) throw new Error("moto ended");
    await setTimeout(100);
  }
  const read = async (path: string) =>
    Buffer.from(await (await fetch(`${endpoint}/${bucket}${path}`, { headers: signed })).arrayBuffer());
  return {
    url: `s3://${bucket}?region=us-east-1&endpoint=${endpoint}&s3ForcePathStyle=true`,
    environment: { AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none" },
    objects: async () => {
      const list = (await read("?list-type=2&max-keys=1000")).toString();
      const keys = [...list.matchAll(/<Key>([^<]+)<\/Key>/g)].flatMap(([, key]) => key ?? []);
      return new Map(await Promise.all(keys.map(async (key) => [key, plain(key, await read(`/${key}`))] as const)));
    },
    stop: async () => {
      const ended = server.exitCode === null ? once(server, "exit") : undefined;
      server.kill();
      await ended;
    },
  };
}

function plain(name: string, content: Buffer): string {
  return (/\.gz(?:\.bak)?$/.test(name) ? gunzipSync(content) : content).toString();
}
