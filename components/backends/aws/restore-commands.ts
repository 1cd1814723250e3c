import { restore } from "../examiner.ts";
import type { AwsParameterStoreSpec } from "./parameter-store.ts";
import type { AwsSecretsManagerSpec } from "./secrets-manager.ts";

const lastOfOurs = "<last version written by this program>";

/** Puts back a parameter that somebody wrote over. */
// The provider reads the value back, so a refresh sees the change and the update puts ours there again. It does not
// where the value is write-only.
export function parameterRestoreCommand({ region, writeOnly }: AwsParameterStoreSpec, name: string): string {
  if (writeOnly !== true) return restore;
  const get = `aws ssm get-parameter --region ${region} --with-decryption --query Parameter.Value --output text`;
  return (
    `aws ssm put-parameter --region ${region} --name ${name} --overwrite ` +
    `--value "$(${get} --name ${name}:${lastOfOurs})"`
  );
}

/**
 * Makes an earlier version of a secret the current one again.
 *
 * @param versions `to`: the id of the version, `from`: that of the current one. Default: the last one that was written here;
 * the one that is current when the command runs.
 */
// A refresh sees nothing: our version is still there, only no longer the current one.
export function secretRestoreCommand(
  { region }: AwsSecretsManagerSpec,
  name: string,
  { to = lastOfOurs, from }: { readonly to?: string | undefined; readonly from?: string } = {},
): string {
  const secretOf = `--region ${region} --secret-id ${name}`;
  const current = from ?? `$(aws secretsmanager get-secret-value ${secretOf} --query VersionId --output text)`;
  return (
    `aws secretsmanager update-secret-version-stage ${secretOf} --version-stage AWSCURRENT ` +
    `--move-to-version-id ${to} --remove-from-version-id ${current}`
  );
}
