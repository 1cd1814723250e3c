import assert from "node:assert/strict";
import { SecretClient } from "@azure/keyvault-secrets";
import { Cloud } from "./cloud.ts";

describe("Microsoft's SDK on the fake Azure", () => {
  let cloud: Cloud;
  let client: SecretClient;
  let asked: string[];

  before(async () => {
    cloud = await Cloud.start();
    await cloud.team();
    asked = [];
    const getToken = async (scopes: string | string[]) => {
      asked.push(...[scopes].flat());
      return { token: await cloud.deployer("https://vault.azure.net"), expiresOnTimestamp: Date.now() + 3_600_000 };
    };
    client = new SecretClient(
      "https://team.vault.azure.net",
      { getToken },
      {
        agent: cloud.agent,
        retryOptions: { maxRetries: 0 },
      },
    );
  });
  after(() => cloud.stop());

  it("learns from the challenge which token it needs", async () => {
    await client.setSecret("db", "one");
    assert.deepEqual(asked, ["https://vault.azure.net/.default"]);
  });

  it("writes, reads and lists over all pages", async () => {
    await client.setSecret("db", "two", {
      contentType: "text/plain",
      tags: { app: "shop" },
      expiresOn: new Date(2e12),
    });
    const { value, properties } = await client.getSecret("db");
    assert.equal(value, "two");
    assert.deepEqual(
      [properties.contentType, properties.tags, properties.expiresOn],
      ["text/plain", { app: "shop" }, new Date(2e12)],
    );
    for (let i = 0; i < 30; i++) await client.setSecret(`many-${i}`, "x");
    const names: string[] = [];
    for await (const { name } of client.listPropertiesOfSecrets()) names.push(name);
    assert.equal(names.length, 31);
    await client.updateSecretProperties("db", properties.version ?? "", { enabled: false });
    await assert.rejects(client.getSecret("db"), { statusCode: 403, code: "Forbidden" });
  });

  it("deletes, recovers and purges, waiting as it does for Azure", async () => {
    await client.setSecret("gone", "v");
    const deletion = await client.beginDeleteSecret("gone", { intervalInMs: 1 });
    assert.equal((await deletion.pollUntilDone()).name, "gone");
    await assert.rejects(client.setSecret("gone", "w"), (error: { statusCode: number; details: unknown }) => {
      const { error: details } = error.details as { error: { innerError: { code: string } } };
      assert.deepEqual([error.statusCode, details.innerError.code], [409, "ObjectIsDeletedButRecoverable"]);
      return true;
    });
    const recovery = await client.beginRecoverDeletedSecret("gone", { intervalInMs: 1 });
    await recovery.pollUntilDone();
    assert.equal((await client.getSecret("gone")).value, "v");
    await (await client.beginDeleteSecret("gone", { intervalInMs: 1 })).pollUntilDone();
    await client.purgeDeletedSecret("gone");
    await assert.rejects(client.getDeletedSecret("gone"), { statusCode: 404, code: "SecretNotFound" });
  });
});
