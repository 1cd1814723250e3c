import type { OpenKeyVaultApi } from "../../../components/backends/azure/key-vault-client.ts";
import { deployerId, secretProperties, vaultId, writtenAt } from "../../../preview/answers/azure.ts";
import { accounts, tenant } from "./accounts.ts";
import { clear, echo, type FakeResources, type Inputs, type Make, type Overrides, type World } from "./contract.ts";

export { deployerId, tenant };
export const newVault = "kv-new";
/** Vaults that exist once they were made, that of the environment staging among them; any other always does. */
const newVaults: readonly string[] = [newVault, "mlops-staging-kv"];

/** The provider of Azure, over a `RemoteMemory`. */
export const azure: FakeResources = {
  "pulumi:providers:azure-native": echo,
  "azure-native:authorization:RoleAssignment": echo,
  "azure-native:keyvault:Secret": (args) => secret(args),
  "azure-native:keyvault:Vault": (args) => vault(args),
  "azure-native:managedidentity:FederatedIdentityCredential": echo,
  "azure-native:managedidentity:UserAssignedIdentity": ({ inputs }) => ({
    id: String(inputs["resourceName"]),
    state: {
      ...inputs,
      name: inputs["resourceName"],
      clientId: `client of ${String(inputs["resourceName"])}`,
      principalId: `principal of ${String(inputs["resourceName"])}`,
    },
  }),
  "azure-native:monitor:DiagnosticSetting": echo,
};

export const azureOverrides: Overrides = {
  "azure-native:authorization:getClientToken": (inputs, world) => ({ token: tokenFor(inputs, world) }),
  "azure-native:keyvault:getVault": (inputs, { memory }, asInPreview) => {
    const vaultName = String(inputs["vaultName"]);
    if (newVaults.includes(vaultName) && memory.read(kind, `vault/${vaultName}`) === undefined) {
      throw new Error(
        `Status=404 Code="ResourceNotFound" Message="The Resource 'Microsoft.KeyVault/vaults/${vaultName}' was not found."`,
      );
    }
    const found = asInPreview() as { readonly properties: object };
    return {
      ...found,
      properties: { ...found.properties, enableRbacAuthorization: !vaultName.endsWith("-policies") },
    };
  },
};

const kind = "azure-key-vault";

/** Resource id of a vault. */
export function vaultIdOf(name: string, group = "secrets"): string {
  return vaultId(accounts, group, name);
}

const vault: Make = ({ inputs, world }) => {
  if (world.preview) return { id: undefined, state: { ...inputs } };
  const name = String(inputs["vaultName"]);
  world.memory.write(kind, `vault/${name}`, "");
  return { id: vaultIdOf(name, String(inputs["resourceGroupName"])), state: { ...inputs, name } };
};

const secret: Make = ({ inputs, world }) => {
  const { vaultName, resourceGroupName, secretName, properties, tags } = inputs as {
    readonly vaultName: string;
    readonly resourceGroupName: string;
    readonly secretName: string;
    readonly properties: Inputs;
    readonly tags: Inputs;
  };
  if (world.preview) return { id: undefined, state: {} };
  world.memory.label(kind, secretName, tags as Readonly<Record<string, string>>);
  const version = world.memory.write(kind, secretName, clear(properties["value"]));
  const id = `${vaultIdOf(vaultName, resourceGroupName)}/secrets/${secretName}`;
  // As Azure answers: everything but the value.
  return {
    id,
    state: { name: secretName, tags, properties: secretProperties(accounts, vaultName, secretName, version) },
  };
};

const worlds: World[] = [];

/** A token that tells in which world it was given out. */
function tokenFor({ endpoint }: Inputs, world: World): string {
  if (!worlds.includes(world)) worlds.push(world);
  return `${worlds.indexOf(world)} ${String(endpoint)}`;
}

/** Fake of a vault's data plane, over the `RemoteMemory` of the run that the token is from. It knows newest versions only. */
export const fakeKeyVaultApi: OpenKeyVaultApi = (spec, token) => {
  const memory = async () => {
    const [world, resource] = (await token(`https://${spec.vaultSuffix}`)).split(" ");
    const found = worlds[Number(world)];
    if (found === undefined || resource !== `https://${spec.vaultSuffix}`) throw new Error("the token is another's");
    return found.memory;
  };
  return {
    async list() {
      const held = await memory();
      const names = held.names(kind).filter((name) => !name.startsWith("vault/"));
      return names.map((name) => ({ name, updated: writtenAt(held.read(kind, name)?.version ?? 0) }));
    },
    async versions(name) {
      const held = (await memory()).read(kind, name);
      return held === undefined ? [] : [String(held.version)];
    },
    async get(name, version) {
      const held = (await memory()).read(kind, name);
      return version === undefined || version === String(held?.version) ? held?.payload : undefined;
    },
    isDeleted: () => Promise.resolve(false),
    settle: () => Promise.reject(new Error("nothing was recovered")),
  };
};
