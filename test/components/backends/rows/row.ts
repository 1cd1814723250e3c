import type { OpenKeyVaultApi } from "../../../../components/backends/azure/key-vault-client.ts";
import type { StateResource, RemoteStoreSpec } from "../../../../components/backends/contract.ts";
import type { SecretAddress } from "../../../../components/support/naming.ts";
import type { FakeVault } from "../../../support/fake-vault.ts";
import type { RemoteMemory } from "../../../support/remote-memory.ts";

/** What is outside of the program, and outlives a run. */
export interface Outside {
  readonly vault: FakeVault;
  readonly memory: RemoteMemory;
}

/** What a kind of store must show. A new kind is one row. */
export interface Row {
  readonly spec: RemoteStoreSpec;
  /** What answers where Pulumi's provider can't. */
  readonly keyVaultApi?: OpenKeyVaultApi;
  /** Type of the resource that holds a value. */
  readonly resource: string;
  /** What is registered of the store itself when it is prepared: `<type> <name>`, sorted. Default: nothing. */
  readonly prepares?: readonly string[];
  /** An address that the kind must refuse, and the issue; none where it takes every legal one. */
  readonly refused?: { readonly address: SecretAddress; readonly path: string; readonly problem: string };
  /** Functions of the provider that read a value. */
  readonly functionsThatRead: readonly string[];
  /** Changes an object behind the program's back. */
  readonly changeByHand: (outside: Outside, remoteName: string, payload: string) => void;
  readonly deleteByHand: (outside: Outside, remoteName: string) => void;
  /** Resources of a state that look like this store's and are not: another mount, account, project or vault. */
  readonly foreign: readonly StateResource[];
}

/** The address that every row is tried with. */
export const address: SecretAddress = {
  platform: "acme",
  environment: "dev",
  app: "shop",
  secret: "db",
  path: "shop/db",
};
