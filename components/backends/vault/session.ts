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
import { SecretV2, type SecretV2Args } from "@pulumi/vault/kv/secretV2.js";
import { Provider } from "@pulumi/vault/provider.js";
import { messageOf, StoreError } from "../../support/errors.ts";
import { onlyInputs } from "../../support/provider-inputs.ts";
import type { StateResource, StoredObject } from "../contract.ts";
import type { OpenArgs, OwnedObject, PutArgs, StoreBackend, StoreSession } from "../session.ts";
import type { RemoteObject } from "../remote-object.ts";
import { metadataText, optionsOver, type Metadata, type Options } from "./check-and-set.ts";
import { vaultGrant, type VaultKvSpec } from "./kv.ts";
import { readVault, versionOf } from "./read.ts";
import { makeVaultSetup, type VaultSetup } from "./setup.ts";
import { WriteOnlyObjects, writtenNumber, type LastWritten } from "../write-only.ts";

/** Configuration key of the deployer's Vault token. Without it the provider reads `VAULT_TOKEN`. */
const tokenKey = "vaultToken";

/**
 * How long the token lives that the provider makes for a run. Its default, 20 minutes, is less than one in which Azure
 * takes its ten for a new right, and then again for the readers'; our jobs for `up` end after 60, all others after 90.
 * The child of a token that ends sooner ends with it, and Vault cuts what is over its own maximum (32 days by default):
 * neither is an error. Pulumi changes the setting in place: it replaces no provider (terraform-bridge: DiffConfig).
 */
const tokenSeconds = 2 * 60 * 60;

export const backend: StoreBackend<VaultKvSpec> = {
  open: (args) => new VaultKvSession(args),
};

class VaultKvSession implements StoreSession {
  readonly #spec: VaultKvSpec;
  readonly #provider: Provider;
  readonly #secretConfig: OpenArgs<VaultKvSpec>["secretConfig"];
  #setup: VaultSetup | undefined;
  /** What the state says of each object of ours. */
  readonly #written = new Map<string, StateResource["outputs"]>();
  readonly #writeOnly = new WriteOnlyObjects();

  constructor({ spec, secretConfig, options }: OpenArgs<VaultKvSpec>) {
    const token = secretConfig(tokenKey);
    this.#spec = spec;
    const args = {
      address: spec.address,
      maxLeaseTtlSeconds: tokenSeconds,
      ...(spec.namespace === undefined ? {} : { namespace: spec.namespace }),
      ...(spec.caFile === undefined ? {} : { caCertFile: spec.caFile }),
      ...(token === undefined ? {} : { token }),
    };
    this.#provider = new Provider(spec.name, args, onlyInputs(args, options));
    this.#secretConfig = secretConfig;
  }

  get options(): CustomResourceOptions {
    return { provider: this.#provider, ...waitingFor(this.#prepared().beforeReaders) };
  }

  prepare(): void {
    this.#prepared();
  }

  #prepared(): VaultSetup {
    this.#setup ??= makeVaultSetup(this.#spec, this.#secretConfig, { provider: this.#provider });
    return this.#setup;
  }

  async existing(remoteNames: readonly string[]): Promise<ReadonlySet<string>> {
    const folders = new Set(remoteNames.map((name) => folderOf(name)));
    const found = await Promise.all([...folders].map((folder) => this.#list(folder)));
    const present = new Set(found.flat());
    return new Set(remoteNames.filter((name) => present.has(name)));
  }

  owned(state: readonly StateResource[]): ReadonlyMap<string, OwnedObject> {
    const prefix = `${this.#spec.mount}/data/`;
    return new Map(
      state
        .filter(({ type, names }) => type === "vault:kv/secretV2:SecretV2" && names.path?.startsWith(prefix))
        .map(({ name: resource, names: { path = "" }, outputs }) => {
          const name = path.slice(prefix.length);
          this.#written.set(name, outputs);
          const intact = () => this.#writeOnly.intact(name, this.read(name), outputs.apply(lastWritten));
          return [name, { resource, intact }];
        }),
    );
  }

  healing(remoteName: string): string {
    return `vault kv rollback -mount=${this.#spec.mount} -version=<the last version of ours> ${remoteName}`;
  }

  read(remoteName: string): Output<string | undefined> {
    const found = readVault(this.#spec, this.#provider, remoteName);
    return secret(found.then((held) => held?.json));
  }

  put(name: string, args: PutArgs): StoredObject {
    const { object, owner, retain, adopt, options } = args;
    const { mount, maxVersions, checkAndSet = false } = this.#spec;
    const customMetadata = { maxVersions, ...(checkAndSet ? { casRequired: true } : {}), data: { ...owner } };
    const value = this.#value(args, customMetadata);
    const stored = new SecretV2(
      name,
      {
        mount,
        name: object.name,
        ...value,
        // Without this Vault keeps the versions and the metadata of a deleted secret, and a later `up` finds the name taken.
        deleteAllVersions: true,
        customMetadata,
        ...(checkAndSet ? over(this.#over(args, customMetadata, value)) : {}),
      },
      {
        ...mergeOptions(options, waitingFor(this.#prepared().beforeWrites)),
        provider: this.#provider,
        retainOnDelete: retain,
        // Where old and new object are one, deleting the old one last would delete the new value. Anywhere else the new one
        // comes first: deleted before, it would take the ExternalSecrets that read it along, and Secrets would be gone.
        deleteBeforeReplace: this.#written.has(object.name),
        // A plain write takes an object over, but not one that demands a version: no function of the provider tells which.
        ...(checkAndSet && adopt ? takenOver(mount, object.name) : {}),
      },
    );
    const version = output(stored.metadata).apply((metadata) => metadata?.["version"] ?? "unknown");
    return { ...this.#stored(object, version), resources: [stored] };
  }

  reference(_: string, object: RemoteObject, digestKey: () => Output<string>): StoredObject {
    const found = readVault(this.#spec, this.#provider, object.name).then((held) => held ?? this.#deleted(object));
    return this.#stored(object, versionOf(object.name, secret(found), digestKey()));
  }

  #deleted({ name }: RemoteObject): never {
    const { name: store, address, mount } = this.#spec;
    throw new StoreError(
      `stores.${store}`,
      `the newest version of "${name}" in Vault at ${address} (mount ${mount}) is deleted`,
      `vault kv undelete -mount=${mount} -versions=<version> ${name} (vault kv metadata get -mount=${mount} ${name} lists them)`,
    );
  }

  /**
   * The value: where the state must not hold it, in a field of its own with the number that tells that it moved. Vault's
   * provider may write the value whenever anything changes; so the number moves with the metadata too, and nobody has to
   * know whether the provider would write without.
   */
  #value(args: PutArgs, metadata: Metadata): Value {
    const value = secret(args.payload);
    if (this.#spec.writeOnly !== true) return { dataJson: value };
    return { dataJsonWo: value, dataJsonWoVersion: this.#writeOnly.number(args, metadataText(metadata)) };
  }

  /**
   * The version that a write must find: none for a new object, else the one that was written last. In `options`, because
   * Vault looks for it there; the provider sends its own `cas` elsewhere.
   */
  #over({ object, payload }: PutArgs, metadata: Metadata, value: Value): SecretV2Args["options"] {
    const written = this.#written.get(object.name);
    if (written === undefined) return { cas: "0" };
    return all([written, payload, value.dataJsonWoVersion]).apply(([old, ours, number]) =>
      optionsOver(old, ours, metadata, number),
    ) as Output<Options>;
  }

  #stored(object: RemoteObject, version: Output<string>): StoredObject {
    return { object, grant: vaultGrant(this.#spec, object), version, resources: [] };
  }

  async #list(folder: string): Promise<readonly string[]> {
    try {
      const { names } = await getSecretsListV2(
        { mount: this.#spec.mount, name: folder },
        { provider: this.#provider, async: true },
      );
      return names.map((name) => `${folder}/${name}`);
    } catch (error) {
      // terraform-provider-vault `kvListRequest`: an empty folder is this error, not an empty list.
      if (/no secrets? found at|no keys present/.test(messageOf(error))) return [];
      throw new StoreError(
        `stores.${this.#spec.name}`,
        `listing names in Vault at ${this.#spec.address} (mount ${this.#spec.mount}) failed: ${messageOf(error)}`,
        /x509|certificate/i.test(messageOf(error))
          ? `name a file with the certificates that signed Vault's: stores.${this.#spec.name}.caFile, or VAULT_CACERT`
          : `check the address, that the mount exists, and that the token may list metadata (VAULT_TOKEN, or pulumi config set --secret ${tokenKey})`,
      );
    }
  }
}

function over(options: SecretV2Args["options"]): Pick<SecretV2Args, "options"> {
  return options === undefined ? {} : { options };
}

/** As it is: the import would fail on any difference, so what differs is written by the next run. */
function takenOver(mount: string, name: string): CustomResourceOptions {
  const value = ["dataJson", "dataJsonWo", "dataJsonWoVersion", "disableRead"];
  return {
    import: `${mount}/data/${name}`,
    ignoreChanges: ["customMetadata", "deleteAllVersions", "options", ...value],
  };
}

function waitingFor(resources: readonly Resource[]): CustomResourceOptions {
  return resources.length === 0 ? {} : { dependsOn: [...resources] };
}

/** How a value is handed to the provider. */
type Value = Pick<SecretV2Args, "dataJson" | "dataJsonWo"> & { readonly dataJsonWoVersion?: Output<number> };

function lastWritten({ dataJson, dataJsonWoVersion, customMetadata }: Readonly<Record<string, unknown>>): LastWritten {
  return {
    payload: typeof dataJson === "string" ? dataJson : "{}",
    number: writtenNumber(dataJsonWoVersion),
    besides: metadataText(customMetadata as Partial<Metadata> | undefined),
  };
}

function folderOf(remoteName: string): string {
  return remoteName.slice(0, remoteName.lastIndexOf("/"));
}
