import type { AdmissionPolicyManifest, AdmissionSpec, OwnGenerator, Validation } from "./contract.ts";
import { isAllowedGenerator, noOtherGenerator } from "./generators.ts";
import { keyRules } from "./keys.ts";

/** Functions that a template may pipe a value through: they see that value alone, and tell nobody. */
export const templateFunctions = [
  "b64dec",
  "b64enc",
  "default",
  "indent",
  "lower",
  "nindent",
  "quote",
  "replace",
  "squote",
  "toJson",
  "toString",
  "trim",
  "trimPrefix",
  "trimSuffix",
  "upper",
] as const;

/** Types of Secret that Kubernetes fills, or takes, with credentials of its own: of any account of the namespace, or of a node. */
export const mintingTypes: readonly string[] = ["bootstrap.kubernetes.io/token", "kubernetes.io/service-account-token"];

/**
 * The whole of a text with templates: `{{ .key }}` or `{{ .key | function "argument" }}`, and text around them. RE2, as
 * CEL has it. What it does not know, such as `range`, a variable or a function before its value, is refused.
 */
export const templatePattern = patternOf(templateFunctions);

/** The same with what composed Secrets need on top: an encoding for URLs, and a constant of braces. Both tell nobody anything. */
const composedFunctions = [...templateFunctions, "urlquery"].sort();
export const composedPattern = patternOf(composedFunctions, [String.raw`\{\{ "\{+" \}\}`]);

function patternOf(functions: readonly string[], constants: readonly string[] = []): string {
  const text = String.raw`(?:[^{]|\{[^{])*`;
  const call = String.raw`(?:${functions.join("|")})(?: +(?:"[^"{}\\]*"|[0-9]+))*`;
  const value = String.raw`\{\{-? *\.[A-Za-z_][A-Za-z0-9_]*(?: *\| *${call})* *-?\}\}`;
  const action = constants.length === 0 ? value : `(?:${[value, ...constants].join("|")})`;
  return `^${text}(?:${action}${text})*\\{?$`;
}

/** Rules for ExternalSecrets. Pure. */
export function secretRules({
  clusterStores,
  composedSecrets,
  ownKeys = {},
  generators = [],
}: AdmissionSpec): Pick<AdmissionPolicyManifest["spec"], "variables" | "validations"> {
  const keys = keyRules(ownKeys);
  return {
    variables: [
      // Not an optional: of one that a variable holds, the API server (1.37) finds no field, and every rule would hold.
      { name: "template", expression: "object.spec.?target.?template.orValue({})" },
      // Data, annotations and labels are templates alike, and so is what renames the keys of an object that is read whole.
      {
        name: "texts",
        expression:
          "[variables.template.?data.orValue({}), variables.template.?metadata.?annotations.orValue({}), variables.template.?metadata.?labels.orValue({})]",
      },
      { name: "allowed", expression: `r'${composedSecrets === true ? composedPattern : templatePattern}'` },
      { name: "sources", expression: "object.spec.?data.orValue([]) + object.spec.?dataFrom.orValue([])" },
      ...keys.variables,
    ],
    validations: [
      ...(clusterStores ? [] : [noClusterStores]),
      ...always(composedSecrets === true ? composedFunctions : templateFunctions, generators),
      ...keys.validations,
    ],
  };
}

const noClusterStores: Validation = {
  expression:
    "object.spec.?secretStoreRef.?kind.orValue('') != 'ClusterSecretStore' && " +
    "variables.sources.all(each, each.?sourceRef.?storeRef.?kind.orValue('') != 'ClusterSecretStore')",
  message: "an ExternalSecret may not read through a ClusterSecretStore here: use the SecretStore of its namespace",
  reason: "Forbidden",
};

const always = (functions: readonly string[], generators: readonly OwnGenerator[]): readonly Validation[] => [
  {
    expression: `!(variables.template.?type.orValue('') in [${mintingTypes.map((each) => `'${each}'`).join(", ")}])`,
    message: "a Secret of this type would be a credential of the cluster itself: the operator may not make one",
    reason: "Forbidden",
  },
  {
    expression: "!has(object.spec.target.manifest)",
    message: "the operator makes Secrets and no other kind: leave target.manifest out",
    reason: "Forbidden",
  },
  {
    expression:
      "variables.texts.all(each, each.all(key, each[key].matches(variables.allowed))) && " +
      "variables.template.?templateFrom.orValue([]).all(each, each.?literal.orValue('').matches(variables.allowed)) && " +
      "object.spec.?dataFrom.orValue([]).all(each, each.?rewrite.orValue([]).all(one, one.?transform.?template.orValue('').matches(variables.allowed)))",
    message: `a template may only pipe keys through functions, as in {{ .key | b64dec }}: allowed are ${functions.join(", ")}`,
    reason: "Forbidden",
  },
  {
    expression: "variables.template.?templateFrom.orValue([]).all(each, !has(each.configMap) && !has(each.secret))",
    message:
      "a template may not lie in a ConfigMap or Secret, where it could change unseen: write it into the ExternalSecret",
    reason: "Forbidden",
  },
  {
    expression: `variables.sources.all(each, ${isAllowedGenerator("each.?sourceRef.?generatorRef", generators)})`,
    ...noOtherGenerator(generators),
  },
];
