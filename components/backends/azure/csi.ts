import { objectsIn, type CsiAccess, type FileProblem, type MountedFile } from "../../secrets-store-csi/contract.ts";
import { yamlArray } from "../../secrets-store-csi/yaml.ts";
import { setCommand } from "../../support/messages/config-command.ts";
import { tokenExchangeAudience, type AzureLogin } from "./identity-rules.ts";
import { azureClouds, type AzureKeyVaultSpec } from "./key-vault.ts";

/** Key Vault, for the driver's provider for Azure. */
export const azureCsi: CsiAccess<AzureKeyVaultSpec, AzureLogin> = {
  provider: "azure",
  audience: () => tokenExchangeAudience,
  check: () => [],
  problems: bundleProblems,
  calls: objectsIn,
  parameters: (spec, login, { files }) => ({
    usePodIdentity: "false",
    ...(login.kind === "service-account" ? { clientID: login.clientId } : {}),
    tenantID: spec.tenantId,
    keyvaultName: spec.vault,
    cloudName: azureClouds[spec.vaultSuffix].csi,
    objects: yamlArray(
      files.map(({ name, object }) => ({ objectName: object.name, objectType: "secret", objectAlias: name })),
    ),
  }),
};

/** The provider writes an object as it is: it has no field for a key within (`pkg/provider/types/types.go`). */
function bundleProblems({ name: store }: AzureKeyVaultSpec, files: readonly MountedFile[]): readonly FileProblem[] {
  const bundles = files.filter(({ object }) => object.layout === "bundle");
  if (bundles.length === 0) return [];
  const names = [...new Set(bundles.map(({ object }) => object.name))];
  return [
    {
      problem: `takes single keys of ${names.join(", ")}, which store ${store} holds as JSON, and the driver's provider for Azure writes an object as a whole`,
      fix: `store each key separately: ${setCommand(["stores", store, "layout"], "per-key")}`,
    },
  ];
}
