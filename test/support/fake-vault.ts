import type { Held } from "../../preview/answers/contract.ts";

/** Values of one secret by key. */
export type Values = Readonly<Record<string, string>>;

interface Stored {
  readonly values: Values;
  readonly version: number;
  readonly deleted?: boolean;
}

/** A Vault with KV v2 engines: what stays when a run ends, so that the next one finds it. */
export class FakeVault {
  readonly #secrets = new Map<string, Stored>();

  /** Writes a secret; returns its new version. An equal value makes no version, as with Pulumi, which does not write it. */
  write(path: string, values: Values): number {
    const present = this.#secrets.get(path);
    if (present !== undefined && JSON.stringify(present.values) === JSON.stringify(values)) return present.version;
    const version = (present?.version ?? 0) + 1;
    this.#secrets.set(path, { values, version });
    return version;
  }

  version(path: string): number {
    return this.#secrets.get(path)?.version ?? 0;
  }

  delete(path: string): void {
    if (!this.#secrets.delete(path)) throw new Error(`the fake Vault holds no "${path}"`);
  }

  read(mount: string, name: string): Values {
    const stored = this.#secrets.get(`${mount}/${name}`);
    if (stored === undefined) throw new Error(`the fake Vault holds no "${mount}/${name}"`);
    return stored.values;
  }

  /** What a path holds as Vault answers it: the envelope alone where the newest version was deleted. */
  find(path: string): Held | undefined {
    const stored = this.#secrets.get(path);
    if (stored === undefined) return undefined;
    const { values, version, deleted = false } = stored;
    const envelope = { data: null, metadata: { version, deletion_time: "2026-01-31T00:00:00Z", destroyed: false } };
    return { payload: JSON.stringify(deleted ? envelope : values), version };
  }

  /** Deletes the newest version alone: its name stays, and the versions before it. */
  deleteVersion(path: string): void {
    const stored = this.#secrets.get(path);
    if (stored === undefined) throw new Error(`the fake Vault holds no "${path}"`);
    this.#secrets.set(path, { ...stored, deleted: true });
  }

  /** Paths with their mounts, sorted. */
  get paths(): readonly string[] {
    return [...this.#secrets.keys()].sort();
  }

  /** Every value in it. */
  get values(): readonly string[] {
    return [...this.#secrets.values()].flatMap(({ values }) => Object.values(values));
  }
}
