import { ResourceHook } from "@pulumi/pulumi";
import { ApiError, causeOf, ifExists, loadClient, type ClusterClient } from "../clusters/client.ts";
import { pulumiManager } from "../clusters/pulumi-manager.ts";
import type { ClusterSpec } from "../clusters/contract.ts";
import { apiVersion } from "../external-secrets/manifests.ts";
import { realClock, type Clock } from "../support/clock.ts";
import { ExpectedError } from "../support/messages/errors.ts";
import type { DeliverySpec } from "./contract.ts";
import { releasedTarget, takenOver, type FormerVia, type OwnedSecret, type TakeOverOptions } from "./take-over.ts";

export interface TakeOverArgs extends TakeOverOptions {
  /** Logical name of what delivers the Secret from now on: unique in the stack. */
  readonly resource: string;
  readonly delivery: DeliverySpec;
  readonly from: readonly FormerVia[];
}

const secrets = { apiVersion: "v1", kind: "Secret" } as const;
const externalSecrets = { apiVersion, kind: "ExternalSecret" } as const;

/** How long the operator gets to note that an ExternalSecret lets go, in milliseconds: it takes well under a second. */
const patienceMs = 30_000;
const pauseMs = 50;

/** How often the Secret is patched again when somebody wrote to it in between. */
const attempts = 20;

/**
 * A hook that takes a Secret from what has delivered it so far, before something else does: the Secret stays as it is, with
 * its uid and its values. Where there is none, there is nothing to do; running it again does no harm.
 */
export function takeOverHook(cluster: ClusterSpec, args: TakeOverArgs, clock: Clock = realClock): ResourceHook {
  return new ResourceHook(`take-over-${args.resource}`, () => takeOver(cluster, args, clock));
}

async function takeOver(cluster: ClusterSpec, args: TakeOverArgs, clock: Clock): Promise<void> {
  const { delivery, from } = args;
  const place = { name: delivery.secretName, namespace: delivery.namespace };
  const client = await loadClient(cluster);
  try {
    if (from.includes("external-secret")) await release(client, place, clock);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await patchSecret(client, place, args);
        return;
      } catch (error) {
        const isStale = error instanceof ApiError && error.status === 409;
        if (!isStale || attempt >= attempts) throw error;
        await clock.sleep(pauseMs);
      }
    }
  } catch (error) {
    const { name, namespace } = place;
    const rights = [
      `kubectl auth can-i patch secret/${name} -n ${namespace}`,
      ...(from.includes("external-secret") ? [`kubectl auth can-i patch externalsecret/${name} -n ${namespace}`] : []),
    ];
    throw new ExpectedError(
      `Secret ${namespace}/${name} of cluster ${cluster.name} could not be taken over: ${causeOf(error)}\n` +
        `  fix: check that you may: ${rights.join("; ")}; then run \`pulumi up\` again`,
    );
  }
}

interface Place {
  readonly name: string;
  readonly namespace: string;
}

/** Makes an ExternalSecret let go of its Secret, and waits until the operator has noted that. */
async function release(client: ClusterClient, place: Place, clock: Clock): Promise<void> {
  const at = { ...externalSecrets, ...place };
  const body = { spec: { target: releasedTarget } };
  // As the provider's own manager: should this be taken back, the provider writes over it without a conflict.
  const query = { fieldManager: pulumiManager };
  const patched = await ifExists(client.ask<unknown>({ method: "PATCH", at, query, body }));
  if (patched === undefined) return;
  // An operator that works by what it read before would own the Secret again. One that can't read the store never notes
  // this, and writes nothing either.
  const noted = `${generationOf(patched)}-`;
  const started = clock.now();
  while (clock.now() - started < patienceMs) {
    const found = await ifExists(client.ask<unknown>({ at }));
    if (found === undefined || syncedVersionOf(found).startsWith(noted)) return;
    await clock.sleep(pauseMs);
  }
}

async function patchSecret(
  client: ClusterClient,
  place: Place,
  { delivery, from, ...options }: TakeOverArgs,
): Promise<void> {
  const at = { ...secrets, ...place };
  const found = await ifExists(client.ask<OwnedSecret>({ at }));
  if (found === undefined) return;
  const body = takenOver(found, delivery, from, options);
  await ifExists(client.ask({ method: "PATCH", at, query: { fieldManager: pulumiManager }, body }));
}

function generationOf(object: unknown): string {
  const { metadata } = object as { readonly metadata: { readonly generation?: number } };
  return String(metadata.generation ?? "");
}

/** The generation that the operator synced last, and a hash: `2-5f1c…`. */
function syncedVersionOf(object: unknown): string {
  const { status } = object as { readonly status?: { readonly syncedResourceVersion?: string } };
  return status?.syncedResourceVersion ?? "";
}
