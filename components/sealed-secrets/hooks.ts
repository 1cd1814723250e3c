import { log, ResourceHook, type ErrorHook } from "@pulumi/pulumi";
import { causeOf, ifExists, loadClient, type ClusterClient } from "../clusters/client.ts";
import type { ClusterSpec, ClusterTarget } from "../clusters/contract.ts";
import { read, type ObjectReference } from "../external-secrets/readiness/reasons.ts";
import { realClock, type Clock } from "../support/clock.ts";
import { explainHook } from "../support/explain-hook.ts";
import { ExpectedError } from "../support/messages/errors.ts";
import { explanationText } from "../support/messages/explanation.ts";
import { explainNotSynced, syncedState, type SealedSecretObject } from "./explain.ts";
import { controllerAnnotations } from "./manifest.ts";

/** Makes Pulumi wait until the controller has unsealed the object. */
export const waitForSynced = { "pulumi.com/waitFor": "condition=Synced" } as const;

/** How long the controller may take, in seconds: it takes well under one, the rest allows for a busy machine. */
const unsealingTakes = 45;

/** How long a failure may last that the controller may still mend, in seconds: it tries again for a fraction of one. */
const failureGrace = 2;

export const sealedTimeouts = { create: `${unsealingTakes}s`, update: `${unsealingTakes}s`, delete: "60s" } as const;

/** Hooks around the SealedSecrets of a cluster. Created once per cluster. */
export interface SealingHooks {
  /** Logs the reason and the fix when a SealedSecret was not unsealed. */
  readonly explain: ErrorHook;
  /** Waits until an updated SealedSecret was unsealed: that it was before says nothing. */
  readonly awaitSynced: ResourceHook;
  /** Lets the controller replace the Secret of that name, where there is one. */
  readonly replace: ResourceHook;
  /** Lets the controller add keys to the Secret of that name. */
  readonly patch: ResourceHook;
  /** Takes the Secret of that name away from its SealedSecret, which then no longer deletes it. */
  readonly release: ResourceHook;
}

/** The hooks of a cluster. Names must be unique within a stack. */
export function sealingHooks({ spec }: Pick<ClusterTarget, "spec">, clock: Clock = realClock): SealingHooks {
  const { managed, patch, skipOwner } = controllerAnnotations;
  const hook = (name: string, act: (reference: ObjectReference) => Promise<void>) =>
    new ResourceHook(`${name}-${spec.name}`, ({ newInputs }) => act(newInputs as ObjectReference));
  return {
    explain: explainHook(`explain-not-unsealed-${spec.name}`, async ({ inputs, error }) =>
      reasonFor(spec, inputs, error),
    ),
    awaitSynced: hook("await-unsealed", (reference) => waitUntilSynced(spec, reference, clock)),
    replace: hook("replace-secret", (reference) =>
      change(spec, reference, () => ({ annotations: { [managed]: "true" } })),
    ),
    patch: hook("patch-secret", (reference) => change(spec, reference, () => ({ annotations: { [patch]: "true" } }))),
    release: hook("release-secret", (reference) =>
      change(spec, reference, ({ resourceVersion = "", ownerReferences = [] }) => ({
        // So that an owner that came in between is not removed.
        resourceVersion,
        ownerReferences: ownerReferences.filter(({ kind }) => kind !== "SealedSecret"),
        annotations: { [managed]: null, [patch]: null, [skipOwner]: null },
      })),
    ),
  };
}

async function reasonFor(spec: ClusterSpec, reference: ObjectReference, error: string): Promise<string | undefined> {
  if (/no matches for kind|could not find the requested resource/i.test(error)) {
    return `Cluster ${spec.name} has no SealedSecrets\n  fix: install the Sealed Secrets controller first (docs/deliveries/sealed-secrets.md#before)`;
  }
  try {
    const object = await readSealed(await loadClient(spec), reference);
    return syncedState(object) === "synced" ? undefined : explanationText(explainNotSynced(spec, object));
  } catch (failure) {
    await log.warn(`The reason could not be read from the cluster: ${causeOf(failure)}`);
    return undefined;
  }
}

async function waitUntilSynced(spec: ClusterSpec, reference: ObjectReference, clock: Clock): Promise<void> {
  const client = await loadClient(spec);
  const started = clock.now();
  for (;;) {
    const object = await readSealed(client, reference);
    const state = syncedState(object);
    if (state === "synced") return;
    const waited = (clock.now() - started) / 1000;
    if (waited > unsealingTakes || (state === "failed" && waited > failureGrace)) {
      throw new ExpectedError(explanationText(explainNotSynced(spec, object)));
    }
    await clock.sleep(50);
  }
}

function readSealed(client: ClusterClient, reference: ObjectReference): Promise<SealedSecretObject> {
  return read(client, reference);
}

interface SecretMetadata {
  readonly resourceVersion?: string;
  readonly ownerReferences?: readonly { readonly kind: string }[];
}

/** A merge patch (RFC 7396) of metadata: `null` removes. */
interface MetadataPatch {
  readonly resourceVersion?: string;
  readonly ownerReferences?: SecretMetadata["ownerReferences"];
  readonly annotations: Readonly<Record<string, string | null>>;
}

/** Changes the metadata of the Secret that has the name of an object. Where there is none, there is nothing to do. */
async function change(
  spec: ClusterSpec,
  { metadata: { name = "", namespace = "" } = {} }: ObjectReference,
  wanted: (metadata: SecretMetadata) => MetadataPatch,
): Promise<void> {
  const client = await loadClient(spec);
  const at = { apiVersion: "v1", kind: "Secret", namespace, name };
  try {
    const found = await ifExists(client.ask<{ readonly metadata?: SecretMetadata }>({ at }));
    if (found === undefined) return;
    await ifExists(client.ask({ method: "PATCH", at, body: { metadata: wanted(found.metadata ?? {}) } }));
  } catch (error) {
    throw new ExpectedError(
      `Secret ${namespace}/${name} of cluster ${spec.name} could not be handed over: ${causeOf(error)}\n` +
        `  fix: check that you may: kubectl auth can-i patch secret/${name} -n ${namespace}`,
    );
  }
}
