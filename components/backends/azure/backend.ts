import type { Backend } from "../backend.ts";
import { azureCsi } from "./csi.ts";
import { azureKeyVaultFacts, azureKeyVaultSpec } from "./facts.ts";
import { azureIdentities } from "./identities.ts";
import { azureKeyVaultRules, type AzureKeyVaultSpec } from "./key-vault.ts";
import { azureKnownErrors } from "./known-errors.ts";
import { previousVaultSecrets } from "./previous-versions.ts";
import { keyVaultTariff } from "./tariff.ts";

export const azureKeyVault: Backend<AzureKeyVaultSpec> = {
  ...azureKeyVaultRules,
  kind: "azure-key-vault",
  references: {
    alwaysJson: false,
    versions: "the id of a version (32 hexadecimal digits)",
    isVersion: (version) => /^[0-9a-f]{32}$/i.test(version),
    inOperatorWords: (version) => version.toLowerCase(),
    namesKeys: false,
  },
  facts: azureKeyVaultFacts,
  spec: azureKeyVaultSpec,
  place: ({ vault, vaultSuffix }) => [vault.toLowerCase(), vaultSuffix],
  factsByCluster: () => ({}),
  // Key Vault is a key store itself, sealed by its HSM.
  missingCustomerKeys: () => [],
  missingAuditLogs: ({ create }) =>
    create === undefined || create.auditWorkspaceId !== undefined
      ? []
      : [
          {
            fact: "create.auditWorkspaceId",
            wanted: "an audit log of every vault",
            fix: "az monitor log-analytics workspace show -g <group> -n <workspace> --query id",
          },
        ],
  previousVersions: previousVaultSecrets,
  reviewedClusters: () => [],
  ports: () => [443],
  // The vault, and its diagnostic setting.
  leftByDestroy: ({ create }) => ({
    store: create?.retain === true,
    auditLog: create?.retain === true && create.auditWorkspaceId !== undefined,
  }),
  madeElsewhere: ({ create: _, ...spec }) => ({ ...spec, grantDeployer: false }),
  secretKeys: [],
  operatorProvider: "azurekv",
  // Up to ten minutes for a role assignment ("Troubleshoot Azure RBAC"). The operator asks less and less often meanwhile,
  // after 164, 328 and 655 s at last.
  newRightsSeconds: 675,
  knownErrors: azureKnownErrors,
  numbersReferences: false,
  canonicalName: (name) => name.toLowerCase(),
  takesGenerated: false,
  // An identity, its trust in the account, and a role assignment for each secret.
  resources: {
    store: ({ create, grantDeployer }) =>
      (create === undefined ? 0 : 1) + (create?.auditWorkspaceId === undefined ? 0 : 1) + (grantDeployer ? 1 : 0),
    perObject: 1,
    reader: (_, { objects }) => 2 + objects,
  },
  tariff: keyVaultTariff,
  readsPer: "key",
  traits: ({ layout }) => ({ layout, locations: 1, customerKey: false, size: "standard" }),
  identity: azureIdentities,
  csi: azureCsi,
  loadExaminer: () => import("./examiner.ts"),
  loadOldVersions: () => import("./old-versions.ts"),
  loadSession: () => import("./session.ts"),
};
