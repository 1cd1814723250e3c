import { createHash } from "node:crypto";
import type { FoundObject } from "../clusters/survey.ts";

/**
 * Whether the operator ever wrote to a Secret. It copies the annotations of an ExternalSecret to the Secret then, be it its
 * own or one that it merges keys into: what they say of an owner counts for nothing there.
 */
export function isOperators({ labels }: Pick<FoundObject, "labels">): boolean {
  return labels["reconcile.external-secrets.io/managed"] === "true";
}

/**
 * Whether a Secret holds nothing but what the operator wrote for an ExternalSecret of the same name, be that gone by now
 * (`creationPolicy: Orphan`): by its label, and by the one manager of all its fields (external-secrets v0.20.4 and v2.9.0,
 * `pkg/controllers/externalsecret/externalsecret_controller.go`: `LabelManaged`, `fqdnFor`). A Secret that it merged keys
 * into has other managers.
 */
export function operatorWrote(secret: FoundObject): boolean {
  const operator = operatorManager(secret.name);
  return isOperators(secret) && secret.managers.length > 0 && secret.managers.every((manager) => manager === operator);
}

/** The name that the operator writes as for an ExternalSecret: a manager has at most 63 characters there. */
export function operatorManager(externalSecret: string): string {
  const prefix = "externalsecrets.external-secrets.io/";
  if (prefix.length + externalSecret.length <= 63) return prefix + externalSecret;
  return `${prefix}sha3/${createHash("sha3-224").update(externalSecret).digest("hex")}`;
}
