import type { AdmissionPolicyManifest, AdmissionSpec, Validation } from "./contract.ts";
import { generatorRules } from "./generators.ts";
import { pushRules } from "./pushes.ts";
import { secretRules } from "./secrets.ts";
import { storeRules } from "./stores.ts";

/** Name of the policy that each cluster has whose operator this program installs, unless facts leave policies out. */
export const storesPolicyName = "external-secrets-stores";

/**
 * What the API server refuses to tenants, whatever their rights: the operator reads stores and writes Secrets on behalf
 * of whoever may create its objects (external-secrets, "Threat model"). CEL, which the API server itself evaluates: no
 * webhook that could be down. Pure.
 */
export function admissionPolicies(spec: AdmissionSpec): readonly AdmissionPolicyManifest[] {
  return [
    policy(storesPolicyName, { ...resources("secretstores", "clustersecretstores"), ...storeRules(spec) }),
    policy("external-secrets-secrets", { ...resources("externalsecrets"), ...secretRules(spec) }),
    // Whatever this or a later version of the operator has, in whichever version of the API.
    policy("external-secrets-generators", {
      group: "generators.external-secrets.io",
      version: "*",
      resources: ["*"],
      validations: [...generatorRules(spec.generators ?? [])],
    }),
    ...(spec.pushSecrets
      ? [
          policy("external-secrets-pushes", {
            ...resources("pushsecrets"),
            version: "v1alpha1",
            validations: [...pushRules],
          }),
        ]
      : []),
  ];
}

function resources(...names: string[]) {
  return { group: "external-secrets.io", version: "v1", resources: names };
}

interface Rules extends Partial<Pick<AdmissionPolicyManifest["spec"], "variables">> {
  readonly group: string;
  /** Version of the resources that the rules are written for. */
  readonly version: string;
  readonly resources: string[];
  readonly validations: Validation[];
}

function policy(name: string, { group, version, resources, ...rules }: Rules): AdmissionPolicyManifest {
  return {
    name,
    spec: {
      // A rule that can't be evaluated refuses.
      failurePolicy: "Fail",
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [group],
            // Objects of other versions are converted to it first: `matchPolicy` is `Equivalent` by default.
            apiVersions: [version],
            operations: ["CREATE", "UPDATE"],
            resources,
          },
        ],
      },
      matchConditions: [
        {
          // Otherwise the finalizers of an object from before these rules could not be taken off, and it would never go.
          name: "is-new-or-changed",
          expression: "!has(object.metadata.deletionTimestamp) && (oldObject == null || object.spec != oldObject.spec)",
        },
      ],
      ...rules,
    },
  };
}
