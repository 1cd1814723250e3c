import type { ErrorHook } from "@pulumi/pulumi";
import { realClock, type Clock } from "../../support/clock.ts";
import { explainHook, type FailedOperation } from "../../support/explain-hook.ts";
import { explanationText } from "../../support/messages/explanation.ts";
import type { ClusterSpec } from "../contract.ts";
import { goneIn } from "./gone.ts";
import { refusedIn } from "./refusals.ts";

/** How often an object is written again that an admission policy of the operator still refuses. */
const policyRetries = 10;

/**
 * Whether an admission policy of the operator refuses what the program itself makes: the API server goes on with the policy of before for
 * about a second after this run has changed it, such as by the first generator of its kind.
 */
export function isPolicyStarting(error: string): boolean {
  return /ValidatingAdmissionPolicy 'external-secrets-[\w-]+' with binding '[^']+' denied request/.test(error);
}

/** The answer of an error hook to that: to try again, after a second. */
export async function retryPolicy(
  { error, attempts }: Pick<FailedOperation, "error" | "attempts">,
  clock: Clock,
): Promise<boolean> {
  if (!isPolicyStarting(error) || attempts > policyRetries) return false;
  await clock.sleep(1_000);
  return true;
}

/**
 * Logs why the API server of a cluster refused an object, in the doctor's words: for objects of which nothing more can be
 * said, such as service accounts and roles. One for each cluster.
 */
export function explainRefusalHook({ name }: Pick<ClusterSpec, "name">, clock: Clock = realClock): ErrorHook {
  return explainHook(
    `explain-refusal-${name}`,
    ({ inputs, error }) => {
      const object = inputs as {
        readonly kind?: string;
        readonly metadata?: { readonly namespace?: string; readonly name?: string };
      };
      const refused =
        goneIn(error, object) ?? refusedIn(error, object.metadata?.namespace ?? object.metadata?.name ?? "");
      return refused === undefined ? undefined : explanationText(refused);
    },
    { retry: (failed) => retryPolicy(failed, clock) },
  );
}
