import type { ClusterSpec } from "../../clusters/contract.ts";
import { configPath, removeCommand } from "../../support/messages/config-command.ts";
import type { Issue } from "../../support/messages/errors.ts";
import { portOf } from "../../support/port-of.ts";

/** Where an account's services are reached, other than by their usual names. */
export interface AwsEndpoints {
  /** URLs by which this program reaches them. Default: the usual ones. */
  readonly endpoints?: Readonly<Partial<Record<ProgramService, string>>>;
  /** URLs by which the operators of clusters reach them. Default: the usual ones. */
  readonly clusterEndpoints?: Readonly<Partial<Record<ClusterService, string>>>;
  /** Whether both use endpoints with validated cryptography (FIPS 140). Default: no. */
  readonly fips?: true;
}

type ProgramService = "iam" | "secretsmanager" | "ssm" | "sts";
type ClusterService = "secretsmanager" | "ssm" | "sts";

/**
 * Variables of the operator's process, which its providers for AWS read: those of services in external-secrets itself
 * (0.20.4 and 2.9.0, `resolver.go` of auth, parameterstore and secretsmanager), the last one in the AWS SDK for Go.
 */
const variables: { readonly [S in ClusterService]: string } = {
  secretsmanager: "AWS_SECRETSMANAGER_ENDPOINT",
  ssm: "AWS_SSM_ENDPOINT",
  sts: "AWS_STS_ENDPOINT",
};

/** The variables by which the operator finds a service and the token service, by name; empty where one is to be unset. Pure. */
export function awsVariables(
  service: Exclude<ClusterService, "sts">,
  { clusterEndpoints = {}, fips }: AwsEndpoints,
): Readonly<Record<string, string>> {
  return {
    [variables[service]]: clusterEndpoints[service] ?? "",
    [variables.sts]: clusterEndpoints.sts ?? "",
    AWS_USE_FIPS_ENDPOINT: fips === true ? "true" : "",
  };
}

/** TCP ports at which the operator reaches the services. Pure. */
export function awsPorts({ clusterEndpoints = {} }: AwsEndpoints): readonly number[] {
  return [...new Set([443, ...Object.values(clusterEndpoints).map(portOf)])];
}

/** Arguments of Pulumi's provider. Pure. */
export function endpointInputs({ endpoints, fips }: AwsEndpoints) {
  return {
    ...(endpoints === undefined ? {} : { endpoints: [{ ...endpoints }] }),
    ...(fips === true ? { useFipsEndpoint: true } : {}),
  };
}

/** The driver's provider for AWS takes neither from a SecretProviderClass. Pure. */
export function csiEndpointIssues(
  { name, clusterEndpoints, fips }: AwsEndpoints & { readonly name: string },
  { name: cluster }: ClusterSpec,
): readonly Issue[] {
  const facts = [...(clusterEndpoints === undefined ? [] : ["clusterEndpoints"]), ...(fips === true ? ["fips"] : [])];
  return facts.map((fact) => {
    const path = configPath(["stores", name, fact]);
    return {
      path,
      problem: `does not reach Pods of cluster ${cluster}: the driver's provider for AWS is told no endpoints by a SecretProviderClass`,
      fix: `deliver via external-secret, or use the usual endpoints: ${removeCommand(path)}`,
    };
  });
}
