import type { Values } from "../fake-vault.ts";
import { echo, kept, valueToWrite, type Answer, type FakeProvider, type Make, type ValueInputs } from "./contract.ts";

/** The Vault provider, over a `FakeVault`. */
export const vault: FakeProvider = {
  resources: {
    "pulumi:providers:vault": echo,
    "vault:index/policy:Policy": echo,
    "vault:kubernetes/authBackendRole:AuthBackendRole": echo,
    "vault:kubernetes/authBackendConfig:AuthBackendConfig": echo,
    "vault:index/authBackend:AuthBackend": echo,
    "vault:index/mount:Mount": echo,
    "vault:index/audit:Audit": echo,
    "vault:kv/secretV2:SecretV2": (args) => secretV2(args),
  },
  functions: {
    "vault:generic/getSecret:getSecret": (inputs, world) => getSecret(inputs, world),
    "vault:kv/getSecretsListV2:getSecretsListV2": (inputs, world) => getSecretsListV2(inputs, world),
  },
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
  const value = valueToWrite(secretData, args);
  const version =
    value === undefined
      ? world.vault.version(`${mount}/${name}`)
      : world.vault.write(`${mount}/${name}`, JSON.parse(value) as Values);
  return { id: path, state: { ...kept(secretData, inputs), path, metadata: { version: String(version) } } };
};

const getSecret: Answer = (inputs, { vault: fake }) => {
  const { path = "" } = inputs as { readonly path?: string };
  const data = fake.held(path);
  return { path, id: path, data: strings(data ?? {}), dataJson: JSON.stringify(data) };
};

/** As the provider answers: what is no text becomes JSON. */
function strings(data: object): Readonly<Record<string, string>> {
  const entries = Object.entries(data).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(entries) as Readonly<Record<string, string>>;
}

const getSecretsListV2: Answer = (inputs, { vault: fake }) => {
  const { mount = "", name = "" } = inputs as { readonly mount?: string; readonly name?: string };
  const path = `${mount}/metadata/${name}`;
  return { mount, name, id: path, path, names: fake.list(mount, name) };
};
