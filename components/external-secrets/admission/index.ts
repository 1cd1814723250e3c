import type { RemoteStoreKind } from "../../backends/contract.ts";
import { generatorRules } from "./generators.ts";
import { pushRules } from "./pushes.ts";
import type { OperatorRoles } from "./roles.ts";
import { secretRules } from "./secrets.ts";
import { storeRules } from "./stores.ts";

/** What tenants of a cluster may ask of the operator. Plain data. */
export interface AdmissionSpec {
  /** Kinds of store that may be read in the cluster. */
  readonly stores: readonly RemoteStoreKind[];
  /** Whether ExternalSecrets may read through a ClusterSecretStore. */
  readonly clusterStores: boolean;
  /** Whether a ClusterSecretStore may be open to every namespace. */
  readonly openClusterStores: boolean;
  /** Whether the operator serves PushSecrets. */
  readonly pushSecrets: boolean;
  /** What stores on AWS may do with the operator's own identity (EKS Pod Identity); absent: nothing. */
  readonly operatorRoles?: OperatorRoles;
}

/** One ValidatingAdmissionPolicy: its name, and its `spec`. */
export interface AdmissionPolicyManifest {
  readonly name: string;
  readonly spec: {
    readonly failurePolicy: "Fail";
    readonly matchConstraints: { readonly resourceRules: ResourceRule[] };
    readonly matchConditions: { readonly name: string; readonly expression: string }[];
    /** Absent where there are none: an API server drops an empty list, and tools would see a change for ever. */
    readonly variables?: { readonly name: string; readonly expression: string }[];
    readonly validations: Validation[];
  };
}

interface ResourceRule {
  readonly apiGroups: string[];
  readonly apiVersions: string[];
  readonly operations: string[];
  readonly resources: string[];
}

/** One rule, in CEL, and what is said when it does not hold. */
export interface Validation {
  readonly expression: string;
  readonly message: string;
  /** What is said instead of the message where it can be evaluated, in CEL. */
  readonly messageExpression?: string;
  readonly reason: "Forbidden";
}

/**
 * What the API server refuses to tenants, whatever their rights: the operator reads stores and writes Secrets on behalf
 * of whoever may create its objects (external-secrets, "Threat model"). CEL, which the API server itself evaluates: no
 * webhook that could be down. Pure.
 */
export function admissionPolicies(spec: AdmissionSpec): readonly AdmissionPolicyManifest[] {
  return [
    policy("external-secrets-stores", { ...resources("secretstores", "clustersecretstores"), ...storeRules(spec) }),
    policy("external-secrets-secrets", { ...resources("externalsecrets"), ...secretRules(spec) }),
    // Whatever this or a later version of the operator has, in whichever version of the API.
    policy("external-secrets-generators", {
      group: "generators.external-secrets.io",
      version: "*",
      resources: ["*"],
      validations: [...generatorRules],
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
