import type { KnownError } from "../known-error.ts";

/** Errors of Google when access is refused, each with its fix. */
export const gcpKnownErrors: readonly KnownError[] = [
  {
    // "could not get idbindtoken token, status: 404" (external-secrets#1156)
    pattern: /idbindtoken token, status: 404|identity provider \S+ was not found/i,
    link: "identity",
    fix: "Google can't find this GKE cluster, or workload identity is disabled: compare clusters.<name>.project, location and clusterName with `gcloud container clusters list`",
  },
  {
    pattern: /idbindtoken token, status: 40[013]/i,
    link: "identity",
    fix: "Google rejects the service account's token: check that clusters.<name> describes the cluster in which the operator runs",
  },
  {
    pattern: /iam\.serviceAccounts\.getAccessToken|unable to generate gcp access token/i,
    link: "identity",
    fix: "the service account may not impersonate its Google service account: run `pulumi up --refresh`, which restores the binding (a new one takes up to two minutes)",
  },
  {
    pattern: /audience in ID Token .* does not match/i,
    link: "identity",
    fix: "the identity provider accepts other audiences: let it accept only its own name (docs/identity/google.md#federation)",
  },
  {
    pattern: /issuer in ID Token .* does not match/i,
    link: "identity",
    fix: "the identity provider trusts another issuer: compare it character by character with `kubectl get --raw /.well-known/openid-configuration`",
  },
  {
    pattern: /Invalid JWT Signature|connecting to the given credential's issuer/i,
    link: "identity",
    fix: "Google can't reach the cluster's issuer, or has outdated keys: give the provider the keys from `kubectl get --raw /openid/v1/jwks`",
  },
  {
    pattern: /invalid_target|pool or provider is disabled or deleted/i,
    link: "identity",
    fix: "the pool or the provider does not exist, or is disabled: gcloud iam workload-identity-pools providers describe <provider> --location=global --workload-identity-pool=<pool>",
  },
  {
    pattern: /secretmanager\.versions\.access/i,
    link: "rights",
    fix: "the service account has no binding on this secret: run `pulumi up --refresh`, which restores it (a new one takes up to two minutes); where the secret itself was made anew, first read docs/operations.md#made-anew",
  },
  {
    pattern: /is in (?:DISABLED|DESTROYED) state/i,
    link: "object",
    fix: "the newest version was disabled or destroyed outside this program: run `pulumi up --refresh`, which enables it, or writes a new one if it was destroyed",
  },
];
