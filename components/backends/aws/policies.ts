import { awsDnsSuffix } from "./partitions.ts";
import { exactName } from "../../support/exact.ts";
import type { AwsReadGrant } from "./grant.ts";

/** A grant whose ARN is known. */
export type KnownGrant = Omit<AwsReadGrant, "arn"> & { readonly arn: string };

/** One statement of a policy here: it allows, and says exactly what. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Name of the inline policy of a reader's role. */
export const readPolicyName = "read-secrets";

/** Most characters that IAM takes of all inline policies of a role together: "IAM and AWS STS quotas". */
export const inlinePolicyCharacters = 10_240;

/**
 * What the operator calls to read one object, and nothing beside: external-secrets 0.20.4 and 2.x,
 * `provider/aws/parameterstore` (`getParameterValue`) and `provider/aws/secretsmanager` (`constructSecretValue`). To
 * validate a store it only asks for credentials, which the trust policy decides.
 */
const reading = {
  "aws-parameter-store": { sid: "ReadParameters", action: "ssm:GetParameter", service: "ssm" },
  "aws-secrets-manager": { sid: "ReadSecrets", action: "secretsmanager:GetSecretValue", service: "secretsmanager" },
} as const;

/**
 * What the CSI driver's provider calls to mount one object: secrets-store-csi-driver-provider-aws,
 * `provider/parameter_store_provider.go` and `provider/secrets_manager_provider.go`, which asks at each poll for the version
 * first.
 */
const mounting = {
  "aws-parameter-store": { sid: "MountParameters", action: "ssm:GetParameters" },
  "aws-secrets-manager": {
    sid: "MountSecrets",
    action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
  },
} as const;

/** The name under which each service tells KMS what it decrypts: "encryption context" in the guide of each. */
const encryptionContext = {
  "aws-parameter-store": "kms:EncryptionContext:PARAMETER_ARN",
  "aws-secrets-manager": "kms:EncryptionContext:SecretARN",
} as const;

/**
 * Policy that allows reading these objects and nothing else. Decryption with a customer key is allowed for these very
 * objects, and only through their own service.
 *
 * @param grants what the operator reads.
 * @param mounted what Pods mount through the CSI driver. Default: nothing.
 * @throws when an ARN holds `*` or `?`, which IAM reads as wildcards.
 */
export function awsReadPolicy(
  grants: readonly KnownGrant[],
  where: { region: string; partition: string },
  mounted: readonly KnownGrant[] = [],
): string {
  const statements = [...Map.groupBy([...grants, ...mounted], ({ kind }) => kind)].flatMap(([kind, each]) => [
    ...allowing(
      reading[kind],
      grants.filter((grant) => grant.kind === kind),
    ),
    ...allowing(
      mounting[kind],
      mounted.filter((grant) => grant.kind === kind),
    ),
    ...decryptStatements(kind, each, where),
  ]);
  return policyDocument(statements);
}

function allowing(
  { sid, action }: { readonly sid: string; readonly action: string | readonly string[] },
  grants: readonly KnownGrant[],
): readonly Statement[] {
  if (grants.length === 0) return [];
  return [{ Sid: sid, Effect: "Allow", Action: action, Resource: arnsOf(grants) }];
}

function decryptStatements(
  kind: AwsReadGrant["kind"],
  grants: readonly KnownGrant[],
  { region, partition }: { region: string; partition: string },
): readonly Statement[] {
  const suffix = awsDnsSuffix(partition);
  const keys = [...new Set(grants.flatMap(({ kmsKeyArn }) => (kmsKeyArn === undefined ? [] : [kmsKeyArn])))].sort();
  return keys.map((key, index) => ({
    Sid: `Decrypt${index + 1}`,
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: exact(key),
    Condition: {
      StringEquals: {
        "kms:ViaService": `${reading[kind].service}.${region}.${suffix}`,
        [encryptionContext[kind]]: arnsOf(grants.filter(({ kmsKeyArn }) => kmsKeyArn === key)),
      },
    },
  }));
}

/** Trust in one service account of one cluster, by its exact issuer, subject and audience. */
export function webIdentityTrust(trusted: {
  readonly oidcProviderArn: string;
  readonly issuer: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}): string {
  const issuer = issuerHost(trusted.issuer);
  return policyDocument([
    {
      Sid: "TrustReader",
      Effect: "Allow",
      Principal: { Federated: exact(trusted.oidcProviderArn) },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${issuer}:sub`]: `system:serviceaccount:${trusted.namespace}:${trusted.serviceAccount}`,
          [`${issuer}:aud`]: audience,
        },
      },
    },
  ]);
}

/** Audience of the tokens that the operator asks for (`provider/aws/auth`, `defaultTokenAudience`). */
export const audience = "sts.amazonaws.com";

/** An issuer as AWS writes it in ARNs and condition keys: without its scheme, and otherwise unchanged. */
export function issuerHost(issuer: string): string {
  return issuer.replace(/^https:\/\//, "");
}

/** Trust in exactly one other role. Session tags of EKS Pod Identity travel on, which takes a right of its own. */
export function roleTrust(roleArn: string): string {
  return policyDocument([
    { Sid: "TrustOperator", Effect: "Allow", Principal: { AWS: exact(roleArn) }, Action: chained },
  ]);
}

/** Trust in exactly one role of another account, which names this text where one is agreed upon. */
export function chainTrust(roleArn: string, externalId: string | undefined): string {
  const Principal = { AWS: exact(roleArn) };
  if (externalId === undefined) {
    return policyDocument([{ Sid: "TrustLogin", Effect: "Allow", Principal, Action: chained }]);
  }
  const [assume, tag] = chained;
  const Condition = { StringEquals: { "sts:ExternalId": externalId } };
  return policyDocument([
    { Sid: "TrustLogin", Effect: "Allow", Principal, Action: assume, Condition },
    // Allows nothing by itself: tags come with a request for the role.
    { Sid: "TakeTags", Effect: "Allow", Principal, Action: tag },
  ]);
}

/** Right of the operator's role, or of the one that a reader logs in to, to become exactly one reader's role. */
export function assumePolicy(roleArn: string): string {
  return policyDocument([{ Sid: "BecomeReader", Effect: "Allow", Action: chained, Resource: exact(roleArn) }]);
}

/** Trust in the Pods of one service account of one EKS cluster: "Create IAM role with trust policy" in its guide. */
export function podIdentityTrust(trusted: {
  readonly clusterArn: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}): string {
  return policyDocument([
    {
      Sid: "TrustPods",
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: chained,
      Condition: {
        StringEquals: {
          "aws:RequestTag/eks-cluster-arn": exact(trusted.clusterArn),
          "aws:RequestTag/kubernetes-namespace": trusted.namespace,
          "aws:RequestTag/kubernetes-service-account": trusted.serviceAccount,
        },
      },
    },
  ]);
}

const chained = ["sts:AssumeRole", "sts:TagSession"] as const;

/** A policy without spaces, which count. */
function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function arnsOf(grants: readonly KnownGrant[]): readonly string[] {
  return [...new Set(grants.map(({ arn }) => exact(arn)))].sort();
}

function exact(arn: string): string {
  return exactName(arn, { policy: "an IAM policy", names: "ARNs", wildcards: /[*?]/ });
}
