import type { NativeRotation, Told } from "../examiner.ts";

/** What an account is asked for the doctor. None changes anything. */
export interface AwsQuestions {
  /** Trust policy of a role. */
  readonly trustOf: (role: string) => Promise<Told<string>>;
  /** An inline policy of a role. */
  readonly inlinePolicy: (role: string, policy: string) => Promise<Told<string>>;
  /** The client ids of an OIDC provider. */
  readonly clientIdsOf: (provider: string) => Promise<Told<readonly string[]>>;
  /** What a role may do with these, by its policies, its permissions boundary and the organization's policies. */
  readonly simulated: (
    role: string,
    actions: readonly string[],
    arns: readonly string[],
  ) => Promise<Told<readonly Decision[]>>;
  /** A parameter in a version, by default the newest, without its value. */
  readonly parameter: (name: string, version?: string) => Promise<Told<ParameterFacts>>;
  /** The value of a parameter, for whoever may decrypt it. */
  readonly parameterValue: (name: string, version?: string) => Promise<Told<string>>;
  /** A secret, without its value. */
  readonly secret: (name: string) => Promise<Told<SecretFacts>>;
  /** The value of a secret in a version, by default the current one. */
  readonly secretValue: (name: string, version?: string) => Promise<Told<string>>;
}

/** What a simulation says of one action on one object. */
export interface Decision {
  readonly action: string;
  readonly arn: string;
  readonly decision: "allowed" | "explicitDeny" | "implicitDeny";
  /** Whether the role's permissions boundary allows it. Default: it has none. */
  readonly byBoundary?: boolean;
  /** Whether the organization's policies allow it. Default: there are none. */
  readonly byOrganization?: boolean;
}

export interface ParameterFacts {
  readonly version: number;
  /** `SecureString`, `String` or `StringList`. */
  readonly type: string;
  readonly changed?: Date;
}

export interface SecretFacts {
  readonly arn: string;
  /** When its deletion was asked for. Default: it was not. */
  readonly deleted?: Date;
  readonly changed?: Date;
  /** How AWS rotates it. Default: it does not. */
  readonly rotation?: NativeRotation;
  /** Its copies in other regions, as the secret itself tells of them. Default: it has none. */
  readonly replicas?: readonly ReplicaFacts[];
  /** Region of the secret that it is a replica of. Default: it is none. */
  readonly primaryRegion?: string;
  /** Staging labels by the id of the version that has them. */
  readonly stages: Readonly<Record<string, readonly string[]>>;
}

export interface ReplicaFacts {
  readonly region: string;
  /** `InSync`, `InProgress` or `Failed`. */
  readonly status: string;
  /** AWS' own words. */
  readonly message: string;
}
