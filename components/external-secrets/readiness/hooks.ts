import { log, ResourceHook, type ErrorHook, type ResourceHookArgs } from "@pulumi/pulumi";
import { causeOf, loadClient } from "../../clusters/client.ts";
import type { ClusterSpec, ClusterTarget } from "../../clusters/contract.ts";
import { goneIn } from "../../clusters/troubles/gone.ts";
import { retryPolicy } from "../../clusters/troubles/refusal-hook.ts";
import { refusedIn } from "../../clusters/troubles/refusals.ts";
import type { RemoteStoreKind } from "../../backends/index.ts";
import { ExpectedError } from "../../support/messages/errors.ts";
import { explanationText } from "../../support/messages/explanation.ts";
import { realClock, type Clock } from "../../support/clock.ts";
import { explainHook, programContext } from "../../support/explain-hook.ts";
import { firstSyncState, isChangeMissed, isReadOnce, missedAdvice } from "./created-once.ts";
import {
  explainUnmerged,
  isReady,
  isUnmerged,
  subjectOf,
  syncState,
  takeOverAdvice,
  type ConditionedObject,
} from "./explain.ts";
import { providerChangeHook } from "../provider-change.ts";
import { syncPatience } from "./timeouts.ts";
import { explanation, read, readIfThere, type ObjectReference } from "./reasons.ts";

export { readyTimeouts } from "./timeouts.ts";

/** Makes Pulumi wait until the object reports that it is Ready. */
export const waitForReady = { "pulumi.com/waitFor": "condition=Ready" } as const;

/** How often a write is tried again while the operator's webhook starts. */
const webhookRetries = 12;

/**
 * Whether a write failed only since the admission webhook of a fresh operator is not yet reached: its Pods are Ready
 * before its certificate is in every API server (external-secrets#2037).
 */
export function isWebhookStarting(error: string): boolean {
  return (
    /failed calling webhook/.test(error) &&
    /no endpoints available|connection refused|certificate signed by unknown authority|no such host|context deadline exceeded/.test(
      error,
    )
  );
}

/** Hooks that make `pulumi up` wait for stores and Secrets, and explain why one is not Ready. Created once per cluster. */
export interface ReadinessHooks {
  /** Logs the reason and the fix when an object did not become Ready. */
  readonly explain: ErrorHook;
  /**
   * Hooks that wait until an updated object was synced which reads, or writes, a store of this kind. Being Ready is not
   * enough there: it still is from before, and a rotated value would be reported as delivered although the operator
   * can't read it any more. Not for SecretStores: they do not tell which version of them the operator has looked at
   * (external-secrets v0.20.4); what reads through one that became invalid says so. One that is read once is waited for
   * until it was, and what does not get into its Secret any more is warned of.
   */
  awaitSync(kind: RemoteStoreKind): SyncHooks;
  /** Makes the provider of a store another one before an update that names another. */
  readonly changeProvider: ResourceHook;
  /** The member of the union that the provider of a store is by the state, by the resource's name. */
  readonly providerBefore: (resource: string) => string | undefined;
  /** Warns after each write of an ExternalSecret that merges into a Secret which is not there: the operator calls it Ready. */
  readonly reportUnmerged: ResourceHook;
}

/** Hooks for the option `hooks` of a resource. */
export interface SyncHooks {
  readonly beforeUpdate: [ResourceHook];
  readonly afterUpdate: [ResourceHook];
}

export interface ReadinessOptions {
  /** Default: the real one. */
  readonly clock?: Clock;
  /** Members that the providers of stores are by the state, by resource. Default: the state has no stores. */
  readonly providers?: ReadonlyMap<string, string>;
}

/** The hooks of a cluster. Names must be unique within a stack. */
export function readinessHooks(
  { spec }: ClusterTarget,
  { clock = realClock, providers = new Map() }: ReadinessOptions = {},
): ReadinessHooks {
  const inProgram = programContext();
  /**
   * What objects looked like just before this run updated them. The state can't tell: it was written when the object was,
   * and the operator synced it only then, so that it lags behind by one.
   */
  const before = new Map<string, ConditionedObject | undefined>();
  const remember = new ResourceHook(`before-sync-${spec.name}`, async ({ newInputs }) => {
    const reference = newInputs as ObjectReference;
    before.set(subjectOf(reference), await readIfThere(await loadClient(spec), reference));
  });
  const made = new Map<RemoteStoreKind, SyncHooks>();
  return {
    // Anything else than a webhook or a policy that starts is not tried again: the reason is shown, and the next `up` tries again.
    explain: explainHook(`explain-not-ready-${spec.name}`, ({ inputs, error }) => reasonOf(spec, inputs, error), {
      retry: async (failed) => {
        const { error, attempts } = failed;
        if (await retryPolicy(failed, clock)) return true;
        if (!isWebhookStarting(error) || attempts > webhookRetries) return false;
        await clock.sleep(5_000);
        return true;
      },
    }),
    changeProvider: providerChangeHook(spec),
    providerBefore: (resource) => providers.get(resource),
    reportUnmerged: new ResourceHook(`report-unmerged-${spec.name}`, ({ newInputs }) =>
      inProgram(() => warnOfUnmerged(spec, newInputs as ObjectReference & Inputs)),
    ),
    awaitSync(kind) {
      const known = made.get(kind);
      if (known !== undefined) return known;
      const wait = new ResourceHook(`await-sync-${spec.name}-${kind}`, (args) =>
        waitForSync(spec, args, {
          kind,
          clock,
          before: before.get(subjectOf(args.newInputs as ObjectReference)),
          warn: (text) => inProgram(() => log.warn(text)),
        }),
      );
      const hooks: SyncHooks = { beforeUpdate: [remember], afterUpdate: [wait] };
      made.set(kind, hooks);
      return hooks;
    },
  };
}

/** Why an object did not become Ready; `undefined` if only the provider's message is known. */
async function reasonOf(spec: ClusterSpec, reference: ObjectReference, error: string): Promise<string | undefined> {
  try {
    if (/already exists|Apply failed with \d+ conflict/.test(error)) return takeOverAdvice(spec.name, reference);
    const refused = goneIn(error, reference) ?? refusedIn(error, reference.metadata?.namespace ?? "");
    if (refused !== undefined) return explanationText(refused);
    const client = await loadClient(spec);
    const object = await read(client, reference);
    // Ready after all: then the failure was another, and the provider has named it.
    return isReady(object) ? undefined : await explanation(client, reference, object);
  } catch (error) {
    await log.warn(`The reason could not be read from the cluster: ${causeOf(error)}`);
    return undefined;
  }
}

async function warnOfUnmerged(spec: ClusterSpec, reference: ObjectReference & Inputs): Promise<void> {
  try {
    const object = await read(await loadClient(spec), reference);
    if (isUnmerged(object)) await log.warn(explanationText(explainUnmerged(object, reference.spec)));
  } catch (error) {
    await log.warn(`Whether ${subjectOf(reference)} found its Secret could not be read: ${causeOf(error)}`);
  }
}

interface Sync {
  readonly kind: RemoteStoreKind;
  readonly before: ConditionedObject | undefined;
  readonly clock: Clock;
  readonly warn: (text: string) => Promise<void>;
}

async function waitForSync(
  spec: ClusterSpec,
  { oldInputs, newInputs }: ResourceHookArgs,
  { kind, before, clock, warn }: Sync,
): Promise<void> {
  const reference = newInputs as ObjectReference & Inputs;
  const [oldSpec, newSpec] = [(oldInputs as Inputs | undefined)?.spec, reference.spec];
  const { grace, timeout } = syncPatience(kind, oldSpec, newSpec);
  const once = isReadOnce(newSpec);
  const client = await loadClient(spec);
  const started = clock.now();
  for (;;) {
    const object = await read(client, reference);
    const state = once ? firstSyncState(object) : syncState(object, before);
    if (state === "synced") {
      if (once && isChangeMissed({ before, object, oldSpec, newSpec })) await warn(missedAdvice(object));
      return;
    }
    const waited = (clock.now() - started) / 1000;
    if (waited > timeout || (state === "failed" && waited > grace)) {
      throw new ExpectedError(await explanation(client, reference, object));
    }
    await clock.sleep(50);
  }
}

interface Inputs {
  readonly spec?: Readonly<Record<string, unknown>>;
}
