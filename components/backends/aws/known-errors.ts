import type { KnownError } from "../known-error.ts";

/** Errors of AWS when access is refused, each with its fix. */
export const awsKnownErrors: readonly KnownError[] = [
  {
    pattern: /No OpenIDConnect provider found/i,
    link: "identity",
    fix: "the store's account does not trust the cluster's issuer: let this program create a provider with stores.<name>.oidcProviders.<cluster>: create (docs/identity/aws.md#the-oidc-provider)",
  },
  {
    pattern: /Incorrect token audience/i,
    link: "identity",
    fix: "the account's OIDC provider does not accept the audience sts.amazonaws.com: aws iam add-client-id-to-open-id-connect-provider --client-id sts.amazonaws.com --open-id-connect-provider-arn <arn>",
  },
  {
    pattern: /InvalidIdentityToken/i,
    link: "identity",
    fix: "AWS can't verify the cluster's tokens: its issuer must publish its keys on the internet, and clusters.<name>.issuer must equal the field issuer of `kubectl get --raw /.well-known/openid-configuration` (docs/identity/aws.md#the-oidc-provider)",
  },
  {
    pattern: /not authorized to perform:? sts:AssumeRoleWithWebIdentity/i,
    link: "identity",
    fix: "the namespace's role was deleted, or trusts another account: run `pulumi up --refresh`, which restores it (a new role takes some seconds)",
  },
  {
    pattern: /not authorized to perform:? sts:(AssumeRole|TagSession)\b/i,
    link: "identity",
    fix: "the operator may not assume the namespace's role: run `pulumi up --refresh`, which restores both policies (new ones take some seconds)",
  },
  {
    pattern: /IAM role must be associated with service account/i,
    link: "identity",
    fix: "the service account lost its annotation eks.amazonaws.com/role-arn: run `pulumi up --refresh`, which restores it",
  },
  {
    pattern: /no EC2 IMDS role found|failed to refresh cached credentials|NoCredentialProviders/i,
    link: "identity",
    fix: "the operator's Pods have no credentials: with Pod Identity they get them when they start, so restart them (docs/identity/aws.md#eks-pod-identity)",
  },
  {
    // Said of the role's own policy, while what follows is said of the key's.
    pattern: /no identity-based policy allows the kms:Decrypt action/i,
    link: "rights",
    fix: "the policy of the namespace's role does not name the customer key: run `pulumi up --refresh`, which restores it",
  },
  {
    pattern: /Access to KMS is not allowed|kms:Decrypt|Service: Kms/i,
    link: "rights",
    fix: "the role may not decrypt with the customer key: its key policy must delegate to the account's IAM policies (docs/identity/aws.md#customer-keys)",
  },
  {
    pattern: /not authorized to perform:? (ssm:GetParameter|secretsmanager:GetSecretValue)/i,
    link: "rights",
    fix: "the policy of the namespace's role does not name this object: run `pulumi up --refresh`, which restores it; where the secret itself was made anew: docs/operations.md#made-anew",
  },
];
