import {
  all,
  mergeOptions,
  output,
  secret,
  type CustomResourceOptions,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { getSecretsListV2 } from "@pulumi/vault/kv/getSecretsListV2.js";
import { SecretV2 } from "@pulumi/vault/kv/secretV2.js";
import { Provider } from "@pulumi/vault/provider.js";
import { setSecretCommand } from "../../support/messages/config-command.ts";
import { messageOf, StoreError } from "../../support/messages/errors.ts";
import { onlyInputs } from "../../support/provider-inputs.ts";
import { shortDigest } from "../../support/digest.ts";
import type { StateResource, StoredObject } from "../contract.ts";
import { inspectContents, versionOfReads } from "../references.ts";
import type { RemoteObject } from "../remote-object.ts";
import type { OpenArgs, PutArgs, StoreBackend, StoreSession } from "../session.ts";
import { foundNames, intactness, presentAmong, type OwnedObject, type Survey } from "../survey.ts";
import { isIntact, lastWritten, valueInputs, type LastWritten, type ValueInputs } from "../write-only.ts";
import { metadataText, optionsOver, type Metadata, type Options } from "./check-and-set.ts";
import { inspectVaultRole } from "./inspect-role.ts";
import { tokenKey } from "./token-key.ts";
import { credentialsGrant, vaultGrant, type VaultKvSpec } from "./kv.ts";
import { readVault, versionOf } from "./read.ts";
import { makeVaultSetup } from "./setup.ts";

/**
 * How long the token lives that the provider makes for a run. Its default, 20 minutes, is less than one in which Azure
 * takes its ten for a new right, and then again for the readers'; our jobs for `up` end after 60, all others after 90.
 * The child of a token that ends sooner ends with it, and Vault cuts what is over its own maximum (32 days by default):
 * neither is an error. Pulumi changes the setting in place: it replaces no provider (terraform-bridge: DiffConfig).
 */
const tokenSeconds = 2 * 60 * 60;

export const backend: StoreBackend<VaultKvSpec> = { open };

/** A Vault to query, and the provider to use. */
interface OpenVault {
  readonly spec: VaultKvSpec;
  /** Of the namespace with the secrets. */
  readonly provider: Provider;
}

function open({ spec, secretConfig, options, readLabels }: OpenArgs<VaultKvSpec>): StoreSession {
  const vault = { spec, provider: makeProvider(spec.name, spec, secretConfig(tokenKey), options) };
  const login = loginProvider(spec, secretConfig(tokenKey), options) ?? vault.provider;
  const held = (name: string, version?: string) => readVault(spec, vault.provider, name, version);
  const read = (name: string) => secret(readVault(spec, vault.provider, name).then((held) => held?.json));
  return {
    owned: (state) => owned(spec, state),
    existing: async (names) => {
      const folders = new Set(names.map((name) => folderOf(name)));
      const listed = await Promise.all([...folders].map((folder) => list(vault, folder)));
      return presentAmong(names, foundNames(listed.flat()));
    },
    restoreCommand: (name) =>
      `vault kv rollback -mount=${spec.mount} -version=<last version written by this program> ${name}`,
    read,
    inspect: (object) => inspectContents(object, async (version) => (await held(object.name, version))?.json),
    labelsOf: (name) => readLabels?.(name) ?? Promise.resolve({ absent: true }),
    inspectRole: (object) => inspectVaultRole(spec, vault.provider, issuedBy(object)),
    prepare(survey) {
      const { beforeWrites, beforeReaders } = makeVaultSetup(spec, secretConfig, { secrets: vault.provider, login });
      return {
        options: { provider: login, ...waitingFor(beforeReaders) },
        survey,
        read,
        put: (name, args) => put({ ...vault, survey, read, beforeWrites }, name, args),
        reference: (_, object, digestKey) => reference(vault, object, digestKey),
        issue: (object) => issue(spec, survey, object),
      };
    },
  };
}

/**
 * A provider of its own for the namespace that readers log in at, where it is not that of the secrets: what is called
 * `namespace` of a resource is below its provider's, and this one is above. The name says which namespace it is for, so
 * that another one takes another provider, and the engine makes roles and policies there before it removes the old ones:
 * a provider that is changed in place would leave them where nobody logs in any more.
 */
function loginProvider(
  spec: VaultKvSpec,
  token: Output<string> | undefined,
  options: CustomResourceOptions,
): Provider | undefined {
  const { namespace } = spec.auth;
  if (namespace === undefined) return undefined;
  const { namespace: _, ...vault } = spec;
  const place = namespace === "" ? vault : { ...vault, namespace };
  return makeProvider(`${spec.name}/login/${namespace === "" ? "root" : namespace}`, place, token, options);
}

function makeProvider(
  name: string,
  { address, namespace, caFile }: Pick<VaultKvSpec, "address" | "namespace" | "caFile">,
  token: Output<string> | undefined,
  options: CustomResourceOptions,
): Provider {
  const args = {
    address,
    maxLeaseTtlSeconds: tokenSeconds,
    ...(namespace === undefined ? {} : { namespace }),
    ...(caFile === undefined ? {} : { caCertFile: caFile }),
    ...(token === undefined ? {} : { token }),
  };
  return new Provider(name, args, onlyInputs(args, options));
}

function owned({ mount }: VaultKvSpec, state: readonly StateResource[]): ReadonlyMap<string, OwnedObject> {
  const prefix = `${mount}/data/`;
  return new Map(
    state
      .filter(({ type, names }) => type === "vault:kv/secretV2:SecretV2" && names.path?.startsWith(prefix))
      .map(({ name: resource, names, outputs: written }) => [
        (names.path ?? "").slice(prefix.length),
        { resource, names, written },
      ]),
  );
}

interface Prepared extends OpenVault {
  readonly survey: Survey;
  readonly read: (name: string) => Output<string | undefined>;
  readonly beforeWrites: readonly Resource[];
}

function put({ spec, provider, survey, read, beforeWrites }: Prepared, name: string, args: PutArgs): StoredObject {
  const { object, owner, retain } = args;
  const { mount, maxVersions, checkAndSet = false } = spec;
  const known = survey.owned.get(object.name);
  const writeOnly = spec.writeOnly === true;
  const customMetadata = { maxVersions, ...(checkAndSet ? { casRequired: true } : {}), data: { ...owner } };
  // Vault's provider may write the value whenever anything changes; so the number moves with the metadata too, and nobody
  // has to know whether the provider would write without.
  const value = valueInputs("dataJson", args, { writeOnly, besides: metadataText(customMetadata) });
  const stored = new SecretV2(
    name,
    {
      mount,
      name: object.name,
      ...value,
      // Without this, Vault keeps versions and metadata of a deleted secret, and a later `up` finds that the name exists.
      deleteAllVersions: true,
      customMetadata,
      ...(checkAndSet ? { options: versionToFind(known, args, customMetadata, value) } : {}),
    },
    {
      ...mergeOptions(args.options, waitingFor(beforeWrites)),
      provider,
      retainOnDelete: retain,
      // Where old and new object are one, deleting the old one last would delete the new value. Anywhere else the new one
      // comes first: deleted before, it would take the ExternalSecrets that read it along, and Secrets would be gone.
      deleteBeforeReplace: known !== undefined,
      // A plain write overwrites an existing object, but a check-and-set write needs its version, which no function returns.
      ...(checkAndSet && survey.untracked.has(object.name) ? adoptionOptions(mount, object.name) : {}),
    },
  );
  return {
    object,
    grant: vaultGrant(spec, object),
    version: output(stored.metadata).apply((metadata) => metadata?.["version"] ?? "unknown"),
    resources: [stored],
    ...intactness(known, (written) =>
      isIntact({ held: read(object.name), last: written.apply(lastInVault), put: args, writeOnly }),
    ),
  };
}

function lastInVault(outputs: Readonly<Record<string, unknown>>): LastWritten {
  const metadata = outputs["customMetadata"] as Partial<Metadata> | undefined;
  return { ...lastWritten("dataJson", outputs), besides: metadataText(metadata) };
}

/**
 * The version that a write must find: none for a new object, else the one that was written last. In `options`, because
 * Vault looks for it there; the provider sends its own `cas` elsewhere.
 */
function versionToFind(
  known: OwnedObject | undefined,
  { payload }: PutArgs,
  metadata: Metadata,
  value: ValueInputs<"dataJson">,
): Options | Output<Options> {
  if (known?.written === undefined) return { cas: "0" };
  return all([known.written, payload, value.dataJsonWoVersion]).apply(([old, ours, number]) =>
    optionsOver(old, ours, metadata, number),
  ) as Output<Options>;
}

function reference({ spec, provider }: OpenVault, object: RemoteObject, digestKey: () => Output<string>): StoredObject {
  const version = versionOfReads(object, (pinned) => {
    // What a version holds never changes.
    if (pinned !== undefined) return output(pinned);
    const found = readVault(spec, provider, object.name).then((held) => held ?? deleted(spec, object));
    return versionOf(object.name, secret(found), digestKey());
  });
  return { object, grant: vaultGrant(spec, object), version, resources: [] };
}

/** Credentials of a role that was surveyed. The version moves with the place alone: only the operator ever sees a value. */
function issue({ address, namespace = "" }: VaultKvSpec, { roles }: Survey, object: RemoteObject): StoredObject {
  const role = roles?.get(object.name);
  if (role === undefined) throw new Error(`role of ${object.name} was not surveyed`);
  const version = output(shortDigest([address, namespace, object.name], 8));
  return { object, grant: credentialsGrant(issuedBy(object), role), version, resources: [] };
}

function issuedBy({ name, issued }: RemoteObject) {
  if (issued === undefined) throw new Error(`${name} is stored, not issued`);
  return issued;
}

function deleted({ name: store, address, mount }: VaultKvSpec, { name }: RemoteObject): never {
  throw new StoreError(
    `stores.${store}`,
    `the newest version of "${name}" in Vault at ${address} (mount ${mount}) is deleted`,
    `vault kv undelete -mount=${mount} -versions=<version> ${name} (vault kv metadata get -mount=${mount} ${name} lists them)`,
  );
}

async function list({ spec, provider }: OpenVault, folder: string): Promise<readonly string[]> {
  try {
    // Without a name, it lists the mount itself.
    const below = folder === "" ? {} : { name: folder };
    const { names } = await getSecretsListV2({ mount: spec.mount, ...below }, { provider, async: true });
    return names.map((name) => (folder === "" ? name : `${folder}/${name}`));
  } catch (error) {
    // terraform-provider-vault `kvListRequest`: an empty folder is this error, not an empty list.
    if (/no secrets? found at|no keys present/.test(messageOf(error))) return [];
    throw new StoreError(
      `stores.${spec.name}`,
      `listing names in Vault at ${spec.address} (mount ${spec.mount}) failed: ${messageOf(error)}`,
      /x509|certificate/i.test(messageOf(error))
        ? `name a file with the certificates that signed Vault's: stores.${spec.name}.caFile, or VAULT_CACERT`
        : `check the address, that the mount exists, and that the token may list metadata (VAULT_TOKEN, or ${setSecretCommand(tokenKey)})`,
    );
  }
}

/** As it is: the import would fail on any difference, so what differs is written by the next run. */
function adoptionOptions(mount: string, name: string): CustomResourceOptions {
  const value = ["dataJson", "dataJsonWo", "dataJsonWoVersion", "disableRead"];
  return {
    import: `${mount}/data/${name}`,
    ignoreChanges: ["customMetadata", "deleteAllVersions", "options", ...value],
  };
}

function waitingFor(resources: readonly Resource[]): CustomResourceOptions {
  return resources.length === 0 ? {} : { dependsOn: [...resources] };
}

/** The folder that a path is in: empty for the mount itself. */
function folderOf(remoteName: string): string {
  return remoteName.split("/").slice(0, -1).join("/");
}
