import { output, secret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { getSecretsListV2 } from "@pulumi/vault/kv/getSecretsListV2.js";
import { getSecretV2Output } from "@pulumi/vault/kv/getSecretV2.js";
import { SecretV2 } from "@pulumi/vault/kv/secretV2.js";
import { Provider } from "@pulumi/vault/provider.js";
import { messageOf, StoreError } from "../support/errors.ts";
import type { OpenArgs, PutArgs, RemoteSecret, StateResource, StoreBackend, StoreSession } from "./contract.ts";
import type { SecretValues } from "../values/values.ts";
import { vaultKvRules, type VaultKvSpec } from "./vault-kv.ts";

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

  owned(state: readonly StateResource[]): ReadonlyMap<string, SecretValues> {
    const prefix = `${this.#spec.mount}/data/`;
    return new Map(
      state
        .filter(({ type, path }) => type === "vault:kv/secretV2:SecretV2" && path?.startsWith(prefix))
        .map(({ path = "", outputs }) => [path.slice(prefix.length), outputs.apply(writtenData)]),
    );
  }

  healing(remoteName: string): string {
    return `vault kv rollback -mount=${this.#spec.mount} -version=<the last version of ours> ${remoteName}`;
  }

  read(remoteName: string): Output<Readonly<Record<string, string>> | undefined> {
    const found = getSecretV2Output({ mount: this.#spec.mount, name: remoteName }, { provider: this.#provider });
    return secret(found.data);
  }

  put(name: string, { candidate, values, owner, retain, options }: PutArgs): RemoteSecret {
    const { mount, maxVersions } = this.#spec;
    const remoteName = vaultKvRules.remoteName(this.#spec, candidate.address);
    const stored = new SecretV2(
      name,
      {
        mount,
        name: remoteName,
        dataJson: secret(values.apply((data) => JSON.stringify(data))),
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
    return {
      kind: "remote",
      store: this.#spec.name,
      remoteName,
      refs: Object.fromEntries(candidate.keys.map((key) => [key, { key: remoteName, property: key }])),
      bundle: remoteName,
      grant: { kind: "vault-kv", mount, path: remoteName },
      version: output(stored.metadata).apply((metadata) => metadata?.["version"] ?? "unknown"),
      resource: stored,
    };
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

function writtenData({ dataJson }: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return typeof dataJson === "string" ? (JSON.parse(dataJson) as Record<string, string>) : {};
}

function folderOf(remoteName: string): string {
  return remoteName.slice(0, remoteName.lastIndexOf("/"));
}
