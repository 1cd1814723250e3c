import type { Provider } from "@pulumi/aws/provider.js";
import { getSecret } from "@pulumi/aws/secretsmanager/getSecret.js";
import { getSecrets } from "@pulumi/aws/secretsmanager/getSecrets.js";
import { getSecretVersion } from "@pulumi/aws/secretsmanager/getSecretVersion.js";
import { getSecretVersions } from "@pulumi/aws/secretsmanager/getSecretVersions.js";
import { once } from "../../support/once.ts";
import { messageOf } from "../../support/messages/errors.ts";
import type { Told } from "../examiner.ts";
import type { Labels } from "../labels.ts";
import type { FoundObject } from "../survey.ts";
import { isNotFound, refused } from "./provider.ts";
import { idPrefix, secretArnPrefix, type AwsSecretsManagerSpec } from "./secrets-manager.ts";

/** A store, and the provider that asks it. */
export interface Account {
  readonly spec: AwsSecretsManagerSpec;
  readonly provider: Provider;
}

/**
 * One paged question for all names of an environment, with their ARNs, which end at random. Those that are scheduled for
 * deletion are not among them.
 */
export async function list(
  { spec, provider }: Account,
  prefix: string,
): Promise<readonly (readonly [string, FoundObject])[]> {
  try {
    const filters = [{ name: "name", values: [prefix] }];
    const { arns } = await getSecrets({ filters }, { provider, async: true });
    return arns.map((id) => [nameInArn(spec, id), { id }]);
  } catch (error) {
    throw refused(spec, `listing the names of secrets that begin with ${prefix}`, error);
  }
}

/** Name of a secret in its ARN, where a dash and six random characters follow it. */
function nameInArn(spec: AwsSecretsManagerSpec, arn: string): string {
  return arn.slice(secretArnPrefix(spec).length, -7);
}

/** The value that a secret has now; `undefined` where there is no secret, or no value. */
export async function held({ spec, provider }: Account, name: string): Promise<string | undefined> {
  try {
    const found = await getSecretVersion({ secretId: name }, { provider, async: true });
    // A value of bytes is in a field of its own, and the other one is empty then.
    return found.secretString === "" ? found.secretBinary : found.secretString;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw refused(spec, `reading secret "${name}"`, error);
  }
}

/** The tags of a secret, without its value. */
export async function tagsOf({ provider }: Account, name: string): Promise<Told<Labels>> {
  try {
    return { value: (await getSecret({ name }, { provider, async: true })).tags };
  } catch (error) {
    return isNotFound(error) ? { absent: true } : { refused: messageOf(error) };
  }
}

/** Whether a secret has a version, by its id or by a stage. Asked once, and only for names. */
export function versionsOf({ spec, provider }: Account, name: string): (version: string) => Promise<boolean> {
  const listed = once(async () => {
    try {
      return await getSecretVersions({ secretId: name, includeDeprecated: true }, { provider, async: true });
    } catch (error) {
      throw refused(spec, `listing the versions of secret "${name}"`, error);
    }
  });
  return async (version) => {
    const { versions } = await listed();
    return versions.some(({ versionId, versionStages }) =>
      version.startsWith(idPrefix) ? versionId === version.slice(idPrefix.length) : versionStages.includes(version),
    );
  };
}
