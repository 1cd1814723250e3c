import { randomUUID } from "node:crypto";
import path from "node:path";
import { z } from "zod";
import { SandboxError } from "../../support/errors.ts";
import { PRIVATE_MODE, readJson, writeJson } from "../../support/files.ts";
import { type Answer, AwsError, jsonAnswer } from "./answers.ts";
import { type AwsCall, type Input, textOf } from "./call.ts";
import type { MotoReader } from "./moto/moto.ts";
import { findSecret, type SecretFacts } from "./moto/secrets.ts";

/** The steps of a rotation function: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html */
const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

/** What a function is called with at each step. */
export interface RotationEvent {
  readonly Step: (typeof STEPS)[number];
  /** ARN of the secret. */
  readonly SecretId: string;
  /** Id of the version that is being made. */
  readonly ClientRequestToken: string;
}

/** Calls the function at an address; rejects where it fails. */
export type CallFunction = (url: string, event: RotationEvent) => Promise<void>;

/** How a secret is rotated, by its ARN. Times are seconds since 1970, as Secrets Manager sends them. */
interface Rotation {
  readonly enabled: boolean;
  readonly lambda: string;
  readonly rules: Input;
  readonly last?: number;
  readonly next?: number;
}

const DAY_S = 24 * 3600;

/** What says where a function answers. */
const functionSchema = z.strictObject({
  arn: z.string().regex(/^arn:aws:lambda:/, "must be the ARN of a function"),
  url: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+\//, "must be an address on 127.0.0.1"),
});

interface Parts {
  readonly folder: string;
  readonly moto: MotoReader;
  readonly call?: CallFunction;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
}

/**
 * Rotation by Secrets Manager, which moto does with its Lambda, in containers. Here a function is a program that whoever tests runs:
 * it says where it answers, and gets the events that Lambda would hand it. No clock starts a rotation: `RotateSecret` does.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
 */
export class Rotations {
  readonly #file: string;
  readonly #rotations: Record<string, Rotation>;
  readonly #functions = new Map<string, string>();
  /** Version that a rotation is making, by the secret's ARN: it has its label before it has a value. */
  readonly #pending = new Map<string, string>();
  readonly #running = new Set<Promise<void>>();
  readonly #moto: MotoReader;
  readonly #call: CallFunction;
  readonly #now: () => number;

  private constructor(rotations: Record<string, Rotation>, { folder, moto, call = post, now = Date.now }: Parts) {
    this.#file = fileIn(folder);
    this.#rotations = rotations;
    this.#moto = moto;
    this.#call = call;
    this.#now = now;
  }

  static async open(parts: Parts): Promise<Rotations> {
    return new Rotations(((await readJson(fileIn(parts.folder))) as Record<string, Rotation> | undefined) ?? {}, parts);
  }

  /**
   * Says where a function answers, `{ arn, url }`, for as long as this process lives.
   *
   * @throws SandboxError
   */
  putFunction(body: unknown): object {
    const parsed = functionSchema.safeParse(body);
    if (!parsed.success) {
      throw new SandboxError({
        what: `This is no function: ${z.prettifyError(parsed.error)}`,
        fix: "Send { arn, url }, with an address on 127.0.0.1.",
      });
    }
    this.#functions.set(parsed.data.arn, parsed.data.url);
    return parsed.data;
  }

  /** Waits until every rotation that has begun is over, and written. */
  async saved(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Answers what is about rotation; `undefined` for every other call. */
  async answer(call: AwsCall): Promise<Answer | undefined> {
    if (call.service !== "secretsmanager") return undefined;
    if (call.action === "RotateSecret") return jsonAnswer(await this.#rotate(call));
    if (call.action === "CancelRotateSecret") return jsonAnswer(await this.#cancel(call));
    return undefined;
  }

  /** Adds to moto's description of a secret how it is rotated. */
  complete(call: AwsCall, answer: Answer): Answer {
    if (call.service !== "secretsmanager" || call.action !== "DescribeSecret" || answer.status >= 300) return answer;
    const body = JSON.parse(answer.body.toString()) as { ARN: string; VersionIdsToStages?: Record<string, string[]> };
    const rotation = this.#rotations[body.ARN];
    if (rotation === undefined) return answer;
    const { enabled, lambda, rules, last, next } = rotation;
    const pending = this.#pending.get(body.ARN);
    const stages = body.VersionIdsToStages ?? {};
    return {
      ...answer,
      body: JSON.stringify({
        ...body,
        RotationEnabled: enabled,
        RotationLambdaARN: lambda,
        RotationRules: rules,
        ...(last === undefined ? {} : { LastRotatedDate: last }),
        NextRotationDate: enabled ? (next ?? null) : null,
        ...(pending === undefined || stages[pending] !== undefined
          ? {}
          : { VersionIdsToStages: { ...stages, [pending]: ["AWSPENDING"] } }),
      }),
    };
  }

  async #rotate(call: AwsCall): Promise<object> {
    const secret = await this.#secretOf(call);
    const known = this.#rotations[secret.arn];
    const lambda = textOf(call.input, "RotationLambdaARN") || (known?.lambda ?? "");
    if (lambda === "") throw refused("No Lambda rotation function ARN is associated with this secret.");
    const url = this.#functions.get(lambda);
    if (url === undefined) throw new AwsError("AccessDeniedException", NOT_INVOKED);
    if (this.#pending.has(secret.arn)) {
      throw refused("A previous rotation isn't complete. That rotation will be reattempted.");
    }
    const rules = (call.input["RotationRules"] ?? known?.rules ?? {}) as Input;
    const token = textOf(call.input, "ClientRequestToken") || randomUUID();
    await this.#set(secret.arn, { ...known, enabled: true, lambda, rules, ...this.#nextAfter(rules) });
    const isTried = call.input["RotateImmediately"] === false;
    this.#pending.set(secret.arn, token);
    // Secrets Manager answers at once, and rotates after that.
    const running = this.#run({ secret, url, token, region: call.region, isTried });
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
    return { ARN: secret.arn, Name: secret.name, ...(isTried ? {} : { VersionId: token }) };
  }

  async #cancel(call: AwsCall): Promise<object> {
    const secret = await this.#secretOf(call);
    const known = this.#rotations[secret.arn];
    if (known === undefined) throw refused("You tried to cancel rotation of a secret that has none.");
    this.#pending.delete(secret.arn);
    await this.#set(secret.arn, { ...known, enabled: false });
    return { ARN: secret.arn, Name: secret.name };
  }

  /** "This test creates an AWSPENDING version of the secret and then removes it." */
  async #run({ secret, url, token, region, isTried }: RunArgs): Promise<void> {
    const endpoint = { service: "secretsmanager", region } as const;
    const say = (action: string, input: Input) => this.#moto.json(endpoint, `secretsmanager.${action}`, input);
    const of = { SecretId: secret.arn };
    try {
      if (isTried) {
        const { SecretString } = await say("GetSecretValue", of);
        await say("PutSecretValue", { ...of, SecretString, ClientRequestToken: token, VersionStages: ["AWSPENDING"] });
      }
      for (const Step of isTried ? (["testSecret"] as const) : STEPS) {
        await this.#call(url, { Step, SecretId: secret.arn, ClientRequestToken: token });
      }
      const known = this.#rotations[secret.arn];
      if (!isTried && known !== undefined) await this.#set(secret.arn, { ...known, last: this.#seconds() });
    } catch {
      // As in AWS: what the function did until then stays, and CloudTrail alone says that it failed.
    } finally {
      if (isTried) {
        await say("UpdateSecretVersionStage", {
          ...{ ...of, VersionStage: "AWSPENDING", RemoveFromVersionId: token },
        }).catch(() => undefined);
      }
      this.#pending.delete(secret.arn);
    }
  }

  async #secretOf(call: AwsCall): Promise<SecretFacts> {
    const secret = await findSecret(this.#moto, call.region, textOf(call.input, "SecretId"));
    if (secret === undefined) {
      throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }
    if (secret.deletedDate === undefined) return secret;
    throw refused("You can't perform this operation on the secret because it was marked for deletion.");
  }

  /** A date for days alone: what a schedule means is not read here. */
  #nextAfter({ AutomaticallyAfterDays: days }: Input): Pick<Rotation, "next"> {
    return typeof days === "number" ? { next: this.#seconds() + days * DAY_S } : {};
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  async #set(arn: string, rotation: Rotation): Promise<void> {
    this.#rotations[arn] = rotation;
    await writeJson(this.#file, this.#rotations, PRIVATE_MODE);
  }
}

interface RunArgs {
  readonly secret: SecretFacts;
  readonly url: string;
  readonly token: string;
  readonly region: string;
  /** Whether the function is only tried: `RotateImmediately` is false. */
  readonly isTried: boolean;
}

/** What Secrets Manager says of a function that is not there, or does not let it in. */
const NOT_INVOKED =
  "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.";

const post: CallFunction = async (url, event) => {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(event), signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error(`the function answered ${answer.status}`);
};

function fileIn(folder: string): string {
  return path.join(folder, "rotations.json");
}

function refused(message: string): AwsError {
  return new AwsError("InvalidRequestException", message);
}
