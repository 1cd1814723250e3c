import type { OpenKeyVaultApi } from "../../../../components/backends/azure/key-vault-client.ts";
import type { StateResource } from "../../../../components/backends/contract.ts";
import type { RemoteStoreSpec } from "../../../../components/backends/index.ts";
import type { StoreChoices } from "../../../../components/backends/backend.ts";
import type { SecretAddress } from "../../../../components/support/naming.ts";
import type { FakeVault } from "../../../support/fake-vault.ts";
import type { RemoteMemory } from "../../../support/remote-memory.ts";

/** What is outside of the program, and outlives a run. */
export interface External {
  readonly vault: FakeVault;
  readonly memory: RemoteMemory;
}

/** What a kind of store must show. A new kind is one row. */
export interface Row {
  readonly spec: RemoteStoreSpec;
  /** Facts that make this spec, with `choices`. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** What tells it from other stores of its kind. */
  readonly place: readonly string[];
  /** TCP ports at which the operator reaches it. */
  readonly ports: readonly number[];
  /** Whether somebody sends a bill for it. */
  readonly billed: boolean;
  /** What answers where Pulumi's provider can't. */
  readonly keyVaultApi?: OpenKeyVaultApi;
  /** Whether labels are read by a client of our own. Default: Pulumi's provider tells them. */
  readonly readsLabels?: true;
  /** Type of the resource that holds a value. */
  readonly resource: string;
  /**
   * How an object that exists is taken over: by an ordinary write, or by what makes the provider accept that it exists: the
   * id that the resource of this type is imported by, or an input.
   */
  readonly takesOver:
    | "by writing"
    | ((remoteName: string) => {
        readonly type: string;
        readonly importId: string;
        readonly inputs?: Readonly<Record<string, unknown>>;
      });
  /** What is registered of the store itself when it is prepared: `<type> <name>`, sorted. Default: nothing. */
  readonly prepares?: readonly string[];
  /** An address that the kind must refuse, and the issue; none where it takes every legal one. */
  readonly refused?: { readonly address: SecretAddress; readonly path: string; readonly problem: string };
  /** Names that somebody else chose, as legal as they are unlike those that are made here: by entry of `remoteNames`. */
  readonly chosenNames: Readonly<Record<"shop/db" | "shop/db/password" | "shop/db/username", string>>;
  /** Functions of the provider that read a value. */
  readonly functionsThatRead: readonly string[];
  /** Changes an object behind the program's back. */
  readonly changeByHand: (external: External, remoteName: string, payload: string) => void;
  readonly deleteByHand: (external: External, remoteName: string) => void;
  /** Resources of a state that look like this store's and are not: another mount, account, project or vault. */
  readonly foreign: readonly StateResource[];
}

/** What the policy of the rows chooses. */
export const choices: StoreChoices = { retain: true, recoveryDays: 7, purgeProtection: true };

/** The address that every row is tried with. */
export const address: SecretAddress = {
  platform: "acme",
  environment: "dev",
  app: "shop",
  secret: "db",
  path: "shop/db",
};
