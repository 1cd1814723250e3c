import { all, type Output } from "@pulumi/pulumi";
import { ExpectedError } from "../support/errors.ts";
import type { SecretValues } from "../values/values.ts";

/**
 * Lets a value through to an object that exists although the state does not know it, if it is the very value that the
 * object holds: what an interrupted run left behind. Anything else is somebody's secret, and writing would lose it.
 */
export function guardExisting(
  id: string,
  store: string,
  values: SecretValues,
  remote: Output<Readonly<Record<string, string>> | undefined>,
): SecretValues {
  return all([values, remote]).apply(([ours, theirs]) => {
    if (theirs === undefined || sameValues(ours, theirs)) return ours;
    throw new ExpectedError(
      `${id}: store ${store} holds another value under this name, and the state does not know it. It was not written.\n` +
        `    fix: ${adoptionCommand(id)}`,
    );
  });
}

/** Whether two sets of values are the same, whatever their order. */
export function sameValues(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/** The command that tells the program to take over what the store holds. */
export function adoptionCommand(id: string): string {
  return `to take it over (generated keys keep its value, configured ones are written): pulumi config set --path 'adopt["${id}"]' true`;
}
