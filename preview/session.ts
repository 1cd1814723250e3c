import { output, secret, unknown, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { OwnedObject, PutArgs, StateResource, StoredObject, StoreSession } from "../components/stores/contract.ts";
import type { RemoteObject } from "../components/stores/layout.ts";

/** A session that registers what the real one registers, and asks the store nothing. */
export class OfflineSession implements StoreSession {
  readonly options: CustomResourceOptions;
  readonly #session: StoreSession;
  readonly #held: ReadonlySet<string>;

  /** @param held remote names that exist, as far as the facts say so. */
  constructor(session: StoreSession, held: readonly string[]) {
    this.#session = session;
    this.#held = new Set(held);
    this.options = session.options;
  }

  existing(remoteNames: readonly string[]): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(remoteNames.filter((name) => this.#held.has(name))));
  }

  owned(state: readonly StateResource[]): ReadonlyMap<string, OwnedObject> {
    return this.#session.owned(state);
  }

  healing(remoteName: string): string {
    return this.#session.healing(remoteName);
  }

  /** What a store holds is not known before it is asked. */
  read(): Output<string | undefined> {
    return secret(output(unknown as unknown as string));
  }

  put(name: string, args: PutArgs): StoredObject {
    return this.#session.put(name, args);
  }

  reference(name: string, object: RemoteObject): StoredObject {
    return this.#session.reference(name, object);
  }
}
