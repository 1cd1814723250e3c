import type { AdmissionPolicyManifest, AdmissionSpec, Validation } from "./contract.ts";
import { fieldLists, isComplete, listOf, optional, referencesIn, type Provider } from "./fields.ts";
import { logins } from "./logins.ts";
import { foreignReferences } from "./references.ts";
import { roleVariables, takesOnOwnRole } from "./roles.ts";

/**
 * Rules for SecretStores and ClusterSecretStores: what is not known to log in as the namespace is refused. The API server
 * gives objects of a CRD to CEL as maps, whatever their schema, so that their fields can be run through. Pure.
 */
export function storeRules(spec: AdmissionSpec): Pick<AdmissionPolicyManifest["spec"], "variables" | "validations"> {
  const allowed = [...new Set(spec.providers)].sort();
  return {
    variables: [
      { name: "unknown", expression: unknownFields(allowed) },
      ...(allowed.includes("aws") && spec.operatorRoles !== undefined ? roleVariables(spec.operatorRoles) : []),
    ],
    validations: [
      {
        expression: `object.spec.provider.size() == 1 && object.spec.provider.all(provider, provider in ${listOf(allowed)})`,
        message: `this provider is not in use in the cluster: allowed are ${allowed.join(", ")}`,
        reason: "Forbidden",
      },
      knownFields,
      ...allowed.flatMap((provider) => [foreignReferences(provider), login(provider, spec)]),
      completeReferences(allowed),
      ...(allowed.includes("vault") ? [vaultAddress] : []),
      ...(spec.openClusterStores ? [] : [conditions]),
    ],
  };
}

/** The fields of a store that are not on the list, by their paths. */
function unknownFields(allowed: readonly Provider[]): string {
  const ofSpec = listOf(["conditions", "controller", "provider", "refreshInterval", "retrySettings"]);
  return [
    `object.spec.map(each, !(each in ${ofSpec}), each)`,
    ...allowed
      .flatMap(fieldLists)
      .map(
        ({ path, fields }) =>
          `${optional(path)}.orValue({}).map(each, !(each in ${listOf(fields)}), '${path}.' + each)`,
      ),
  ].join(" + ");
}

const knownFields: Validation = {
  expression: "variables.unknown.size() == 0",
  message: "a store may have only fields that are known to use nothing of the operator itself",
  messageExpression:
    "'a store may not have ' + variables.unknown.join(', ') + ': only fields are allowed that are known to use nothing of the operator itself'",
  reason: "Forbidden",
};

/** Keeps a namespace from what the operator's Pod may do itself: by its service account, its cloud role, or its node's. */
function login(provider: Provider, { operatorRoles }: AdmissionSpec): Validation {
  const { expression, ways } = logins[provider];
  const asOperator = provider === "aws" && operatorRoles !== undefined;
  const terms = [
    `!has(object.spec.provider.${provider})`,
    `(${expression})`,
    ...(asOperator ? [`(${takesOnOwnRole(operatorRoles)})`] : []),
  ];
  return {
    expression: terms.join(" || "),
    message:
      `a store on ${provider} must log in with credentials of its namespace's own, since otherwise it would be the operator itself: ${ways}` +
      (asOperator ? "; or name, by role alone, a role of its own namespace" : ""),
    reason: "Forbidden",
  };
}

/** What is named by halves may be filled by what the operator has. */
function completeReferences(allowed: readonly Provider[]): Validation {
  const terms = allowed
    .flatMap(referencesIn)
    .map(({ path, to }) => `(!${optional(path)}.hasValue() || (${isComplete(path, to)}))`);
  return {
    expression: terms.join(" && "),
    message: "a reference of this store is incomplete: one to a Secret needs its name and a key, any other its name",
    reason: "Forbidden",
  };
}

/** Vault's client also speaks to sockets, which would be in the operator's Pod. */
const vaultAddress: Validation = {
  expression: `!has(object.spec.provider.vault) || ${optional("vault.server")}.orValue('').matches('^https?://')`,
  message: "the server of a store on vault must be an http or https address",
  reason: "Forbidden",
};

/** Any one condition lets a namespace in; an empty selector, or a pattern, may be all of them. */
const conditions: Validation = {
  expression:
    "object.kind != 'ClusterSecretStore' || (" +
    "object.spec.?conditions.orValue([]).size() > 0 && object.spec.conditions.all(each, " +
    "each.?namespaceRegexes.orValue([]).size() == 0 && " +
    "(each.?namespaces.orValue([]).size() > 0 || has(each.namespaceSelector)) && " +
    "(!has(each.namespaceSelector) || each.namespaceSelector.?matchLabels.orValue({}).size() > 0 || " +
    "each.namespaceSelector.?matchExpressions.orValue([]).size() > 0)))",
  message:
    "a ClusterSecretStore must say who may use it: each of its conditions lists namespaces, or selects them by labels, and none has a pattern",
  reason: "Forbidden",
};
