import { all, output, runtime, secret, type CustomResourceOptions, type ErrorHook, type Output } from "@pulumi/pulumi";
import { getClientToken } from "@pulumi/azure-native/authorization/getClientToken.js";
import { getSecretOutput } from "@pulumi/azure-native/keyvault/getSecret.js";
import { Secret } from "@pulumi/azure-native/keyvault/secret.js";
import { Provider } from "@pulumi/azure-native/provider.js";
import { onlyInputs } from "../../support/provider-inputs.ts";
import type { StateResource, StoredObject } from "../contract.ts";
import { inspectVersions, versionOfReads } from "../references.ts";
import { samePayload, type RemoteObject } from "../remote-object.ts";
import { azureGrant } from "./grant.ts";
import type { OpenArgs, PutArgs, StoreBackend, StoreSession } from "../session.ts";
import { foundNames, intactness, type OwnedObject, type Survey } from "../survey.ts";
import { openKeyVaultApi, type OpenKeyVaultApi } from "./key-vault-client.ts";
import { secretRestoreCommand, azureClouds, vaultSecretId, vaultUrl, type AzureKeyVaultSpec } from "./key-vault.ts";
import { vaultQueries, versionOf, type SecretProperties, type VaultQueries } from "./queries.ts";
import { rightsHook } from "./rights.ts";
import { prepareVault, type PreparedVault } from "./vault.ts";

export const backend: StoreBackend<AzureKeyVaultSpec> = { open };

interface AzureOpenArgs extends OpenArgs<AzureKeyVaultSpec> {
  /** What answers for the vault where Pulumi's provider can't. Default: the vault itself. */
  readonly keyVaultApi?: OpenKeyVaultApi;
}

function open({ spec, options, keyVaultApi = openKeyVaultApi }: AzureOpenArgs): StoreSession {
  const provider = makeProvider(spec, options);
  // One way to sign in: requests to the data plane use a token from Pulumi's provider.
  const api = keyVaultApi(
    spec,
    async (endpoint) => (await getClientToken({ endpoint }, { provider, async: true })).token,
  );
  const queries = vaultQueries(spec, provider, api);
  const awaitRights = rightsHook(spec);
  const rightsAreMade = spec.create !== undefined || spec.grantDeployer;
  return {
    owned: (state) => owned(spec, state),
    existing: async (names) => {
      if (!(await queries.vaultExists())) return new Map();
      const listed = await queries.listed();
      return foundNames(
        listed === undefined
          ? await queries.existingAmong(names)
          : names.filter((name) => listed.has(name.toLowerCase())),
      );
    },
    // A deleted secret keeps its name, and takes no version, until it is recovered or purged.
    needsObject: true,
    restoreCommand: (name) => secretRestoreCommand(spec, name),
    inspect: (object) => inspectVersions(object, queries.versionsOf(object.name)),
    labelsOf: (name) => queries.tagsOf(name),
    ...(rightsAreMade ? {} : { read: (name: string) => secret(queries.value(name)) }),
    prepare(survey) {
      // A preview needs no answer: whether a vault is made or recovered, it is created.
      const isDeleted = async () =>
        !runtime.isDryRun() && !(await queries.vaultExists()) && (await queries.isDeleted());
      const vault = prepareVault(spec, { isDeleted, settle: (settings) => api.settle(settings) }, { provider });
      return {
        options: { provider },
        survey,
        read: (name) => secret(vault.ready.apply(() => queries.value(name))),
        put: (name, args) => put({ spec, provider, queries, awaitRights, vault, survey }, name, args),
        reference: (_, object) => reference(spec, provider, object),
      };
    },
  };
}

function makeProvider(spec: AzureKeyVaultSpec, options: CustomResourceOptions): Provider {
  const { subscriptionId, tenantId, location, vaultSuffix } = spec;
  const args = { subscriptionId, tenantId, location, environment: azureClouds[vaultSuffix].provider };
  return new Provider(spec.name, args, onlyInputs(args, options));
}

function owned(spec: AzureKeyVaultSpec, state: readonly StateResource[]): ReadonlyMap<string, OwnedObject> {
  const { host } = new URL(vaultUrl(spec));
  return new Map(
    state
      .filter(({ type }) => type === "azure-native:keyvault:Secret")
      .flatMap(({ name: resource, names, outputs: written }): readonly (readonly [string, OwnedObject])[] => {
        const { secretUri } = names;
        if (secretUri === undefined || !URL.canParse(secretUri)) return [];
        const { hostname, pathname } = new URL(secretUri);
        const name = pathname.split("/")[2];
        return hostname !== host || name === undefined ? [] : [[name, { resource, names, written }]];
      }),
  );
}

interface Prepared {
  readonly spec: AzureKeyVaultSpec;
  readonly provider: Provider;
  readonly queries: VaultQueries;
  readonly awaitRights: ErrorHook;
  /** The vault and the right to it. */
  readonly vault: PreparedVault;
  readonly survey: Survey;
}

function put(prepared: Prepared, name: string, args: PutArgs): StoredObject {
  const { spec, provider, awaitRights, vault, survey } = prepared;
  const { object, payload, owner, rotateBy, retain, options } = args;
  const stored = new Secret(
    name,
    {
      resourceGroupName: spec.resourceGroup,
      vaultName: spec.vault,
      secretName: object.name,
      properties: {
        value: secret(payload),
        contentType: object.layout === "bundle" ? "application/json" : "text/plain",
        // A reminder only: Key Vault still returns expired secrets, and sends an event before they expire.
        ...(rotateBy === undefined ? {} : { attributes: { expires: Date.parse(rotateBy) / 1000 } }),
      },
      tags: { ...spec.tags, ...owner },
    },
    {
      ...options,
      provider,
      dependsOn: [...vault.resources],
      retainOnDelete: retain,
      hooks: { onError: [awaitRights] },
      ...(survey.untracked.has(object.name) ? adoptionOptions(spec, object) : {}),
    },
  );
  return {
    object,
    grant: azureGrant(object.name, stored.id),
    version: stored.properties.apply(versionOf),
    resources: [stored],
    ...intactness(survey.owned.get(object.name), (written) => isIntact(prepared, args, written)),
  };
}

function reference(spec: AzureKeyVaultSpec, provider: Provider, object: RemoteObject): StoredObject {
  const newest = () =>
    getSecretOutput(
      { resourceGroupName: spec.resourceGroup, vaultName: spec.vault, secretName: object.name },
      { provider },
    ).properties.apply(versionOf);
  return {
    object,
    grant: azureGrant(object.name, vaultSecretId(spec, object.name)),
    version: versionOfReads(object, (version) => (version === undefined ? newest() : output(version))),
    resources: [],
  };
}

/**
 * Pulumi's provider refuses to create what exists, so it is imported. Nothing is written by that: the provider never
 * learns the value, and a difference from what it can't see would fail. The next run writes the value once.
 */
function adoptionOptions(spec: AzureKeyVaultSpec, { name }: RemoteObject): CustomResourceOptions {
  return { import: vaultSecretId(spec, name), ignoreChanges: ["properties", "tags"] };
}

/**
 * Azure never returns a value to Pulumi. So what was written last is a version: nothing was changed since when the time
 * of the last change or the newest version is still that one's; else the newest value is compared with that one's, and
 * with what this run writes: nothing orders this read before that write.
 */
function isIntact(
  { queries, vault }: Prepared,
  { object: { name }, payload }: PutArgs,
  written: StateResource["outputs"],
): Output<boolean> {
  return all([written.apply(writtenProperties), payload, vault.ready]).apply(
    async ([{ version, updated }, intended]) => {
      const listed = (await queries.listed())?.get(name.toLowerCase());
      if (listed !== undefined && listed === updated) return true;
      if ((await queries.newest(name)) === version) return true;
      const [last, theirs] = [await queries.value(name, version), await queries.value(name)];
      return theirs !== undefined && [last, intended].some((each) => each !== undefined && samePayload(each, theirs));
    },
  );
}

interface WrittenProperties {
  readonly version: string;
  readonly updated: number | undefined;
}

function writtenProperties(outputs: Readonly<Record<string, unknown>>): WrittenProperties {
  const properties = (outputs["properties"] ?? {}) as SecretProperties;
  return { version: versionOf(properties), updated: properties.attributes?.updated };
}
