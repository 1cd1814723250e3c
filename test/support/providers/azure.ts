import type { OpenKeyVaultApi } from "../../../components/backends/azure/key-vault-client.ts";
import { clear, echo, type Answer, type FakeProvider, type Inputs, type Make, type World } from "./contract.ts";

/** The tenant and subscription that the mocks answer for. */
export const tenant = {
  subscriptionId: "11111111-1111-4111-8111-111111111111",
  tenantId: "22222222-2222-4222-8222-222222222222",
} as const;
export const deployerId = "33333333-3333-4333-8333-333333333333";
export const newVault = "kv-new";
/** Vaults that exist once they were made, that of the environment staging among them; any other always does. */
const newVaults: readonly string[] = [newVault, "mlops-staging-kv"];

/** The provider of Azure, over a `RemoteMemory`. */
export const azure: FakeProvider = {
  resources: {
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
  },
  functions: {
    "azure-native:authorization:getClientConfig": () => ({ ...tenant, clientId: deployerId, objectId: deployerId }),
    "azure-native:authorization:getClientToken": (inputs, world) => ({ token: tokenFor(inputs, world) }),
    "azure-native:keyvault:getSecret": (inputs, world) => getSecret(inputs, world),
    "azure-native:keyvault:getVault": (inputs, world) => getVault(inputs, world),
  },
};

const kind = "azure-key-vault";

/** Resource id of a vault. */
export function vaultIdOf(name: string, group = "secrets"): string {
  return `/subscriptions/${tenant.subscriptionId}/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${name}`;
}

const vault: Make = ({ inputs, world }) => {
  if (world.preview) return { id: undefined, state: { ...inputs } };
  const name = String(inputs["vaultName"]);
  world.memory.write(kind, `vault/${name}`, "");
  return { id: vaultIdOf(name, String(inputs["resourceGroupName"])), state: { ...inputs, name } };
};

const getVault: Answer = (inputs, { memory }) => {
  const { vaultName, resourceGroupName } = inputs as { readonly vaultName: string; readonly resourceGroupName: string };
  if (newVaults.includes(vaultName) && memory.read(kind, `vault/${vaultName}`) === undefined) {
    throw new Error(
      `Status=404 Code="ResourceNotFound" Message="The Resource 'Microsoft.KeyVault/vaults/${vaultName}' was not found."`,
    );
  }
  return {
    id: vaultIdOf(vaultName, resourceGroupName),
    name: vaultName,
    properties: { ...tenant, enableRbacAuthorization: !vaultName.endsWith("-policies") },
  };
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
  const version = world.memory.write(kind, secretName, clear(properties["value"]));
  const id = `${vaultIdOf(vaultName, resourceGroupName)}/secrets/${secretName}`;
  // As Azure answers: everything but the value.
  return { id, state: { name: secretName, tags, properties: described(vaultName, secretName, version) } };
};

const getSecret: Answer = (inputs, { memory }) => {
  const { vaultName, secretName } = inputs as { readonly vaultName: string; readonly secretName: string };
  const held = memory.read(kind, secretName);
  if (held === undefined) {
    throw new Error(`Status=404 Code="SecretNotFound" Message="A secret with (name/id) ${secretName} was not found."`);
  }
  return { name: secretName, properties: described(vaultName, secretName, held.version) };
};

function described(vaultName: string, secretName: string, version: number): object {
  const secretUri = `https://${vaultName}.vault.azure.net/secrets/${secretName}`;
  return {
    secretUri,
    secretUriWithVersion: `${secretUri}/${version}`,
    attributes: { created: changedAt(version), updated: changedAt(version), enabled: true },
  };
}

/** Second at which a version was written. */
function changedAt(version: number): number {
  return 1_760_000_000 + version;
}

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
      return names.map((name) => ({ name, updated: changedAt(held.read(kind, name)?.version ?? 0) }));
    },
    async get(name, version) {
      const held = (await memory()).read(kind, name);
      return version === undefined || version === String(held?.version) ? held?.payload : undefined;
    },
    isDeleted: () => Promise.resolve(false),
    settle: () => Promise.reject(new Error("nothing was recovered")),
  };
};
