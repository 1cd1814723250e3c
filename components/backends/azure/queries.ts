import type { Provider } from "@pulumi/azure-native/provider.js";
import { getSecret } from "@pulumi/azure-native/keyvault/getSecret.js";
import { getVault } from "@pulumi/azure-native/keyvault/getVault.js";
import { messageOf, StoreError } from "../../support/messages/errors.ts";
import { once } from "../../support/once.ts";
import { turns } from "../../support/turns.ts";
import type { Told } from "../examiner.ts";
import { labelTexts, type Labels } from "../labels.ts";
import { refusalOf, type KeyVaultApi } from "./key-vault-client.ts";
import type { AzureKeyVaultSpec } from "./key-vault.ts";
import { advice, withRights } from "./rights.ts";

/** Names that are queried in parallel, one request each, where the deployer may not list them yet. */
const atOnce = 20;

/** Queries to a vault. Failures name the store, the query and the fix. */
export interface VaultQueries {
  /** Whether the vault exists; queried once. A missing vault that this program does not create is a failure. */
  vaultExists(): Promise<boolean>;
  /** Whether the vault was deleted and can be recovered. */
  isDeleted(): Promise<boolean>;
  /**
   * When each secret was changed last, by name in lowercase, which is how Key Vault compares them; `undefined` where the
   * deployer may not list them yet. Asked once.
   */
  listed(): Promise<ReadonlyMap<string, number | undefined> | undefined>;
  /** Which of these names are there, by the management plane: for before the right to list is granted. */
  existingAmong(remoteNames: readonly string[]): Promise<ReadonlySet<string>>;
  /** The newest version of a secret, from the management plane, which returns no value. */
  newest(remoteName: string): Promise<string | undefined>;
  /** The tags of a secret, from the management plane. */
  tagsOf(remoteName: string): Promise<Told<Labels>>;
  /** Whether a secret has a version of this id. Asked once, without values. */
  versionsOf(remoteName: string): (version: string) => Promise<boolean>;
  /** A value; by default the newest. */
  value(remoteName: string, version?: string): Promise<string | undefined>;
}

export function vaultQueries(spec: AzureKeyVaultSpec, provider: Provider, api: KeyVaultApi): VaultQueries {
  const { resourceGroup, vault, create, name } = spec;
  const ask = <T>(doing: string, question: () => Promise<T>) => explained(spec, doing, question);

  async function goesByRoles(): Promise<boolean> {
    try {
      const { properties } = await getVault(
        { resourceGroupName: resourceGroup, vaultName: vault },
        { provider, async: true },
      );
      if (properties.enableRbacAuthorization === true) return true;
    } catch (error) {
      if (create !== undefined && refusalOf(error) === "absent" && !/ResourceGroupNotFound/.test(messageOf(error))) {
        return false;
      }
      throw error;
    }
    throw new StoreError(
      `stores.${name}`,
      `vault ${vault} uses access policies, so the namespaces' role assignments have no effect`,
      `az keyvault update --name ${vault} --enable-rbac-authorization true (docs/stores/azure-key-vault.md#access-policies)`,
    );
  }

  async function list(): Promise<ReadonlyMap<string, number | undefined> | undefined> {
    try {
      return new Map((await api.list()).map(({ name: each, updated }) => [each.toLowerCase(), updated]));
    } catch (error) {
      if (refusalOf(error) === "rights" && spec.grantDeployer) return undefined;
      throw error;
    }
  }

  const newest: VaultQueries["newest"] = (secretName) =>
    ask(`looking for secret ${secretName} in`, async () => {
      try {
        const { properties } = await getSecret(
          { resourceGroupName: resourceGroup, vaultName: vault, secretName },
          { provider, async: true },
        );
        return versionOf(properties);
      } catch (error) {
        if (refusalOf(error) === "absent") return undefined;
        throw error;
      }
    });

  return {
    vaultExists: once(() => ask("looking for", goesByRoles)),
    isDeleted: () => ask("recovering", () => api.isDeleted()),
    listed: once(() => ask("listing names in", list)),
    async existingAmong(remoteNames) {
      const turn = turns(atOnce);
      const versions = await Promise.all(remoteNames.map((each) => turn(() => newest(each))));
      return new Set(remoteNames.filter((_, index) => versions[index] !== undefined));
    },
    newest,
    async tagsOf(secretName) {
      const where = { resourceGroupName: resourceGroup, vaultName: vault, secretName };
      try {
        return { value: labelTexts((await getSecret(where, { provider, async: true })).tags) };
      } catch (error) {
        return refusalOf(error) === "absent" ? { absent: true } : { refused: messageOf(error) };
      }
    },
    versionsOf(remoteName) {
      const listed = once(() => ask(`listing versions of secret ${remoteName} of`, () => api.versions(remoteName)));
      return async (version) => (await listed()).includes(version);
    },
    value: (remoteName, version) =>
      ask(`reading secret ${remoteName} of`, () => withRights(spec, () => api.get(remoteName, version))),
  };
}

async function explained<T>(spec: AzureKeyVaultSpec, doing: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const { name, vault } = spec;
    throw new StoreError(
      `stores.${name}`,
      `${doing} vault ${vault} failed: ${messageOf(error).trim().replace(/\.$/, "")}`,
      advice(refusalOf(error), spec),
    );
  }
}

/** Metadata of a secret's newest version. */
export interface SecretProperties {
  readonly secretUriWithVersion?: string;
  readonly attributes?: { readonly updated?: number };
}

/** `https://<vault>/secrets/<name>/<version>`. */
export function versionOf({ secretUriWithVersion = "" }: SecretProperties): string {
  return secretUriWithVersion.split("/")[5] ?? "unknown";
}
