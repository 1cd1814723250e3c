import path from "node:path";
import { PRIVATE_MODE, readJson, writeJson } from "../../../support/files.ts";
import type { Answer } from "../answers.ts";
import { type AwsCall, textOf } from "../call.ts";

/** The account's key for Secrets Manager, which everybody in it may use: a replica that names it has none of its own. */
const MANAGED = "alias/aws/secretsmanager";

type Keys = Record<string, Record<string, string>>;

/** moto replicates a secret but forgets with which key: it says the managed one for each. This remembers, by ARN and region. */
export class ReplicaKeys {
  readonly #file: string;
  readonly #keys: Keys;

  private constructor(file: string, keys: Keys) {
    this.#file = file;
    this.#keys = keys;
  }

  static async open(folder: string): Promise<ReplicaKeys> {
    const file = path.join(folder, "replica-keys.json");
    return new ReplicaKeys(file, ((await readJson(file)) as Keys | undefined) ?? {});
  }

  /** Remembers the keys of a call, and puts them into its answer. */
  async complete(call: AwsCall, answer: Answer): Promise<Answer> {
    const body = JSON.parse(answer.body.toString()) as {
      ARN?: string;
      ReplicationStatus?: { Region: string; KmsKeyId?: string }[];
    };
    const arn = body.ARN ?? textOf(call.input, "SecretId");
    const added = (call.input["AddReplicaRegions"] ?? []) as readonly { Region: string; KmsKeyId?: string }[];
    const removed = (call.input["RemoveReplicaRegions"] ?? []) as readonly string[];
    if (added.length + removed.length > 0) {
      const kept = Object.entries(this.#keys[arn] ?? {}).filter(([region]) => !removed.includes(region));
      const named = added.flatMap(({ Region, KmsKeyId }) =>
        KmsKeyId === undefined || KmsKeyId === MANAGED ? [] : [[Region, KmsKeyId] as const],
      );
      this.#keys[arn] = Object.fromEntries([...kept, ...named]);
      await writeJson(this.#file, this.#keys, PRIVATE_MODE);
    }
    const keys = this.#keys[arn];
    if (keys === undefined || body.ReplicationStatus === undefined) return answer;
    for (const replica of body.ReplicationStatus) replica.KmsKeyId = keys[replica.Region] ?? replica.KmsKeyId ?? "";
    return { ...answer, body: JSON.stringify(body) };
  }

  /** The key of a replica, if it has one of its own. */
  keyOf(primaryArn: string, region: string): string | undefined {
    return this.#keys[primaryArn]?.[region];
  }
}
