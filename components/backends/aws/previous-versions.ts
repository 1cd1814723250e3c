import { shellWord } from "../../support/messages/config-command.ts";
import type { PreviousVersions } from "../backend.ts";
import type { AwsParameterStoreSpec } from "./parameter-store.ts";
import type { AwsSecretsManagerSpec } from "./secrets-manager.ts";

/** A single version of a parameter can't be deleted: `DeleteParameter` takes all of them. */
export function previousParameters({ region }: Pick<AwsParameterStoreSpec, "region">): PreviousVersions {
  return {
    kept: "it in the history, with the last 100 versions",
    disable: (name) =>
      `no command: the history can't be shortened; take ssm:GetParameterHistory from whoever need not read it, ` +
      `and see who may: aws ssm get-parameter-history --region ${region} --name ${shellWord(name)}`,
  };
}

/** A version without a label is deprecated: it can't be read by a label, and AWS deletes it. */
export function previousSecrets({ region }: Pick<AwsSecretsManagerSpec, "region">): PreviousVersions {
  return {
    kept: "it as AWSPREVIOUS until the next rotation",
    disable: (name) => {
      const secret = `--region ${region} --secret-id ${shellWord(name)}`;
      const version = `"$(aws secretsmanager list-secret-version-ids ${secret} --query "Versions[?contains(VersionStages, 'AWSPREVIOUS')].VersionId" --output text)"`;
      return `aws secretsmanager update-secret-version-stage ${secret} --version-stage AWSPREVIOUS --remove-from-version-id ${version}`;
    },
  };
}
