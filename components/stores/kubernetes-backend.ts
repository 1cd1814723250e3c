import type { EmbeddedSecret, PutArgs, StoreBackend, StoreSession } from "./contract.ts";
import type { SecretValues } from "../values/values.ts";
import type { KubernetesStoreSpec } from "./kubernetes.ts";

export const backend: StoreBackend<KubernetesStoreSpec> = {
  open: ({ spec }) => new KubernetesStoreSession(spec),
};

/** Holds nothing: the delivery `plain` writes the values, and finds names that are taken. */
class KubernetesStoreSession implements StoreSession {
  readonly options = {};
  readonly #spec: KubernetesStoreSpec;

  constructor(spec: KubernetesStoreSpec) {
    this.#spec = spec;
  }

  existing(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set());
  }

  owned(): ReadonlyMap<string, SecretValues> {
    return new Map();
  }

  healing(): string {
    return "pulumi up --refresh";
  }

  read(remoteName: string): never {
    throw new Error(`store ${this.#spec.name} has no remote object ${remoteName} to read`);
  }

  put(_: string, { values }: PutArgs): EmbeddedSecret {
    return { kind: "embedded", store: this.#spec.name, values };
  }
}
