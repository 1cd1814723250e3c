import { REGION } from "./account.ts";

/** The services that the front knows. */
export const SERVICES = ["ssm", "secretsmanager", "sts", "iam", "kms", "eks"] as const;

/** One of them. */
export type AwsService = (typeof SERVICES)[number];

/** Which service in which region a host is. */
export interface AwsEndpoint {
  readonly service: AwsService;
  readonly region: string;
}

/**
 * `ssm.eu-central-1.amazonaws.com`, `sts.amazonaws.com`; undefined for every other host.
 * See "AWS service endpoints", https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
export function endpointOf(host: string): AwsEndpoint | undefined {
  const [, name, region] = /^([a-z]+)(?:\.([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com$/.exec(host) ?? [];
  const service = SERVICES.find((known) => known === name);
  if (service === undefined) return undefined;
  const global = service === "iam" || service === "sts";
  if (region === undefined && !global) return undefined;
  return { service, region: region ?? (service === "iam" ? "us-east-1" : REGION) };
}
