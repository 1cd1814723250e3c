import type { AzureKeyVaultSpec } from "../../../../components/backends/azure/key-vault.ts";
import { stateResource } from "../../../support/fixtures.ts";
import { fakeKeyVaultApi, tenant, vaultIdOf } from "../../../support/providers/azure.ts";
import type { Row } from "./row.ts";

/** A vault that somebody else made. */
export const azureSpec: AzureKeyVaultSpec = {
  kind: "azure-key-vault",
  name: "main",
  ...tenant,
  resourceGroup: "secrets",
  identityResourceGroup: "identities",
  vault: "kv-acme",
  vaultSuffix: "vault.azure.net",
  location: "westeurope",
  layout: "per-key",
  grantDeployer: true,
  tags: { team: "ml" },
};

const type = "azure-native:keyvault:Secret";

export const azureKeyVault: Row = {
  spec: azureSpec,
  facts: {
    kind: "azure-key-vault",
    ...tenant,
    resourceGroup: "secrets",
    identityResourceGroup: "identities",
    vault: "kv-acme",
    location: "westeurope",
    tags: { team: "ml" },
  },
  place: ["kv-acme", "vault.azure.net"],
  ports: [443],
  billed: true,
  resource: type,
  takesOver: (name) => ({ type, importId: `${vaultIdOf("kv-acme")}/secrets/${name}` }),
  prepares: ["azure-native:authorization:RoleAssignment main/deployer"],
  keyVaultApi: fakeKeyVaultApi,
  chosenNames: { "shop/db": "Shop-DB", "shop/db/password": "Shop--Password-", "shop/db/username": "1user" },
  functionsThatRead: [],
  changeByHand: ({ memory }, name, payload) => memory.write("azure-key-vault", name, payload),
  deleteByHand: ({ memory }, name) => memory.delete("azure-key-vault", name),
  foreign: [
    ...[
      "https://kv-other.vault.azure.net/secrets/theirs",
      "https://kv-acme.vault.azure.cn/secrets/theirs",
      "no URL",
    ].map((secretUri, index) =>
      stateResource({ name: `elsewhere-${index}`, type, names: { name: "theirs", secretUri } }),
    ),
    stateResource({ name: "no-uri", type, names: { name: "theirs" } }),
    stateResource({
      name: "other-type",
      type: "azure-native:keyvault:Key",
      names: { secretUri: "https://kv-acme.vault.azure.net/secrets/theirs" },
    }),
  ],
};
