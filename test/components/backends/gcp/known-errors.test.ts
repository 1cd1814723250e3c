import assert from "node:assert/strict";
import { explainNotReady } from "../../../../components/external-secrets/readiness/explain.ts";
import { explanationText } from "../../../../components/support/messages/explanation.ts";

/** What is logged. */
function textOf(...told: Parameters<typeof explainNotReady>): string {
  return explanationText(explainNotReady(...told));
}

const subject = { kind: "SecretStore", metadata: { name: "secrets-reader", namespace: "shop" } };
const fixOf = (message: string) => {
  const conditions = [
    { type: "Ready", status: "False", reason: "InvalidProviderConfig", message: "unable to create client" },
  ];
  return textOf({ ...subject, status: { conditions } }, [{ type: "Warning", message }]).split("  fix: ")[1];
};

/** What the operator shows of Google's answers, and the fix that belongs to it. */
const told: readonly (readonly [cause: string, message: string, fix: RegExp])[] = [
  [
    "a cluster that Google does not know",
    "failed to create GCP secretmanager client: unable to fetch identitybindingtoken: could not get idbindtoken token, status: 404",
    /^Google can't find this GKE cluster/,
  ],
  [
    "a token of another cluster",
    "failed to create GCP secretmanager client: unable to fetch identitybindingtoken: could not get idbindtoken token, status: 400",
    /^Google rejects the service account's token/,
  ],
  [
    "an account that may not be acted as",
    "unable to generate gcp access token: rpc error: code = PermissionDenied desc = Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
    /^the service account may not impersonate its Google service account/,
  ],
  [
    "another audience",
    'unable to get credentials: oauth2/google: status code 400: {"error":"invalid_grant","error_description":"The audience in ID Token [https://kubernetes.default.svc] does not match the expected audience."}',
    /^the identity provider accepts other audiences/,
  ],
  [
    "another issuer",
    'oauth2/google: status code 400: {"error":"invalid_grant","error_description":"The issuer in ID Token https://a.example does not match the expected one in config: https://a.example/."}',
    /^the identity provider trusts another issuer/,
  ],
  [
    "keys of another cluster",
    'oauth2/google: status code 400: {"error":"invalid_grant","error_description":"Invalid JWT Signature."}',
    /^Google can't reach the cluster's issuer/,
  ],
  [
    "a provider that is gone",
    'oauth2/google: status code 400: {"error":"invalid_target","error_description":"The target service indicated by the \\"audience\\" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn\'t exist."}',
    /^the pool or the provider does not exist/,
  ],
  [
    "a secret that is not granted",
    "unable to access Secret from SecretManager Client: rpc error: code = PermissionDenied desc = Permission 'secretmanager.versions.access' denied for resource 'projects/acme/secrets/acme-dev--shop--db/versions/latest' (or it may not exist).",
    /^the service account has no binding on this secret/,
  ],
  [
    "a version that was disabled",
    "unable to access Secret from SecretManager Client: rpc error: code = FailedPrecondition desc = Secret Version [projects/1/secrets/acme-dev--shop--db/versions/7] is in DISABLED state.",
    /^the newest version was disabled or destroyed outside this program: run `pulumi up --refresh`, which enables it/,
  ],
];

describe("what Google says", () => {
  for (const [cause, message, fix] of told) {
    it(`is explained: ${cause}`, () => assert.match(fixOf(message) ?? "", fix));
  }

  it("has one explanation each, which no other store's words are taken for", () => {
    assert.equal(new Set(told.map(([, message]) => fixOf(message))).size, told.length);
    assert.match(
      fixOf("Error making API request. Code: 403. * permission denied") ?? "",
      /policy of its Vault role does not name this path/,
    );
  });
});
