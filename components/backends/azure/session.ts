import { all, runtime, secret, type CustomResourceOptions, type ErrorHook } from "@pulumi/pulumi";
import type { Output } from "@pulumi/pulumi";
import { getClientToken } from "@pulumi/azure-native/authorization/getClientToken.js";
import { getSecret, getSecretOutput } from "@pulumi/azure-native/keyvault/getSecret.js";
import { getVault } from "@pulumi/azure-native/keyvault/getVault.js";
import { Secret } from "@pulumi/azure-native/keyvault/secret.js";
import { Provider } from "@pulumi/azure-native/provider.js";
import { messageOf, StoreError } from "../../support/errors.ts";
import { onlyInputs } from "../../support/provider-inputs.ts";
import { openKeyVaultApi, refusalOf, type KeyVaultApi } from "./key-vault-client.ts";
import { advice, rightsHook, withRights } from "./rights.ts";
import { prepareVault, type PreparedVault } from "./vault.ts";
import { azureClouds, vaultSecretId, vaultUrl, type AzureKeyVaultSpec } from "./key-vault.ts";
import type { StateResource, StoredObject } from "../contract.ts";
import type { OpenArgs, OwnedObject, PutArgs, StoreBackend, StoreSession } from "../session.ts";
import { samePayload, type RemoteObject } from "../remote-object.ts";

/** Names asked one by one at a time, where the deployer may not list them yet. */
const atOnce = 20;

export const backend: StoreBackend<AzureKeyVaultSpec> = {
  open: (args) => new KeyVaultSession(args),
};

class KeyVaultSession implements StoreSession {
  readonly options: CustomResourceOptions;
  readonly #spec: AzureKeyVaultSpec;
  readonly #provider: Provider;
  readonly #api: KeyVaultApi;
  readonly #hook: ErrorHook;
  #prepared: PreparedVault | undefined;
  #exists: Promise<boolean> | undefined;
  #listing: Promise<ReadonlyMap<string, number | undefined> | undefined> | undefined;

  constructor({ spec, options, keyVaultApi = openKeyVaultApi }: OpenArgs<AzureKeyVaultSpec>) {
    const { subscriptionId, tenantId, location, vaultSuffix } = spec;
    this.#spec = spec;
    const args = { subscriptionId, tenantId, location, environment: azureClouds[vaultSuffix].provider };
    this.#provider = new Provider(spec.name, args, onlyInputs(args, options));
    this.options = { provider: this.#provider };
    // One way to sign in: the token that the data plane is asked with comes from Pulumi's provider.
    this.#api = keyVaultApi(spec, async (resource) => {
      const { token } = await getClientToken({ endpoint: resource }, { provider: this.#provider, async: true });
      return token;
    });
    this.#hook = rightsHook(spec);
  }

  prepare(): void {
    this.#vault();
  }

  get readableOncePrepared(): boolean {
    return this.#spec.create !== undefined || this.#spec.grantDeployer;
  }

  async existing(remoteNames: readonly string[]): Promise<ReadonlySet<string>> {
    if (!(await this.#vaultExists())) return new Set();
    const listed = await this.#listed();
    if (listed === undefined) return this.#askEach(remoteNames);
    return new Set(remoteNames.filter((name) => listed.has(name.toLowerCase())));
  }

  owned(state: readonly StateResource[]): ReadonlyMap<string, OwnedObject> {
    const { host } = new URL(vaultUrl(this.#spec));
    return new Map(
      state
        .filter(({ type }) => type === "azure-native:keyvault:Secret")
        .flatMap(({ name: resource, names: { secretUri }, outputs }): readonly (readonly [string, OwnedObject])[] => {
          if (secretUri === undefined || !URL.canParse(secretUri)) return [];
          const { hostname, pathname } = new URL(secretUri);
          const name = pathname.split("/")[2];
          if (hostname !== host || name === undefined) return [];
          return [[name, { resource, intact: () => this.#isIntact(name, outputs.apply(writtenProperties)) }]];
        }),
    );
  }

  healing(remoteName: string): string {
    const { vault } = this.#spec;
    const before = `${vaultUrl(this.#spec)}secrets/${remoteName}/<the last version of ours>`;
    return `az keyvault secret set --vault-name ${vault} --name ${remoteName} --value "$(az keyvault secret show --id ${before} --query value --output tsv)"`;
  }

  read(remoteName: string): Output<string | undefined> {
    return secret(this.#vault().ready.apply(() => this.#value(remoteName)));
  }

  put(name: string, { object, payload, owner, rotateBy, retain, adopt, options }: PutArgs): StoredObject {
    const { resourceGroup, vault, tags } = this.#spec;
    const stored = new Secret(
      name,
      {
        resourceGroupName: resourceGroup,
        vaultName: vault,
        secretName: object.name,
        properties: {
          value: secret(payload),
          contentType: object.layout === "bundle" ? "application/json" : "text/plain",
          // A reminder only: Key Vault gives out expired secrets, and sends an event when one is about to be.
          ...(rotateBy === undefined ? {} : { attributes: { expires: Date.parse(rotateBy) / 1000 } }),
        },
        tags: { ...tags, ...owner },
      },
      {
        ...options,
        provider: this.#provider,
        dependsOn: [...this.#vault().resources],
        retainOnDelete: retain,
        hooks: { onError: [this.#hook] },
        ...(adopt ? this.#takingOver(object) : {}),
      },
    );
    const version = stored.properties.apply(versionOf);
    const grant = { kind: "azure-key-vault", name: object.name, scope: stored.id } as const;
    return { object, grant, version, resources: [stored] };
  }

  reference(_: string, object: RemoteObject): StoredObject {
    const { resourceGroup, vault } = this.#spec;
    const found = getSecretOutput(
      { resourceGroupName: resourceGroup, vaultName: vault, secretName: object.name },
      { provider: this.#provider },
    );
    const grant = {
      kind: "azure-key-vault",
      name: object.name,
      scope: vaultSecretId(this.#spec, object.name),
    } as const;
    return { object, grant, version: found.properties.apply(versionOf), resources: [] };
  }

  /**
   * Pulumi's provider refuses to create what exists, so it is imported. Nothing is written by that: the provider never
   * learns the value, and a difference from what it can't see would fail. The next run writes the value once.
   */
  #takingOver({ name }: RemoteObject): CustomResourceOptions {
    return { import: vaultSecretId(this.#spec, name), ignoreChanges: ["properties", "tags"] };
  }

  /** The vault and the right to it, registered once it is known that nothing is refused. */
  #vault(): PreparedVault {
    // A preview needs no answer: whether a vault is made or recovered, it is created.
    const isDeleted = async () =>
      !runtime.isDryRun() &&
      !(await this.#vaultExists()) &&
      (await this.#explained("recovering", () => this.#api.isDeleted()));
    this.#prepared ??= prepareVault(
      this.#spec,
      { isDeleted, settle: (settings) => this.#api.settle(settings) },
      { provider: this.#provider },
    );
    return this.#prepared;
  }

  #vaultExists(): Promise<boolean> {
    this.#exists ??= this.#explained("looking for", async () => {
      const { resourceGroup, vault, create, name } = this.#spec;
      try {
        const { properties } = await getVault(
          { resourceGroupName: resourceGroup, vaultName: vault },
          { provider: this.#provider, async: true },
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
        `vault ${vault} goes by access policies: role assignments, which readers get, count for nothing there`,
        `az keyvault update --name ${vault} --enable-rbac-authorization true (docs/stores/azure-key-vault.md#access-policies)`,
      );
    });
    return this.#exists;
  }

  /** Names in lower case, which is how Key Vault compares them; `undefined` where the deployer may not list them yet. */
  #listed(): Promise<ReadonlyMap<string, number | undefined> | undefined> {
    this.#listing ??= this.#explained("listing names in", async () => {
      try {
        return new Map((await this.#api.list()).map(({ name, updated }) => [name.toLowerCase(), updated]));
      } catch (error) {
        if (refusalOf(error) === "rights" && this.#spec.grantDeployer) return undefined;
        throw error;
      }
    });
    return this.#listing;
  }

  /** Before the right is granted, the management plane tells of each name whether it is there. */
  async #askEach(remoteNames: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let start = 0; start < remoteNames.length; start += atOnce) {
      await Promise.all(
        remoteNames.slice(start, start + atOnce).map(async (name) => {
          if ((await this.#newest(name)) !== undefined) found.add(name);
        }),
      );
    }
    return found;
  }

  /** The newest version of a secret, from the management plane, which tells no value. */
  #newest(remoteName: string): Promise<string | undefined> {
    const { resourceGroup, vault } = this.#spec;
    return this.#explained(`looking for secret ${remoteName} in`, async () => {
      try {
        const { properties } = await getSecret(
          { resourceGroupName: resourceGroup, vaultName: vault, secretName: remoteName },
          { provider: this.#provider, async: true },
        );
        return versionOf(properties);
      } catch (error) {
        if (refusalOf(error) === "absent") return undefined;
        throw error;
      }
    });
  }

  #value(remoteName: string, version?: string): Promise<string | undefined> {
    return this.#explained(`reading secret ${remoteName} of`, () =>
      withRights(this.#spec, () => this.#api.get(remoteName, version)),
    );
  }

  /**
   * Azure never returns a value to Pulumi. So what was written last is a version: nothing was changed since when the time
   * of the last change or the newest version is still that one's; else the two versions are compared.
   */
  #isIntact(remoteName: string, written: Output<WrittenProperties>): Output<boolean> {
    return all([written, this.#vault().ready]).apply(async ([{ version, updated }]) => {
      const listed = (await this.#listed())?.get(remoteName.toLowerCase());
      if (listed !== undefined && listed === updated) return true;
      if ((await this.#newest(remoteName)) === version) return true;
      const [ours, theirs] = [await this.#value(remoteName, version), await this.#value(remoteName)];
      return ours !== undefined && theirs !== undefined && samePayload(ours, theirs);
    });
  }

  async #explained<T>(doing: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof StoreError) throw error;
      const { name, vault } = this.#spec;
      throw new StoreError(
        `stores.${name}`,
        `${doing} vault ${vault} failed: ${messageOf(error).trim().replace(/\.$/, "")}`,
        advice(refusalOf(error), this.#spec),
      );
    }
  }
}

interface WrittenProperties {
  readonly version: string;
  readonly updated: number | undefined;
}

interface Properties {
  readonly secretUriWithVersion?: string;
  readonly attributes?: { readonly updated?: number };
}

function writtenProperties(outputs: Readonly<Record<string, unknown>>): WrittenProperties {
  const properties = (outputs["properties"] ?? {}) as Properties;
  return { version: versionOf(properties), updated: properties.attributes?.updated };
}

/** `https://<vault>/secrets/<name>/<version>`. */
function versionOf({ secretUriWithVersion = "" }: Properties): string {
  return secretUriWithVersion.split("/")[5] ?? "unknown";
}
