import { randomBytes } from "node:crypto";
import path from "node:path";
import { PRIVATE_MODE, readJson, writeJson } from "../../support/files.ts";
import { AZURE_SANDBOX } from "./directory.ts";

/** A JSON object as a client sent it. */
export type Properties = Record<string, unknown>;

/** One version of a secret. */
export interface SecretVersion {
  readonly version: string;
  readonly value: string;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes: SecretAttributes;
}

/** Times in seconds since 1970. */
export interface SecretAttributes {
  readonly enabled: boolean;
  readonly nbf?: number;
  readonly exp?: number;
  readonly created: number;
  readonly updated: number;
}

/** A secret: its name as it was first written, and its versions, the oldest first. */
export interface StoredSecret {
  readonly name: string;
  readonly versions: SecretVersion[];
  /** Recovered a moment ago: until then (ms) it can be neither read nor written. */
  recoveringUntil?: number;
}

/** A soft-deleted secret. Times in seconds. */
export interface DeletedSecret {
  readonly secret: StoredSecret;
  readonly deletedDate: number;
  readonly scheduledPurgeDate: number;
}

/** A vault with what is in it. Secrets are keyed by their name in lower case: names differ not by case. */
export interface StoredVault {
  readonly name: string;
  /** The resource ID as it was first written. */
  readonly id: string;
  location: string;
  tags: Record<string, string>;
  properties: Properties;
  readonly secrets: Record<string, StoredSecret>;
  readonly deletedSecrets: Record<string, DeletedSecret>;
}

/** A soft-deleted vault. */
export interface DeletedVault {
  readonly vault: StoredVault;
  readonly deletionDate: string;
  readonly scheduledPurgeDate: string;
}

/** A user-assigned identity. */
export interface StoredIdentity {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  tags: Record<string, string>;
  readonly clientId: string;
  readonly principalId: string;
  readonly federatedCredentials: Record<string, FederatedCredential>;
}

/** Which tokens of which issuer may be exchanged for an identity's. All three are compared exactly. */
export interface FederatedCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** A role assignment. */
export interface RoleAssignment {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly properties: Properties & { roleDefinitionId: string; principalId: string; principalType: string };
  /** When it counts (ms). */
  readonly effectiveAt: number;
}

/** A diagnostic setting: kept, and nothing is ever logged by it. */
export interface DiagnosticSetting {
  readonly id: string;
  readonly name: string;
  readonly properties: Properties;
}

/** Everything that the fake Azure knows. Resources are keyed by their ID in lower case, vaults by their name. */
export interface AzureState {
  /** Signs the access tokens that the fake issues, and takes them back by. */
  readonly signingKey: string;
  readonly resourceGroups: Record<string, { readonly name: string; readonly location: string }>;
  readonly vaults: Record<string, StoredVault>;
  readonly deletedVaults: Record<string, DeletedVault>;
  readonly identities: Record<string, StoredIdentity>;
  readonly roleAssignments: Record<string, RoleAssignment>;
  readonly diagnosticSettings: Record<string, DiagnosticSetting>;
}

/** The state and its file. */
export interface Store {
  readonly state: AzureState;
  /** Writes what has changed. Resolves when it is on disk: only then may a client hear that it was done. */
  readonly save: () => Promise<void>;
}

/** Reads the state below a folder, or starts an empty one. */
export async function openStore(folder: string): Promise<Store> {
  const file = path.join(folder, "state.json");
  const state = ((await readJson(file)) as AzureState | undefined) ?? emptyState();
  let writing: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  const save = (): Promise<void> => {
    // One write runs and one waits: all changes made meanwhile are in the one that waits.
    waiting ??= writing.then(() => {
      waiting = undefined;
      writing = writeJson(file, state, PRIVATE_MODE);
      return writing;
    });
    return waiting;
  };
  return { state, save };
}

/** A tenant with one resource group and nothing in it. */
export function emptyState(): AzureState {
  const { resourceGroup, location } = AZURE_SANDBOX;
  return {
    signingKey: randomBytes(32).toString("base64url"),
    resourceGroups: { [resourceGroup]: { name: resourceGroup, location } },
    vaults: {},
    deletedVaults: {},
    identities: {},
    roleAssignments: {},
    diagnosticSettings: {},
  };
}
