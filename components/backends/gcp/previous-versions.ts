import { shellWord } from "../../support/messages/config-command.ts";
import type { PreviousVersions, StoreChoices } from "../backend.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";

/** What becomes of an old version follows from the policy. */
export function previousSecretVersions(
  { project, versionDestroyDays }: Pick<GcpSecretManagerSpec, "project" | "versionDestroyDays">,
  { retain }: Pick<StoreChoices, "retain">,
): PreviousVersions {
  if (!retain) {
    return versionDestroyDays === 0
      ? { kept: "nothing of it: its version is destroyed" }
      : { kept: `it as a disabled version, which is destroyed after ${versionDestroyDays} days` };
  }
  return {
    kept: "it as an older version",
    disable: (name) => {
      const secret = `${shellWord(name)} --project=${project}`;
      return (
        `gcloud secrets versions list ${secret} --filter=state=enabled --sort-by=~createTime --format="value(name)" | tail -n +2 | ` +
        `xargs -n 1 gcloud secrets versions destroy --quiet --secret=${secret}`
      );
    },
  };
}
