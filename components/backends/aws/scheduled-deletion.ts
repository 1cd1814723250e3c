import type { ErrorHook } from "@pulumi/pulumi";
import { explainHook } from "../../support/explain-hook.ts";
import type { AwsSecretsManagerSpec } from "./secrets-manager.ts";
import { setCommand } from "../../support/messages/config-command.ts";

/**
 * Explains what to do when a name is still reserved by a deleted secret, of which AWS only reports that it is scheduled for
 * deletion. Restoring or discarding it is left to people. Created once per store.
 */
export function scheduledDeletionHook(spec: AwsSecretsManagerSpec): ErrorHook {
  // It is never tried again: the name is free in days, not in seconds.
  return explainHook(`explain-scheduled-deletion-${spec.name}`, ({ name, inputs, error }) => {
    const { name: remoteName = "" } = inputs as { readonly name?: string };
    return scheduledDeletionAdvice(spec, { resource: name, remoteName, error });
  });
}

/** What to do about a secret that could not be made, if its name was scheduled for deletion. Pure. */
export function scheduledDeletionAdvice(
  { name: store, region, recoveryWindowDays }: AwsSecretsManagerSpec,
  failed: { readonly resource: string; readonly remoteName: string; readonly error: string },
): string | undefined {
  if (!/scheduled for deletion/.test(failed.error)) return undefined;
  const { remoteName } = failed;
  const id = failed.resource.split("/").slice(0, 2).join("/");
  const secret = `--region ${region} --secret-id ${remoteName}`;
  return (
    `store ${store}: "${remoteName}" is scheduled for deletion, and its name is reserved for 7 to 30 days (currently ${recoveryWindowDays}).\n` +
    `  fix: to have the old value back: aws secretsmanager restore-secret ${secret}\n` +
    `       and then: ${setCommand(["adopt", id], true)}\n` +
    `       to give it up for ever: aws secretsmanager delete-secret ${secret} --force-delete-without-recovery`
  );
}
