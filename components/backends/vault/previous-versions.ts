import { shellWord } from "../../support/messages/config-command.ts";
import type { PreviousVersions } from "../backend.ts";
import type { VaultKvSpec } from "./kv.ts";

/** Vault keeps a number of versions, of which each can be destroyed. */
export function previousKvVersions({
  address,
  mount,
  namespace,
  maxVersions,
}: Pick<VaultKvSpec, "address" | "mount" | "namespace" | "maxVersions">): PreviousVersions {
  return {
    kept: `it among the last ${maxVersions} versions`,
    disable: (name) => {
      const at = [
        `-address=${shellWord(address)}`,
        ...(namespace === undefined ? [] : [`-namespace=${shellWord(namespace)}`]),
        `-mount=${shellWord(mount)}`,
      ].join(" ");
      const versions = `"$(vault kv metadata get ${at} -format=json ${shellWord(name)} | jq -r '.data | [.versions | keys[] | tonumber] - [.current_version] | join(",")')"`;
      return `vault kv destroy ${at} -versions=${versions} ${shellWord(name)}`;
    },
  };
}
