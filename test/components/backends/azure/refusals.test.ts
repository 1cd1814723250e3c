import assert from "node:assert/strict";
import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { SecretClient } from "@azure/keyvault-secrets";
import { clientPolicies, refusalOf } from "../../../../components/backends/azure/key-vault-client.ts";

/** What a vault answers (https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses). */
const missingRole = {
  error: {
    code: "Forbidden",
    message: "Caller is not authorized to perform action on resource.",
    innererror: { code: "ForbiddenByRbac" },
  },
};
const firewall = {
  error: {
    code: "Forbidden",
    message: "Client address (203.0.113.9) is not trusted.",
    innererror: { code: "ForbiddenByFirewall" },
  },
};

/** Microsoft's client as it is used here, of a vault that refuses every request. */
async function refused(body: string): Promise<SecretClient> {
  const httpClient: HttpClient = {
    sendRequest: (request) => Promise.resolve({ request, status: 403, headers: createHttpHeaders(), bodyAsText: body }),
  };
  const getToken = () => Promise.resolve({ token: "a", expiresOnTimestamp: Date.now() + 60_000 });
  return new SecretClient(
    "https://team.vault.azure.net",
    { getToken },
    {
      httpClient,
      additionalPolicies: await clientPolicies(),
    },
  );
}

/** Each way of asking that is used. */
const questions: Readonly<Record<string, (client: SecretClient) => Promise<unknown>>> = {
  "for its names": (client) => client.listPropertiesOfSecrets().next(),
  "for the versions of a secret": (client) => client.listPropertiesOfSecretVersions("password").next(),
  "for a value": (client) => client.getSecret("password"),
};

describe("a Key Vault that refuses a question", () => {
  for (const [title, ask] of Object.entries(questions)) {
    it(`says why: ${title}`, async () => {
      const reasonFor = async (body: string) =>
        ask(await refused(body)).then(
          () => assert.fail("it answered"),
          (error: unknown) => [refusalOf(error), error instanceof Error ? error.message : ""],
        );
      assert.deepEqual(await reasonFor(JSON.stringify(missingRole)), ["rights", missingRole.error.message]);
      assert.deepEqual(await reasonFor(JSON.stringify(firewall)), ["network", firewall.error.message]);
      assert.deepEqual(await reasonFor("<html>"), ["other", "Key Vault refuses the request (403)"]);
    });
  }
});
