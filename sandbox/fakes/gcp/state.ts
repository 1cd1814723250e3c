import { randomBytes } from "node:crypto";
import path from "node:path";
import { PRIVATE_MODE, readIfExists, writeFileAtomically } from "../../support/files.ts";
import type { Policy } from "./identity/policy.ts";

/** `SecretVersion.State`. */
export type VersionState = "ENABLED" | "DISABLED" | "DESTROYED";

/** One version of a secret. */
export interface StoredVersion {
  readonly number: number;
  readonly createTime: string;
  state: VersionState;
  destroyTime?: string;
  scheduledDestroyTime?: string;
  /** Base64; gone when the version is destroyed. */
  data?: string;
  /** Whether the client said what the payload's checksum is. */
  readonly checksumGiven: boolean;
}

/** Where the payload is kept, and under which key: as in the API. */
export interface Replication {
  automatic?: { customerManagedEncryption?: { kmsKeyName: string } };
  userManaged?: { replicas: { location: string; customerManagedEncryption?: { kmsKeyName: string } }[] };
}

/** A secret. */
export interface StoredSecret {
  readonly project: string;
  readonly id: string;
  readonly createTime: string;
  replication: Replication;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  topics: { name: string }[];
  rotation?: { nextRotationTime?: string; rotationPeriod?: string };
  versionAliases: Record<string, string>;
  versionDestroyTtl?: string;
  policy: Policy;
  versions: StoredVersion[];
}

/** A workload identity pool, or a provider of one. Deleted ones keep their id for thirty days. */
export interface StoredPool {
  readonly name: string;
  state: "ACTIVE" | "DELETED";
  expireTime?: string;
  displayName?: string;
  description?: string;
  disabled?: boolean;
}

/** A provider: whose tokens a pool believes, and what it reads from them. */
export interface StoredProvider extends StoredPool {
  oidc: { issuerUri: string; allowedAudiences?: string[]; jwksJson?: string };
  attributeMapping: Record<string, string>;
  attributeCondition?: string;
}

/** A service account. */
export interface StoredAccount {
  readonly project: string;
  readonly email: string;
  readonly uniqueId: string;
  displayName?: string;
  description?: string;
  disabled?: boolean;
  policy: Policy;
}

/** All that the fake remembers. */
export interface GcpData {
  /** Signs the access tokens: they stay valid when the fake starts anew. */
  readonly signingKey: string;
  readonly secrets: Record<string, StoredSecret>;
  readonly pools: Record<string, StoredPool>;
  readonly providers: Record<string, StoredProvider>;
  readonly accounts: Record<string, StoredAccount>;
}

/** The data, and its file. */
export class GcpState {
  readonly data: GcpData;
  private readonly file: string;
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  private constructor(file: string, data: GcpData) {
    this.file = file;
    this.data = data;
  }

  /** Reads the state of a folder, or begins one. */
  static async open(folder: string): Promise<GcpState> {
    const file = path.join(folder, "state.json");
    const text = await readIfExists(file);
    if (text !== undefined) return new GcpState(file, JSON.parse(text) as GcpData);
    const signingKey = randomBytes(32).toString("base64");
    return new GcpState(file, { signingKey, secrets: {}, pools: {}, providers: {}, accounts: {} });
  }

  /**
   * Puts the data on disk. Whoever comes while a write runs shares the next one: a hundred secrets at once are a few
   * writes, and nothing is answered before it is kept.
   */
  async commit(): Promise<void> {
    if (this.running === undefined) return this.write();
    this.next ??= this.running.then(
      () => this.write(),
      () => this.write(),
    );
    return this.next;
  }

  private write(): Promise<void> {
    this.next = undefined;
    const written = writeFileAtomically(this.file, JSON.stringify(this.data) + "\n", PRIVATE_MODE);
    this.running = written;
    const done = () => {
      if (this.running === written) this.running = undefined;
    };
    written.then(done, done);
    return written;
  }
}
