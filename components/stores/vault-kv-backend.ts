import { all, output, secret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { getSecretsListV2 } from "@pulumi/vault/kv/getSecretsListV2.js";
import { getSecretV2Output } from "@pulumi/vault/kv/getSecretV2.js";
import { SecretV2 } from "@pulumi/vault/kv/secretV2.js";
import { Provider } from "@pulumi/vault/provider.js";
import { messageOf, StoreError } from "../support/errors.ts";
import type {
  OpenArgs,
  OwnedObject,
  PutArgs,
  StateResource,
  StoreBackend,
  StoredObject,
  StoreSession,
} from "./contract.ts";
import { samePayload, type RemoteObject } from "./layout.ts";
import type { VaultKvSpec } from "./vault-kv.ts";

/** Configuration key of the deployer's Vault token. Without it the provider reads `VAULT_TOKEN`. */
const tokenKey = "vaultToken";

export const backend: StoreBackend<VaultKvSpec> = {
  open: (args) => new VaultKvSession(args),
};

class VaultKvSession implements StoreSession {
  readonly options: CustomResourceOptions;
  readonly #spec: VaultKvSpec;
  readonly #provider: Provider;

  constructor({ spec, secretConfig, options }: OpenArgs<VaultKvSpec>) {
    const token = secretConfig(tokenKey);
    this.#spec = spec;
    this.#provider = new Provider(
      spec.name,
      {
        address: spec.address,
        ...(spec.namespace === undefined ? {} : { namespace: spec.namespace }),
        ...(token === undefined ? {} : { token }),
      },
      options,
    );
    this.options = { provider: this.#provider };
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
        .map(({ names: { path = "" }, outputs }) => {
          const name = path.slice(prefix.length);
          return [name, { intact: () => this.#holds(name, outputs.apply(writtenData)) }];
        }),
    );
  }

  healing(remoteName: string): string {
    return `vault kv rollback -mount=${this.#spec.mount} -version=<the last version of ours> ${remoteName}`;
  }

  read(remoteName: string): Output<string | undefined> {
    const found = getSecretV2Output({ mount: this.#spec.mount, name: remoteName }, { provider: this.#provider });
    return secret(found.data.apply((data) => JSON.stringify(data)));
  }

  put(name: string, { object, payload, owner, retain, options }: PutArgs): StoredObject {
    const { mount, maxVersions } = this.#spec;
    const stored = new SecretV2(
      name,
      {
        mount,
        name: object.name,
        dataJson: secret(payload),
        // Without this Vault keeps the versions and the metadata of a deleted secret, and a later `up` finds the name taken.
        deleteAllVersions: true,
        customMetadata: { maxVersions, data: { ...owner } },
      },
      {
        ...options,
        provider: this.#provider,
        retainOnDelete: retain,
        // Old and new object of a replacement share one path: deleting the old one last would delete the new value.
        deleteBeforeReplace: true,
      },
    );
    const version = output(stored.metadata).apply((metadata) => metadata?.["version"] ?? "unknown");
    return { ...this.#stored(object, version), resources: [stored] };
  }

  reference(_: string, object: RemoteObject): StoredObject {
    const found = getSecretV2Output({ mount: this.#spec.mount, name: object.name }, { provider: this.#provider });
    return this.#stored(object, found.createdTime);
  }

  #stored(object: RemoteObject, version: Output<string>): StoredObject {
    const grant = { kind: "vault-kv", mount: this.#spec.mount, path: object.name } as const;
    return { object, grant, version, resources: [] };
  }

  #holds(name: string, written: Output<string>): Output<boolean> {
    return all([written, this.read(name)]).apply(([ours, theirs]) => theirs !== undefined && samePayload(ours, theirs));
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
        `check the address, that the mount exists, and that the token may list metadata (VAULT_TOKEN, or pulumi config set --secret ${tokenKey})`,
      );
    }
  }
}

function writtenData({ dataJson }: Readonly<Record<string, unknown>>): string {
  return typeof dataJson === "string" ? dataJson : "{}";
}

function folderOf(remoteName: string): string {
  return remoteName.slice(0, remoteName.lastIndexOf("/"));
}
