import type { ErrorHook } from "@pulumi/pulumi";
import { refusedIn } from "../clusters/troubles/refusals.ts";
import { explainHook } from "../support/explain-hook.ts";
import { setCommand } from "../support/messages/config-command.ts";
import { explanationText, type Explanation } from "../support/messages/explanation.ts";

/** Why a SecretProviderClass was not created; `undefined` where only the provider's words are known. Pure. */
export function explainClass(cluster: string, error: string, namespace: string): Explanation | undefined {
  if (/no matches for kind|could not find the requested resource/i.test(error)) {
    return {
      subject: `cluster ${cluster}`,
      problem: "serves no SecretProviderClass: it has no Secrets Store CSI driver",
      fix: `install the driver first (docs/deliveries/csi.md), or let this program do it: ${setCommand(["clusters", cluster, "secretsStoreCsi", "install"], true)} && pulumi up`,
    };
  }
  return refusedIn(error, namespace);
}

/** Logs why a SecretProviderClass of a cluster was not created. */
export function explainClassHook(cluster: string): ErrorHook {
  return explainHook(`explain-secret-provider-class-${cluster}`, ({ inputs, error }) => {
    const { metadata } = inputs as { readonly metadata?: { readonly namespace?: string } };
    const explained = explainClass(cluster, error, metadata?.namespace ?? "");
    return explained === undefined ? undefined : explanationText(explained);
  });
}
