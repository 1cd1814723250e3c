import { all, type Output } from "@pulumi/pulumi";
import { setCommand } from "../support/messages/config-command.ts";
import { ExpectedError, type Issue } from "../support/messages/errors.ts";
import { decodePayload, samePayload, type RemoteObject } from "../backends/remote-object.ts";
import type { SecretSpec } from "../values/secret-spec.ts";
import { lossesBy } from "./adoption.ts";
import { heldInObject } from "./held.ts";

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
      `${id}: store ${store} contains a different value under this name, which is not in the state. It was not overwritten.\n` +
        `    fix: ${adoptionCommand(id)}`,
    );
  });
}

export interface AdoptedObject {
  readonly spec: SecretSpec;
  readonly store: string;
  readonly object: RemoteObject;
}

/**
 * Lets a value through to an object that is adopted, if nothing is lost that the object holds. It was looked at before
 * the first write, where that was possible: this is for a store that can be read only now, and for what changed since.
 */
export function guardAdopted(
  { spec, store, object }: AdoptedObject,
  payload: Output<string>,
  remote: Output<string | undefined>,
): Output<string> {
  return all([payload, remote]).apply(([ours, theirs]) => {
    if (theirs === undefined) return ours;
    const holder = { name: store, where: `store ${store}`, ...heldInObject(object, theirs) };
    const losses = lossesBy(spec, holder, decodePayload(object, ours));
    if (losses.length > 0) throw new ExpectedError(losses.map(lineOf).join("\n"));
    return ours;
  });
}

function lineOf({ path, problem, fix }: Issue): string {
  return `${path}: ${problem}. It was not overwritten.${fix === undefined ? "" : `\n    fix: ${fix}`}`;
}

/** The command that adopts what the store contains. */
export function adoptionCommand(id: string): string {
  return `to adopt it (refused if any value would be lost): ${setCommand(["adopt", id], true)}`;
}
