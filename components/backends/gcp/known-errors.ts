import type { KnownError } from "../known-error.ts";

/** What Google says when a reader is refused, and what it means. */
export const gcpKnownErrors: readonly KnownError[] = [
  {
    // "could not get idbindtoken token, status: 404" (external-secrets#1156)
    pattern: /idbindtoken token, status: 404|identity provider \S+ was not found/i,
    fix: "Google knows no such GKE cluster, or workload identity is off: compare clusters.<name>.project, location and clusterName with `gcloud container clusters list`",
  },
  {
    pattern: /idbindtoken token, status: 40[013]/i,
    fix: "Google does not take the service account's token: is the cluster that the operator runs in the one that clusters.<name> describes?",
  },
  {
    pattern: /iam\.serviceAccounts\.getAccessToken|unable to generate gcp access token/i,
    fix: "the reader may not act as its account of Google's: run `pulumi up --refresh`, which binds it again (new bindings take up to two minutes)",
  },
  {
    pattern: /audience in ID Token .* does not match/i,
    fix: "the identity provider takes other audiences: let it take none but its own name (docs/identity/google.md#federation)",
  },
  {
    pattern: /issuer in ID Token .* does not match/i,
    fix: "the identity provider trusts another issuer: compare it character by character with `kubectl get --raw /.well-known/openid-configuration`",
  },
  {
    pattern: /Invalid JWT Signature|connecting to the given credential's issuer/i,
    fix: "Google can't reach the cluster's issuer, or has old keys of it: give the provider those of `kubectl get --raw /openid/v1/jwks`",
  },
  {
    pattern: /invalid_target|pool or provider is disabled or deleted/i,
    fix: "the pool or the provider does not exist, or is disabled: gcloud iam workload-identity-pools providers describe <provider> --location=global --workload-identity-pool=<pool>",
  },
  {
    pattern: /secretmanager\.versions\.access/i,
    fix: "the reader is not bound to this secret: run `pulumi up --refresh`, which binds it again (new bindings take up to two minutes)",
  },
  {
    pattern: /is in (?:DISABLED|DESTROYED) state/i,
    fix: "the newest version was disabled or destroyed by hand: run `pulumi up --refresh`, which enables it again, or writes another in place of a destroyed one",
  },
];
