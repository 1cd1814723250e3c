import type { RemoteStoreKind } from "../../components/backends/index.ts";
import type { Held } from "../../preview/answers/contract.ts";

/** What remote stores hold between runs, by kind and remote name. Vault has a memory of its own for values (`FakeVault`). */
export class RemoteMemory {
  readonly #objects = new Map<string, Held>();
  readonly #labels = new Map<string, Readonly<Record<string, string>>>();

  /** Writes an object; returns its new version. An equal payload makes no version, as with Pulumi, which does not write it. */
  write(kind: RemoteStoreKind, name: string, payload: string): number {
    const present = this.#objects.get(`${kind}\n${name}`);
    if (present?.payload === payload) return present.version;
    const version = (present?.version ?? 0) + 1;
    this.#objects.set(`${kind}\n${name}`, { payload, version });
    return version;
  }

  /** Writes an object, or leaves it as it is; returns its version. */
  put(kind: RemoteStoreKind, name: string, payload: string | undefined): number {
    return payload === undefined ? (this.read(kind, name)?.version ?? 0) : this.write(kind, name, payload);
  }

  read(kind: RemoteStoreKind, name: string): Held | undefined {
    return this.#objects.get(`${kind}\n${name}`);
  }

  delete(kind: RemoteStoreKind, name: string): void {
    if (!this.#objects.delete(`${kind}\n${name}`)) throw new Error(`the memory of ${kind} holds no "${name}"`);
  }

  /** Sets the labels of an object: tags, labels or custom metadata. */
  label(kind: RemoteStoreKind, name: string, labels: Readonly<Record<string, string>>): void {
    this.#labels.set(`${kind}\n${name}`, labels);
  }

  labels(kind: RemoteStoreKind, name: string): Readonly<Record<string, string>> {
    return this.#labels.get(`${kind}\n${name}`) ?? {};
  }

  /** Names of a kind, sorted. */
  names(kind: RemoteStoreKind): readonly string[] {
    const prefix = `${kind}\n`;
    return [...this.#objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
      .sort();
  }

  /** Every payload in it. */
  get payloads(): readonly string[] {
    return [...this.#objects.values()].map(({ payload }) => payload);
  }
}
