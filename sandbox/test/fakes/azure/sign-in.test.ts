import assert from "node:assert/strict";
import { AZURE_SANDBOX } from "../../../fakes/azure/directory.ts";
import { Cloud, IDENTITY, ISSUER, serviceAccountToken, SUBJECT } from "./cloud.ts";

const CHECK =
  "Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. " +
  "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

describe("sign-in to the fake Azure", () => {
  let cloud: Cloud;
  let clientId: string;

  before(async () => {
    cloud = await Cloud.start();
    ({ clientId } = await cloud.identity());
  });
  after(() => cloud.stop());

  async function refusal(answer: ReturnType<Cloud["signIn"]>): Promise<[number, string, string]> {
    const { status, body } = await answer;
    assert.equal(body.get("access_token"), undefined);
    const [text = ""] = body.text("error_description").split(" Trace ID: ");
    assert.equal(body.get("error_uri"), `https://login.microsoftonline.com/error?code=${body.text("error_codes.0")}`);
    return [status, body.text("error"), text];
  }

  it("exchanges a service account's token for one of the identity", async () => {
    const { status, body } = await cloud.federated(clientId, await serviceAccountToken());
    assert.equal(status, 200);
    assert.equal(body.get("token_type"), "Bearer");
    assert.equal(body.get("expires_in"), 3600);
  });

  it("refuses a wrong issuer, subject or audience, each in Entra's words", async () => {
    const attempt = async (claims: Parameters<typeof serviceAccountToken>[0]) =>
      refusal(cloud.federated(clientId, await serviceAccountToken(claims)));
    const none = "No matching federated identity record found for presented assertion";
    assert.deepEqual(await attempt({ issuer: "https://other" }), [
      401,
      "invalid_client",
      `AADSTS700211: ${none} issuer 'https://other'. ${CHECK}`,
    ]);
    assert.deepEqual(await attempt({ subject: `${SUBJECT}-2` }), [
      401,
      "invalid_client",
      `AADSTS700213: ${none} subject '${SUBJECT}-2'. ${CHECK}`,
    ]);
    assert.deepEqual(await attempt({ subject: SUBJECT.replace("shop", "Shop") }), [
      401,
      "invalid_client",
      `AADSTS700213: ${none} subject '${SUBJECT.replace("shop", "Shop")}'. ${CHECK}`,
    ]);
    assert.deepEqual(await attempt({ audience: "vault" }), [
      401,
      "invalid_client",
      `AADSTS700212: ${none} audience 'vault'. ${CHECK}`,
    ]);
  });

  it("refuses a forged, an expired and a broken token", async () => {
    const forged = await refusal(cloud.federated(clientId, await serviceAccountToken({ forged: true })));
    assert.equal(forged[2], "AADSTS700027: Client assertion failed signature validation.");
    const expired = await refusal(cloud.federated(clientId, await serviceAccountToken({ expired: true })));
    assert.equal(expired[2], "AADSTS700024: Client assertion is not within its valid time range.");
    const broken = await refusal(cloud.federated(clientId, "x"));
    assert.equal(broken[2], "AADSTS50027: JWT token is invalid or malformed.");
  });

  it("refuses an identity without any federated credential, and an unknown one", async () => {
    const other = IDENTITY.replace("shop", "other");
    const made = await cloud.arm("PUT", other, { location: "westeurope" });
    const answer = await refusal(cloud.federated(made.body.text("properties.clientId"), await serviceAccountToken()));
    assert.deepEqual(answer, [
      401,
      "invalid_client",
      `AADSTS70021: No matching federated identity record found for presented assertion. Assertion Issuer: '${ISSUER}'. Assertion ` +
        `Subject: '${SUBJECT}'. Assertion Audience: 'api://AzureADTokenExchange'. ` +
        `https://docs.microsoft.com/en-us/azure/active-directory/develop/workload-identity-federation`,
    ]);
    const [status, error, text] = await refusal(cloud.federated("nobody", await serviceAccountToken()));
    assert.deepEqual([status, error], [400, "unauthorized_client"]);
    assert.match(
      text,
      /^AADSTS700016: Application with identifier 'nobody' was not found in the directory 'Sandbox'\. This can happen/,
    );
  });

  it("takes the deployer's secret, and no other", async () => {
    const { clientId: client_id, clientSecret } = AZURE_SANDBOX.deployer;
    assert.equal((await cloud.signIn({ client_id, client_secret: clientSecret })).status, 200);
    const [status, error, text] = await refusal(cloud.signIn({ client_id, client_secret: "guess" }));
    assert.deepEqual([status, error], [401, "invalid_client"]);
    assert.match(text, /^AADSTS7000215: Invalid client secret provided\. Ensure the secret/);
    assert.ok(!text.includes("guess"));
    assert.match((await refusal(cloud.signIn({ client_id: clientId, client_secret: "" })))[2], /^AADSTS7000215: /);
  });

  it("refuses another tenant and an unknown resource", async () => {
    const { clientId: client_id, clientSecret: client_secret } = AZURE_SANDBOX.deployer;
    const [, , tenant] = await refusal(cloud.signIn({ client_id, client_secret }, "elsewhere"));
    assert.match(tenant, /^AADSTS90002: Tenant 'elsewhere' not found\. /);
    const scope = "https://graph.microsoft.com/.default";
    const [, , resource] = await refusal(cloud.signIn({ client_id, client_secret, scope }));
    assert.match(resource, /^AADSTS500011: The resource principal named https:\/\/graph\.microsoft\.com was not found/);
  });

  it("answers the discovery documents that MSAL asks for first", async () => {
    const base = "https://login.microsoftonline.com";
    const instance = await cloud.request("GET", `${base}/common/discovery/instance?api-version=1.1`);
    assert.deepEqual(instance.body.get("metadata.0.aliases"), ["login.microsoftonline.com"]);
    const { body } = await cloud.request(
      "GET",
      `${base}/${AZURE_SANDBOX.tenantId}/v2.0/.well-known/openid-configuration`,
    );
    assert.equal(body.get("token_endpoint"), `${base}/${AZURE_SANDBOX.tenantId}/oauth2/v2.0/token`);
    assert.equal(cloud.gateway.requests.snapshot()["login.microsoftonline.com"]?.["OpenIdConfiguration"], 1);
  });

  it("throttles as Entra does when it is told to", async () => {
    cloud.gateway.faults.add({ kind: "throttle", operation: "Token", forMs: 60_000 });
    const [status, error] = await refusal(cloud.federated(clientId, await serviceAccountToken()));
    cloud.gateway.faults.clear();
    assert.deepEqual([status, error], [429, "temporarily_unavailable"]);
  });
});
