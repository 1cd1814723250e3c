import assert from "node:assert/strict";
import { awsKnownErrors } from "../../../../components/backends/aws/known-errors.ts";
import { azureKnownErrors } from "../../../../components/backends/azure/known-errors.ts";
import { gcpKnownErrors } from "../../../../components/backends/gcp/known-errors.ts";
import { throttled } from "../../../../components/backends/known-error.ts";
import { vaultKnownErrors } from "../../../../components/backends/vault/known-errors.ts";
import { knownErrorIn, knownErrors, writing } from "../../../../components/external-secrets/readiness/known-errors.ts";

describe("known errors", () => {
  it("are those of each cloud, of Vault, and the general ones, each once and in this order", () => {
    const own = [...writing, ...awsKnownErrors, ...azureKnownErrors, ...gcpKnownErrors, ...vaultKnownErrors];
    assert.deepEqual(knownErrors.slice(0, own.length), own);
    assert.deepEqual(
      knownErrors.slice(own.length).map(({ pattern }) => pattern.source),
      [
        'Secret "[^"]*" is invalid: type: .*field is immutable',
        "could not get (?:Cluster)?SecretStore .*not found",
        "does not exist|not found|(?:Secret|Parameter|Resource)NotFound",
      ],
    );
    assert.equal(new Set(knownErrors).size, knownErrors.length);
  });

  /** Words that several patterns match, and the one that counts. */
  for (const [words, beginning] of [
    [
      "InvalidIdentityToken: No OpenIDConnect provider found in your account, not found",
      "the store's account does not trust",
    ],
    [
      'could not update Secret: secrets "shop-db" is forbidden: exceeded quota: few, requested: count/secrets=1, used: count/secrets=2, limited: count/secrets=2',
      "the namespace has no quota for another Secret",
    ],
    [
      'secrets "shop-db" is forbidden: User "system:serviceaccount:external-secrets:external-secrets" cannot update resource "secrets" in API group "" in the namespace "shop"',
      "the operator may not write Secrets there",
    ],
    ["permission denied: secretmanager.versions.access", "the service account has no binding on this secret"],
    ["permission denied (429 Too Many Requests)", "the store received too many requests"],
    ["AADSTS700016: Application was not found in the directory", "Azure does not know the identity"],
    ["unable to log in with Kubernetes auth: Code: 403. permission denied", "Vault refused the login"],
    [
      'unable to log in with Kubernetes auth: Put "http://vault:8200/v1/auth/kubernetes/login": dial tcp 10.0.0.7:8200: connect: connection refused',
      "the operator can't reach the store",
    ],
    [
      'unable to log in with Kubernetes auth: Put "https://vault:8200/v1/auth/kubernetes/login": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      "the operator does not trust the store's certificate",
    ],
    ['could not get SecretStore "reader": Code: 403, not found', "the policy of its Vault role"],
    ['could not get ClusterSecretStore "vault", not found', "the SecretStore was deleted"],
    [
      'could not update: Secret "shop-tls" is invalid: type: Invalid value: "kubernetes.io/tls": field is immutable',
      "the Secret exists with another type",
    ],
  ] as const) {
    it(`are told by the first that matches: ${words}`, () => {
      assert.ok(knownErrorIn(words)?.fix.startsWith(beginning), knownErrorIn(words)?.fix);
    });
  }

  it("are no guess", () => {
    assert.equal(knownErrorIn("something else"), undefined);
    assert.ok(knownErrors.includes(throttled));
  });
});
