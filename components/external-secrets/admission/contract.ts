import type { Provider } from "./fields.ts";
import type { OperatorRoles } from "./roles.ts";

/** What tenants of a cluster may ask of the operator. Plain data. */
export interface AdmissionSpec {
  /** Providers of the stores that may be read in the cluster. */
  readonly providers: readonly Provider[];
  /** Whether ExternalSecrets may read through a ClusterSecretStore. */
  readonly clusterStores: boolean;
  /** Whether a ClusterSecretStore may be open to every namespace. */
  readonly openClusterStores: boolean;
  /** Whether the operator serves PushSecrets. */
  readonly pushSecrets: boolean;
  /** Whether Secrets are composed in templates that encode for URLs and hold braces. Default: none is. */
  readonly composedSecrets?: true;
  /** Remote names that ExternalSecrets of some namespaces may read, by namespace. Default: any, as far as rights allow. */
  readonly ownKeys?: Readonly<Record<string, OwnKeys>>;
  /** Generators that this program makes, by which namespaces get credentials that their store issues. Default: none. */
  readonly generators?: readonly OwnGenerator[];
  /** What stores on AWS may do with the operator's own identity (EKS Pod Identity); absent: nothing. */
  readonly operatorRoles?: OperatorRoles;
}

/** A generator of this program, as it is in the cluster. */
export interface OwnGenerator {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Remote names of one namespace. */
export interface OwnKeys {
  /** What names may begin with; at least one. */
  readonly prefixes: readonly string[];
  /** Whole names: what its Secrets of this program are read from. */
  readonly names: readonly string[];
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

export interface ResourceRule {
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
