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

  /** `vault:generic/getSecret`: what is stored, or the envelope of a version that was deleted. The error is the provider's. */
  held(path: string): object | null {
    const stored = this.#secrets.get(path);
    if (stored === undefined) throw new Error(`invocation of vault failed: no secret found at "${path}"`);
    const { values, version, deleted = false } = stored;
    if (!deleted) return values;
    return { data: null, metadata: { version, deletion_time: "2026-01-31T00:00:00Z", destroyed: false } };
  }

  /** Deletes the newest version alone: its name stays, and the versions before it. */
  deleteVersion(path: string): void {
    const stored = this.#secrets.get(path);
    if (stored === undefined) throw new Error(`the fake Vault holds no "${path}"`);
    this.#secrets.set(path, { ...stored, deleted: true });
  }

  /** `vault:kv/getSecretsListV2`: names below a folder; the error for an empty one is the provider's. */
  list(mount: string, folder: string): readonly string[] {
    const prefix = `${mount}/${folder}/`;
    const below = [...this.#secrets.keys()]
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length).replace(/\/.*$/, "/"));
    if (below.length === 0) throw new Error(`no secrets found at "${mount}/metadata/${folder}"`);
    return [...new Set(below)].sort();
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
