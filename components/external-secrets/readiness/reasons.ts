import { causeOf, ifExists, listAll, type ClusterClient } from "../../clusters/client.ts";
import type { EventLike } from "../../clusters/troubles/events.ts";
import { explanationText } from "../../support/messages/explanation.ts";
import { explainNotReady, isReady, subjectOf, unreadyStoreOf, type ConditionedObject } from "./explain.ts";
import { apiVersion as storesApiVersion } from "../manifests.ts";

/** Which object is meant: its manifest, or the part of it that names it. */
export interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

/** Reads one of the operator's objects from the cluster. */
export async function read(
  client: ClusterClient,
  { apiVersion = storesApiVersion, kind, metadata }: ObjectReference,
): Promise<ConditionedObject> {
  const { name = "", namespace } = metadata ?? {};
  return client.ask<ConditionedObject>({ at: { apiVersion, kind: kind ?? "", namespace, name } });
}

/** Like `read`, and `undefined` where there is no such object. */
export function readIfThere(client: ClusterClient, reference: ObjectReference): Promise<ConditionedObject | undefined> {
  return ifExists(read(client, reference));
}

/** Why an object is not Ready; and if that is since its store is not, why the store is not. */
export async function explanation(
  client: ClusterClient,
  reference: ObjectReference,
  object: ConditionedObject,
): Promise<string> {
  const events = await eventsOf(client, reference);
  const own = explanationText(explainNotReady(object, events));
  const unready = unreadyStoreOf(object, events);
  if (unready === undefined) return own;
  const { kind, name } = unready;
  const namespace = kind === "SecretStore" ? reference.metadata?.namespace : undefined;
  const store = { kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
  return `${own}\n${await storeExplanation(client, store)}`;
}

async function storeExplanation(client: ClusterClient, store: ObjectReference): Promise<string> {
  try {
    const object = await read(client, store);
    if (isReady(object)) return `  fix: ${subjectOf(store)} is Ready now: run \`pulumi up\` again`;
    return explanationText(explainNotReady(object, await eventsOf(client, store)));
  } catch (error) {
    // What its reader says must not be lost.
    return `${subjectOf(store)} could not be read: ${causeOf(error)}`;
  }
}

function eventsOf(client: ClusterClient, { kind, metadata }: ObjectReference): Promise<readonly EventLike[]> {
  const { name = "", namespace = "" } = metadata ?? {};
  // Events of what is in no namespace are in this one.
  const at = { apiVersion: "v1", kind: "Event", namespace: namespace === "" ? "default" : namespace };
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  return listAll(client, { at, query: { fieldSelector } });
}
