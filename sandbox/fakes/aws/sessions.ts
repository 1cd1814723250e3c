import { randomBytes } from "node:crypto";
import path from "node:path";
import { PRIVATE_MODE, readJson, writeJson } from "../../support/files.ts";
import { ACCOUNT_ID, DEPLOYER } from "./account.ts";
import { AwsError } from "./answers.ts";
import type { AwsCall } from "./call.ts";
import type { Role } from "./iam.ts";
import { sessionArn } from "./iam.ts";

/** Who calls: the deployer, or a role in a session. */
export type Caller =
  | { readonly kind: "administrator"; readonly arn: string; readonly userId: string }
  | {
      readonly kind: "role";
      readonly arn: string;
      readonly userId: string;
      readonly roleArn: string;
      /** Tags of the session, and whether they go on to the next role. */
      readonly tags: Readonly<Record<string, string>>;
      readonly transitive: readonly string[];
    };

/** What a session is made from. */
export interface SessionRequest {
  readonly role: Pick<Role, "arn" | "name" | "id">;
  readonly sessionName: string;
  readonly seconds: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitive?: readonly string[];
}

/** Credentials of a session. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly token: string;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
  readonly caller: Extract<Caller, { kind: "role" }>;
}

/**
 * Which access key belongs to whom. Sessions outlive a restart: the operator keeps its credentials for an hour.
 * Signatures are not recomputed: who knows a session's key id and token is taken for its owner, on loopback.
 */
export class Sessions {
  readonly #file: string;
  readonly #now: () => number;
  #sessions: Map<string, Session>;
  #writing: Promise<void> = Promise.resolve();
  #pending = false;

  private constructor(file: string, sessions: readonly Session[], now: () => number) {
    this.#file = file;
    this.#now = now;
    this.#sessions = new Map(sessions.map((session) => [session.accessKeyId, session]));
  }

  /** Reads what a run before this one left. */
  static async open(folder: string, now: () => number = Date.now): Promise<Sessions> {
    const file = path.join(folder, "sessions.json");
    return new Sessions(file, ((await readJson(file)) as readonly Session[] | undefined) ?? [], now);
  }

  /** Makes credentials for a role. */
  start({ role, sessionName, seconds, tags = {}, transitive = [] }: SessionRequest): Promise<Session> {
    const session: Session = {
      accessKeyId: `ASIA${randomBytes(10).toString("hex").toUpperCase().slice(0, 16)}`,
      secretAccessKey: randomBytes(30).toString("base64"),
      token: randomBytes(96).toString("base64"),
      expiresAt: this.#now() + seconds * 1000,
      caller: {
        ...{ kind: "role", arn: sessionArn(role, sessionName), userId: `${role.id}:${sessionName}` },
        ...{ roleArn: role.arn, tags, transitive },
      },
    };
    const old = [...this.#sessions.values()].filter(({ expiresAt }) => expiresAt > this.#now());
    this.#sessions = new Map([...old, session].map((each) => [each.accessKeyId, each]));
    this.#save();
    return Promise.resolve(session);
  }

  /** Waits until everything is written. */
  async saved(): Promise<void> {
    await this.#writing;
  }

  // Many sessions begin at once when the operator starts: one write is enough for all that came meanwhile.
  #save(): void {
    if (this.#pending) return;
    this.#pending = true;
    this.#writing = this.#writing.then(async () => {
      this.#pending = false;
      await writeJson(this.#file, [...this.#sessions.values()], PRIVATE_MODE);
    });
    this.#writing.catch(() => undefined);
  }

  /** The caller of a call. Refuses as AWS does: with another code in each protocol. */
  callerOf(call: AwsCall): Caller {
    const query = call.protocol === "query";
    if (call.accessKeyId === undefined) {
      throw query
        ? new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
        : new AwsError("MissingAuthenticationTokenException", "Request is missing Authentication Token");
    }
    if (call.accessKeyId === DEPLOYER.accessKeyId && call.sessionToken === undefined) {
      return { kind: "administrator", arn: DEPLOYER.arn, userId: DEPLOYER.userId };
    }
    const session = this.#sessions.get(call.accessKeyId);
    if (session === undefined || session.token !== call.sessionToken) {
      const message = "The security token included in the request is invalid.";
      throw new AwsError(query ? "InvalidClientTokenId" : "UnrecognizedClientException", message, query ? 403 : 400);
    }
    if (session.expiresAt <= this.#now()) {
      const message = "The security token included in the request is expired";
      throw new AwsError(query ? "ExpiredToken" : "ExpiredTokenException", message, query ? 403 : 400);
    }
    return session.caller;
  }
}

/** Condition keys that every request of a caller has. */
export function callerContext(caller: Caller): Record<string, string> {
  const tags = caller.kind === "role" ? Object.entries(caller.tags) : [];
  return {
    "aws:PrincipalAccount": ACCOUNT_ID,
    "aws:PrincipalArn": caller.kind === "role" ? caller.roleArn : caller.arn,
    "aws:userid": caller.userId,
    "aws:SecureTransport": "true",
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
  };
}
