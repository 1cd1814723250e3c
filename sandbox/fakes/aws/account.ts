/** The one account of the fake AWS. moto's own default, so that its ARNs agree. */
export const ACCOUNT_ID = "123456789012";

/** The region of the sandbox. Others work too: replicas live there. */
export const REGION = "eu-central-1";

/** The one EKS cluster that the fake EKS knows: the platform's own. */
export const EKS_CLUSTER = "sandbox";

/** The audience of the token that EKS mounts into a pod with an association, and the service that its role trusts. */
export const POD_IDENTITY_AUDIENCE = "pods.eks.amazonaws.com";

/**
 * The deployer: an administrator. Its key is well known, as it opens nothing but this fake on loopback.
 * Shaped as AWS' own documentation shapes its examples, so that no scanner takes it for a leak.
 */
export const DEPLOYER = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  arn: `arn:aws:iam::${ACCOUNT_ID}:user/deployer`,
  userId: "AIDASANDBOXDEPLOYER01",
} as const;

/** ARN of a role by its name. */
export function roleArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;
}
