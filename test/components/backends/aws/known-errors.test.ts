import assert from "node:assert/strict";
import { awsKnownErrors } from "../../../../components/backends/aws/known-errors.ts";
import { explainNotReady } from "../../../../components/external-secrets/readiness/explain.ts";
import { explanationText } from "../../../../components/support/messages/explanation.ts";

/** What is logged. */
function textOf(...told: Parameters<typeof explainNotReady>): string {
  return explanationText(explainNotReady(...told));
}

const sts =
  "operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: 403, RequestID: 1, api error";
const user = "User: arn:aws:sts::111122223333:assumed-role/acme.dev.main.shop.ssm/1 is";

/** Words of AWS, as the operator passes them on, and the beginning of the fix. */
const said: readonly (readonly [words: string, fix: string])[] = [
  [
    `${sts} InvalidIdentityToken: No OpenIDConnect provider found in your account for https://issuer.example`,
    "the store's account does not trust the cluster's issuer",
  ],
  [`${sts} InvalidIdentityToken: Incorrect token audience`, "the account's OIDC provider does not accept the audience"],
  [
    `${sts} InvalidIdentityToken: Couldn't retrieve verification key from your identity provider`,
    "AWS can't verify the cluster's tokens",
  ],
  [
    `${sts} AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
    "the namespace's role was deleted, or trusts another account",
  ],
  [
    `operation error STS: AssumeRole, api error AccessDenied: ${user} not authorized to perform: sts:TagSession on resource: x`,
    "the operator may not assume the namespace's role",
  ],
  [
    "an IAM role must be associated with service account secrets-reader (namespace: shop)",
    "the service account lost its annotation",
  ],
  ["failed to refresh cached credentials, no EC2 IMDS role found", "the operator's Pods have no credentials"],
  ["api error AccessDeniedException: Access to KMS is not allowed", "the role may not decrypt with the customer key"],
  [
    `api error AccessDeniedException: ${user} not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:111122223333:key/x because no resource-based policy allows the kms:Decrypt action`,
    "the role may not decrypt with the customer key",
  ],
  [
    `api error AccessDeniedException: ${user} not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:111122223333:key/x because no identity-based policy allows the kms:Decrypt action`,
    "the policy of the namespace's role does not name the customer key: run `pulumi up --refresh`, which restores it",
  ],
  [
    `operation error SSM: GetParameter, https response error StatusCode: 400, api error AccessDeniedException: ${user} not authorized to perform: ssm:GetParameter on resource: x`,
    "the policy of the namespace's role does not name this object",
  ],
  [
    `api error AccessDeniedException: ${user} not authorized to perform: secretsmanager:GetSecretValue on resource: x`,
    "the policy of the namespace's role does not name this object",
  ],
];

describe("what AWS says", () => {
  for (const [words, fix] of said) {
    it(`is explained: ${words.slice(-60)}`, () => {
      const conditions = [{ type: "Ready", status: "False", reason: "InvalidProviderConfig", message: words }];
      const lines = textOf({ kind: "SecretStore", status: { conditions } }).split("\n");
      assert.ok(lines.at(-1)?.startsWith(`  fix: ${fix}`), lines.at(-1));
    });
  }

  it("has no cause that nothing is said of", () => {
    assert.deepEqual(
      awsKnownErrors.filter(({ pattern }) => !said.some(([words]) => pattern.test(words))),
      [],
    );
  });
});
