import { shellWord } from "../../support/messages/config-command.ts";
import type { PreviousVersions } from "../backend.ts";
import type { AzureKeyVaultSpec } from "./key-vault.ts";

/** Old versions stay for good, and are read by their id; a single one can be disabled, and not deleted. */
export function previousVaultSecrets({ vault }: Pick<AzureKeyVaultSpec, "vault">): PreviousVersions {
  return {
    kept: "it as an older version",
    disable: (name) =>
      `az keyvault secret list-versions --vault-name ${vault} --name ${shellWord(name)} --query "sort_by([], &attributes.created)[:-1].id" --output tsv | ` +
      "xargs -n 1 az keyvault secret set-attributes --enabled false --output none --id",
  };
}
