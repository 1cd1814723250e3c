import type { RemoteStoreKind } from "../stores/contract.ts";
import { pushRules } from "./admission-pushes.ts";
import { secretRules } from "./admission-secrets.ts";
import { storeRules } from "./admission-stores.ts";

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
  /** Whether stores on AWS may use the operator's own identity (EKS Pod Identity) instead of a service account's. */
  readonly operatorIdentity: boolean;
}

/** One ValidatingAdmissionPolicy: its name, and its `spec`. */
export interface AdmissionPolicyManifest {
  readonly name: string;
  readonly spec: {
    readonly failurePolicy: "Fail";
    readonly matchConstraints: { readonly resourceRules: object[] };
    readonly matchConditions: { readonly name: string; readonly expression: string }[];
    readonly variables: { readonly name: string; readonly expression: string }[];
    readonly validations: Validation[];
  };
}

/** One rule, in CEL, and what is said when it does not hold. */
export interface Validation {
  readonly expression: string;
  readonly message: string;
  readonly reason: "Forbidden";
}

/**
 * What the API server refuses to tenants, whatever their rights: the operator reads stores and writes Secrets on behalf
 * of whoever may create its objects (external-secrets, "Threat model"). CEL, which the API server itself evaluates: no
 * webhook that could be down. Pure.
 */
export function admissionPolicies(spec: AdmissionSpec): readonly AdmissionPolicyManifest[] {
  return [
    policy("external-secrets-stores", ["secretstores", "clustersecretstores"], { validations: storeRules(spec) }),
    policy("external-secrets-secrets", ["externalsecrets"], secretRules(spec)),
    ...(spec.pushSecrets
      ? [policy("external-secrets-pushes", ["pushsecrets"], { version: "v1alpha1", validations: [...pushRules] })]
      : []),
  ];
}

interface Rules extends Partial<Pick<AdmissionPolicyManifest["spec"], "variables">> {
  readonly validations: Validation[];
  /** Version of the resources that the rules are written for. Default: `v1`. */
  readonly version?: string;
}

function policy(name: string, resources: string[], { version = "v1", ...rules }: Rules): AdmissionPolicyManifest {
  return {
    name,
    spec: {
      // A rule that can't be evaluated refuses.
      failurePolicy: "Fail",
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ["external-secrets.io"],
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
      variables: [],
      ...rules,
    },
  };
}
