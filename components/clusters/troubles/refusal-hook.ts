import type { ErrorHook } from "@pulumi/pulumi";
import { explainHook } from "../../support/explain-hook.ts";
import { explanationText } from "../../support/messages/explanation.ts";
import type { ClusterSpec } from "../contract.ts";
import { refusedIn } from "./refusals.ts";

/**
 * Logs why the API server of a cluster refused an object, in the doctor's words: for objects of which nothing more can be
 * said, such as service accounts and roles. One for each cluster.
 */
export function explainRefusalHook({ name }: Pick<ClusterSpec, "name">): ErrorHook {
  return explainHook(`explain-refusal-${name}`, ({ inputs, error }) => {
    const { metadata } = inputs as { readonly metadata?: { readonly namespace?: string; readonly name?: string } };
    const refused = refusedIn(error, metadata?.namespace ?? metadata?.name ?? "");
    return refused === undefined ? undefined : explanationText(refused);
  });
}
