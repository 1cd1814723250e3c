import assert from "node:assert/strict";
import { explainNotReady } from "../../../../components/external-secrets/readiness/explain.ts";
import { explanationText } from "../../../../components/support/messages/explanation.ts";

const subject = { kind: "SecretStore", metadata: { name: "secrets-reader", namespace: "shop" } };
const fixOf = (message: string) => {
  const conditions = [
    { type: "Ready", status: "False", reason: "InvalidProviderConfig", message: "unable to create client" },
  ];
  const told = explainNotReady({ ...subject, status: { conditions } }, [{ type: "Warning", message }]);
  return explanationText(told).split("  fix: ")[1];
};
const answer = (text: string) =>
  `unable to log in to auth method: unable to log in with Kubernetes auth: Error making API request.\n\nURL: PUT https://vault.example/v1/auth/jwt/login\nCode: 400. Errors:\n\n* ${text}`;

/** What Vault answers a login, and the fix that belongs to it. */
const told: readonly (readonly [cause: string, message: string, fix: RegExp])[] = [
  [
    "a key that Vault does not have",
    answer(
      "error validating token: error verifying token signature: no known key successfully validated the token signature",
    ),
    /^Vault does not have the key that the cluster signs tokens with: .*auth\.methods\.<cluster>\.keys/,
  ],
  [
    "another issuer",
    answer("error validating token: invalid issuer (iss) claim"),
    /^the cluster's tokens name another issuer: .*auth\.methods\.<cluster>\.issuer/,
  ],
  [
    "another audience",
    answer("error validating token: invalid audience (aud) claim: audience claim does not match any bound audience"),
    /^the Vault role's audience and the store's auth\.audience differ/,
  ],
  [
    "another account",
    answer("error validating token: sub claim does not match bound subject"),
    /^the Vault role is bound to another service account or namespace/,
  ],
  [
    "a secret id that is used up",
    "unable to log in with app role auth: Error making API request.\n\nURL: PUT https://vault.example/v1/auth/approle/login\nCode: 400. Errors:\n\n* invalid role or secret ID",
    /^the secret id has expired, was used up, or belongs to another role: /,
  ],
  [
    "a Secret that is not there",
    'cannot get Kubernetes secret "vault-approle" from namespace "shop": secrets "vault-approle" not found',
    /^the Secret with the secret id of its AppRole is missing \(auth\.secretId\): docs/,
  ],
];

describe("errors of a login to Vault", () => {
  for (const [cause, message, fix] of told) {
    it(`name the fix for ${cause}`, () => {
      assert.match(fixOf(message) ?? "", fix);
    });
  }
});
