import { all, type Output } from "@pulumi/pulumi";
import { ExpectedError } from "../support/errors.ts";
import { samePayload } from "../stores/layout.ts";

/**
 * Lets a value through to an object that exists although the state does not know it, if it is the very value that the
 * object holds: what an interrupted run left behind. Anything else is somebody's secret, and writing would lose it.
 */
export function guardExisting(
  id: string,
  store: string,
  payload: Output<string>,
  remote: Output<string | undefined>,
): Output<string> {
  return all([payload, remote]).apply(([ours, theirs]) => {
    if (theirs === undefined || samePayload(ours, theirs)) return ours;
    throw new ExpectedError(
      `${id}: store ${store} holds another value under this name, and the state does not know it. It was not written.\n` +
        `    fix: ${adoptionCommand(id)}`,
    );
  });
}

/** The command that tells the program to take over what the store holds. */
export function adoptionCommand(id: string): string {
  return `to take it over (generated keys keep its value, configured ones are written): pulumi config set --path 'adopt["${id}"]' true`;
}
