import type { NotAsked, Told } from "../examiner.ts";
import { toldAs, type OldVersions } from "../old-versions.ts";
import { awsQuestions, callerAccount, removeStage } from "./client.ts";
import type { AwsParameterStoreSpec } from "./parameter-store.ts";
import type { AwsSecretsManagerSpec } from "./secrets-manager.ts";

type Variable = (name: string) => string | undefined;

/** The label that a version gets when another one becomes the current one. */
const previous = "AWSPREVIOUS";

/** Opens a store on AWS for its old versions, with the credentials that AWS's own tools would find. */
export async function open(
  spec: AwsParameterStoreSpec | AwsSecretsManagerSpec,
  variable: Variable,
): Promise<OldVersions | NotAsked> {
  if (spec.kind === "aws-parameter-store") {
    return {
      reason:
        "the history of Parameter Store can't be disabled or shortened; whoever has no ssm:GetParameterHistory can't read it",
    };
  }
  const account = await callerAccount(spec, variable);
  if (!("value" in account)) return { reason: "refused" in account ? account.refused : "AWS knows no such caller" };
  if (account.value !== spec.accountId) {
    return {
      reason: `these credentials are of account ${account.value}, and the store is in account ${spec.accountId}`,
    };
  }
  const { secret } = awsQuestions(spec, variable);
  return awsOldVersions({
    stages: async (name) => toldAs(await secret(name), ({ stages }) => stages),
    removeStage: (name, version) => removeStage(spec, variable, { name, version, stage: previous }),
  });
}

/** What Secrets Manager is asked and told. */
export interface StageCalls {
  /** Labels by version. */
  readonly stages: (name: string) => Promise<Told<Readonly<Record<string, readonly string[]>>>>;
  /** Takes the label of the previous version from a version. */
  readonly removeStage: (name: string, version: string) => Promise<Told<true>>;
}

/**
 * A version without a label is deprecated: no label leads to it, and AWS deletes it. One that has another label than that of the
 * previous version is somebody's: the current one, one that is pending, or one that a label of theirs names.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
 */
export function awsOldVersions({ stages, removeStage: remove }: StageCalls): OldVersions {
  return {
    list: async (object) =>
      toldAs(await stages(object), (found) =>
        Object.entries(found).flatMap(([version, labels]) =>
          labels.length === 1 && labels[0] === previous ? [version] : [],
        ),
      ),
    disable: remove,
  };
}
