import type { ErrorHook } from "@pulumi/pulumi";
import { explainHook } from "../../support/explain-hook.ts";
import type { AwsSecretsManagerSpec } from "./secrets-manager.ts";
import { setCommand } from "../../support/messages/config-command.ts";
import { retakeCommand } from "../retake.ts";

/**
 * Explains what to do when a name is taken: by a deleted secret, of which AWS only reports that it is scheduled for deletion,
 * or by one that was made anew while the state had the one before. Restoring, discarding and adopting are left to people. Created
 * once per store.
 */
export function scheduledDeletionHook(spec: AwsSecretsManagerSpec): ErrorHook {
  // It is never tried again: the name is free in days, not in seconds.
  return explainHook(`explain-scheduled-deletion-${spec.name}`, ({ name, inputs, error }) => {
    const { name: remoteName = "" } = inputs as { readonly name?: string };
    const failed = { resource: name, remoteName, error };
    return scheduledDeletionAdvice(spec, failed) ?? madeAnewAdvice(spec, failed);
  });
}

/** A secret that could not be made. */
interface NotMade {
  /** Name of its resource. */
  readonly resource: string;
  readonly remoteName: string;
  readonly error: string;
}

/** What to do about a secret that could not be made, if its name was scheduled for deletion. Pure. */
export function scheduledDeletionAdvice(
  { name: store, region, recoveryWindowDays }: AwsSecretsManagerSpec,
  failed: NotMade,
): string | undefined {
  if (!/scheduled for deletion/.test(failed.error)) return undefined;
  const { remoteName } = failed;
  const id = idOf(failed);
  const secret = `--region ${region} --secret-id ${remoteName}`;
  return (
    `store ${store}: "${remoteName}" is scheduled for deletion, and its name is reserved for 7 to 30 days (currently ${recoveryWindowDays}).\n` +
    `  fix: to have the old value back: aws secretsmanager restore-secret ${secret}\n` +
    `       and then: ${setCommand(["adopt", id], true)}\n` +
    `       to give it up for ever: aws secretsmanager delete-secret ${secret} --force-delete-without-recovery`
  );
}

/** What to do about a secret that could not be made, because there is another one of its name than the state had. Pure. */
export function madeAnewAdvice(
  { name: store }: Pick<AwsSecretsManagerSpec, "name">,
  failed: NotMade,
): string | undefined {
  if (!/ResourceExistsException/.test(failed.error)) return undefined;
  return (
    `store ${store}: "${failed.remoteName}" was made outside this program, in place of the one that the state had. It was not overwritten.\n` +
    `  fix: to adopt it (refused if any value would be lost): ${retakeCommand([idOf(failed)])}`
  );
}

function idOf({ resource }: NotMade): string {
  return resource.split("/").slice(0, 2).join("/");
}
