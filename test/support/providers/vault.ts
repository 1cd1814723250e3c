import type { Values } from "../fake-vault.ts";
import { echo, kept, valueToWrite, type FakeResources, type Make, type ValueInputs } from "./contract.ts";

/** The Vault provider, over a `FakeVault`. */
export const vault: FakeResources = {
  "pulumi:providers:vault": echo,
  "vault:index/policy:Policy": echo,
  "vault:kubernetes/authBackendRole:AuthBackendRole": echo,
  "vault:appRole/authBackendRole:AuthBackendRole": echo,
  "vault:jwt/authBackend:AuthBackend": echo,
  "vault:jwt/authBackendRole:AuthBackendRole": echo,
  "vault:kubernetes/authBackendConfig:AuthBackendConfig": echo,
  "vault:index/authBackend:AuthBackend": echo,
  "vault:index/mount:Mount": echo,
  "vault:index/audit:Audit": echo,
  "vault:kv/secretV2:SecretV2": (args) => secretV2(args),
};

const secretData: ValueInputs = {
  type: "vault:kv/secretV2:SecretV2",
  plain: "dataJson",
  writeOnly: "dataJsonWo",
  number: "dataJsonWoVersion",
};

const secretV2: Make = (args) => {
  const { inputs, world } = args;
  const { mount, name } = inputs as { readonly mount: string; readonly name: string };
  const path = `${mount}/data/${name}`;
  if (world.preview) return { id: undefined, state: { ...inputs } };
  const { data = {} } = (inputs["customMetadata"] ?? {}) as { readonly data?: Readonly<Record<string, string>> };
  world.memory.label("vault-kv", name, data);
  const value = valueToWrite(secretData, args);
  const version =
    value === undefined
      ? world.vault.version(`${mount}/${name}`)
      : world.vault.write(`${mount}/${name}`, JSON.parse(value) as Values);
  return { id: path, state: { ...kept(secretData, inputs), path, metadata: { version: String(version) } } };
};
