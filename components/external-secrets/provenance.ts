import type { FoundObject } from "../clusters/survey.ts";

/**
 * Whether a Secret holds nothing but what the operator wrote for an ExternalSecret of the same name, be that gone by now
 * (`creationPolicy: Orphan`): by its label, and by the one manager of all its fields (external-secrets v0.20.4 and v2.9.0,
 * `pkg/controllers/externalsecret/externalsecret_controller.go`: `LabelManaged`, `fqdnFor`). A Secret that it merged keys
 * into has other managers.
 */
export function operatorWrote({ name, labels, managers }: FoundObject): boolean {
  const operator = `externalsecrets.external-secrets.io/${name}`;
  return (
    labels["reconcile.external-secrets.io/managed"] === "true" &&
    managers.length > 0 &&
    managers.every((manager) => manager === operator)
  );
}
