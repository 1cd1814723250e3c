import type { Validation } from "./contract.ts";
import { isAllowedGenerator, noOtherGenerator } from "./generators.ts";

/**
 * Rules for PushSecrets, where the operator serves them. A namespace may push its own Secrets through its own SecretStore,
 * whose identity decides what can be written.
 */
export const pushRules: readonly Validation[] = [
  {
    expression: "object.spec.secretStoreRefs.all(each, each.?kind.orValue('SecretStore') == 'SecretStore')",
    message: "a PushSecret may not write through a ClusterSecretStore: use a SecretStore of its namespace",
    reason: "Forbidden",
  },
  {
    expression: isAllowedGenerator("object.spec.selector.?generatorRef", []),
    ...noOtherGenerator([]),
  },
  {
    // `dataTo` (ESO 2) renames keys by templates, and names stores of its own.
    expression: "!has(object.spec.template) && !object.spec[?'dataTo'].hasValue()",
    message: "a PushSecret may have neither a template nor dataTo here: push keys as they are",
    reason: "Forbidden",
  },
];
