import assert from "node:assert/strict";
import { explainNotReady } from "../../../../components/external-secrets/readiness/explain.ts";
import { explanationText } from "../../../../components/support/messages/explanation.ts";

/** What is logged. */
function textOf(...told: Parameters<typeof explainNotReady>): string {
  return explanationText(explainNotReady(...told));
}

const subject = { kind: "ExternalSecret", metadata: { name: "shop-db", namespace: "shop" } };
const fixOf = (message: string) => {
  const conditions = [
    { type: "Ready", status: "False", reason: "SecretSyncedError", message: "could not get secret data from provider" },
  ];
  return textOf({ ...subject, status: { conditions } }, [{ type: "Warning", message }]).split("  fix: ")[1];
};
/** A refusal of Azure's sign-in, as the operator shows it. */
const signIn = (text: string) =>
  `http call(https://login.microsoftonline.com/t/oauth2/v2.0/token)(POST) error: reply status code was 401:\n{"error":"invalid_client","error_description":"${text}"}`;
/** A refusal of the vault. */
const vault = (message: string, code: string) =>
  `keyvault.BaseClient#GetSecret: Failure responding to request: StatusCode=403 -- Original Error: autorest/azure: Service returned an error. Status=403 Code="Forbidden" Message="${message}" InnerError={"code":"${code}"}`;

/** What the operator shows of Azure's answers, and the fix that belongs to it. */
const told: readonly (readonly [cause: string, message: string, fix: RegExp])[] = [
  [
    "another issuer",
    signIn("AADSTS700211: No matching federated identity record found for presented assertion issuer 'https://a/'."),
    /^the identity trusts another issuer: .*a slash at the end counts/,
  ],
  [
    "another subject",
    signIn("AADSTS700213: No matching federated identity record found for presented assertion subject 'x'."),
    /^the identity's federated credential was changed outside this program, or is new/,
  ],
  [
    "a trust that is not there yet",
    signIn("AADSTS70021: No matching federated identity record found for presented assertion."),
    /^the identity's federated credential was changed outside this program, or is new/,
  ],
  [
    "an identity that is gone",
    signIn("AADSTS700016: Application with identifier 'x' was not found in the directory 'y'."),
    /^Azure does not know the identity or the tenant/,
  ],
  [
    "an issuer that can't be reached",
    signIn("AADSTS50166: Request to External OIDC endpoint failed."),
    /^Azure can't reach the cluster's issuer/,
  ],
  [
    "a service account without its annotations",
    "missing clientID: either serviceAccountRef or service account annotation 'azure.workload.identity/client-id' is missing",
    /^the service account lost its annotations/,
  ],
  [
    "a right that is missing",
    vault("Caller is not authorized to perform action on resource.", "ForbiddenByRbac"),
    /^the role assignment has not taken effect yet/,
  ],
  [
    "a firewall",
    vault("Client address is not authorized and caller is not a trusted service.", "ForbiddenByFirewall"),
    /^the vault's firewall refuses the cluster/,
  ],
  [
    "a disabled secret",
    vault("Operation get is not allowed on a disabled secret.", "SecretDisabled"),
    /^the secret was disabled outside this program/,
  ],
];

describe("refusals by Azure", () => {
  for (const [cause, message, fix] of told) {
    it(`are explained: ${cause}`, () => assert.match(fixOf(message) ?? "no fix", fix));
  }
});
