import { appendFile, mkdir } from "node:fs/promises";
import { Agent, request } from "node:http";
import path from "node:path";
import { PRIVATE_MODE, readIfExists, writeFileAtomically } from "../../../support/files.ts";
import { type Answer, AwsError } from "../answers.ts";
import type { AwsEndpoint } from "../hosts.ts";
import type { Input } from "../call.ts";

/** A request as moto gets it. */
export interface MotoRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One line of the journal. */
interface Entry {
  readonly seed: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Actions that change nothing, and so need not be done again after a restart. */
const READS = /^(Get|List|Describe|BatchGet|Decrypt|Encrypt|GenerateDataKey|Simulate|Validate)/;

/** What moto must see of a request: the scope names the service and region, the rest names the action. */
const HEADERS = ["host", "authorization", "content-type", "x-amz-target", "x-amz-date"];

/** An account alias that says: what is in the journal is in moto. */
const MARKER = "sandbox-journal-replayed";

/**
 * moto (https://docs.getmoto.org), which keeps everything in memory. Every change that succeeded is written to a journal and
 * done again, in order, when moto has lost it. Each is done under a seed of its own, so that ids and ARNs, which the Pulumi
 * state holds, come out the same. What does not: dates, and key material (nothing stored here is encrypted with it).
 */
export class Moto {
  readonly #port: number;
  readonly #journal: string;
  readonly #agent = new Agent({ keepAlive: true });
  #entries = 0;
  #restored = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ port, folder }: { readonly port: number; readonly folder: string }) {
    this.#port = port;
    this.#journal = path.join(folder, "journal.jsonl");
  }

  /** Address for an SDK client of the front itself. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Passes a call on; a change that succeeds is kept. */
  async pass(action: string, call: MotoRequest): Promise<Answer> {
    const headers = Object.fromEntries(
      HEADERS.flatMap((name) => (call.headers[name] === undefined ? [] : [[name, call.headers[name]]])),
    );
    const plain = { ...call, headers };
    // One at a time: a call between a seed and its change would draw from the same numbers.
    if (READS.test(action)) return await this.#inTurn(() => this.#send(plain));
    return await this.#inTurn(async () => {
      const seed = this.#entries + 1;
      await this.#seed(seed);
      const answer = await this.#send(plain);
      if (answer.status < 300) await this.#keep({ ...plain, seed, body: call.body.toString("base64") });
      return answer;
    });
  }

  /** A call of the front's own to a service that speaks JSON. Throws moto's refusal as {@link AwsError}. */
  async json(endpoint: AwsEndpoint, target: string, input: Input): Promise<Record<string, unknown>> {
    const action = target.split(".").at(-1) ?? "";
    const answer = await this.pass(action, {
      method: "POST",
      path: "/",
      headers: {
        host: `${endpoint.service}.${endpoint.region}.amazonaws.com`,
        authorization: `AWS4-HMAC-SHA256 Credential=FRONT/20260101/${endpoint.region}/${endpoint.service}/aws4_request, SignedHeaders=host, Signature=0`,
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": target,
      },
      body: Buffer.from(JSON.stringify(input)),
    });
    const body = JSON.parse(answer.body.toString()) as Record<string, unknown>;
    if (answer.status < 300) return body;
    const text = (name: string) => (typeof body[name] === "string" ? body[name] : "");
    throw new AwsError(text("__type"), text("message") || text("Message"), answer.status);
  }

  /**
   * Makes moto hold what the journal says: at first in any case, since a front that was killed may have left a change in moto that
   * is not in the journal; later when moto was started anew.
   */
  async ensureState(): Promise<boolean> {
    return await this.#inTurn(async () => {
      if (this.#restored) {
        const aliases = await this.#send(aliasCall("ListAccountAliases"));
        if (aliases.status === 200 && aliases.body.toString().includes(MARKER)) return true;
      }
      await this.#send({ method: "POST", path: "/moto-api/reset", headers: {}, body: Buffer.alloc(0) });
      const entries = await this.#read();
      for (const entry of entries) {
        await this.#seed(entry.seed);
        const answer = await this.#send({ ...entry, body: Buffer.from(entry.body, "base64") });
        if (answer.status >= 300) throw new Error(`moto refused change ${entry.seed} of the journal: ${answer.status}`);
      }
      this.#entries = entries.length;
      await this.#send(aliasCall("CreateAccountAlias", `&AccountAlias=${MARKER}`));
      this.#restored = true;
      return true;
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  async #seed(seed: number): Promise<void> {
    await this.#send({ method: "POST", path: `/moto-api/seed?a=${seed}`, headers: {}, body: Buffer.alloc(0) });
  }

  async #keep(entry: Entry): Promise<void> {
    this.#entries = entry.seed;
    await mkdir(path.dirname(this.#journal), { recursive: true, mode: 0o700 });
    await appendFile(this.#journal, JSON.stringify(entry) + "\n", { mode: PRIVATE_MODE });
  }

  // A line that a killed process left unfinished was never answered to anyone, and must not run into the next one.
  async #read(): Promise<Entry[]> {
    const text = (await readIfExists(this.#journal)) ?? "";
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole !== text) await writeFileAtomically(this.#journal, whole, PRIVATE_MODE);
    return whole
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Entry);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(work);
    this.#queue = next.catch(() => undefined);
    return next;
  }

  #send({ method, path, headers, body }: MotoRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          ...{ host: "127.0.0.1", port: this.#port, method, path, agent: this.#agent },
          headers: { ...headers, "content-length": body.length },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            resolve({
              status: response.statusCode ?? 500,
              headers: answerHeaders(response.headers),
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      call.on("error", (error) => reject(new Error(`moto does not answer on port ${this.#port}: ${error.message}`)));
      call.end(body);
    });
  }
}

/** What the rules of the front need of moto: calls of their own. */
export type MotoReader = Pick<Moto, "json">;

function aliasCall(action: string, rest = ""): MotoRequest {
  return {
    method: "POST",
    path: "/",
    headers: {
      host: "iam.amazonaws.com",
      authorization:
        "AWS4-HMAC-SHA256 Credential=FRONT/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: Buffer.from(`Action=${action}&Version=2010-05-08${rest}`),
  };
}

function answerHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const kept = ["content-type", "x-amzn-requestid", "x-amzn-errortype"];
  return Object.fromEntries(kept.flatMap((name) => (typeof headers[name] === "string" ? [[name, headers[name]]] : [])));
}
