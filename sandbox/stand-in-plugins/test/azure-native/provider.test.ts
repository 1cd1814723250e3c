import assert from "node:assert/strict";
import { waitUntil } from "../../../support/wait.ts";
import { VAULT as VAULT_ID } from "../../../test/fakes/azure/cloud.ts";
import { azureNativeProvider } from "../../azure-native/provider.ts";
import { SILENT } from "../../support/engine.ts";
import { type PropertyMap, Secret, textOf } from "../../support/values.ts";
import {
  ASSIGNMENT,
  deployer,
  resourceGroup,
  Scene,
  SECRET,
  SECRET_INPUTS,
  signal,
  subscriptionId,
  tenantId,
  VAULT,
  VAULT_INPUTS,
} from "./scene.ts";

describe("the provider of the azure-native stand-in", () => {
  const scene = Scene.forEach();
  const { create, check, remove, team } = scene;

  it("answers functions", async () => {
    await team();
    const call = (token: string, args: PropertyMap) =>
      scene.provider.invoke({ token, args, preview: false, log: SILENT, signal });
    assert.deepEqual(await call("azure-native:authorization:getClientConfig", {}), {
      clientId: deployer.clientId,
      objectId: deployer.objectId,
      subscriptionId,
      tenantId,
    });
    const { token } = await call("azure-native:authorization:getClientToken", { endpoint: "https://vault.azure.net" });
    assert.equal((await scene.cloud.vault(textOf(token), "GET", "secrets")).status, 200);
    const where = { resourceGroupName: resourceGroup, vaultName: "team" };
    const vault = await call("azure-native:keyvault:getVault", where);
    assert.equal((vault["properties"] as PropertyMap)["vaultUri"], "https://team.vault.azure.net/");
    await create(SECRET, SECRET_INPUTS);
    const secret = await call("azure-native:keyvault:getSecret", { ...where, secretName: "db" });
    assert.equal(secret["id"], `${VAULT_ID}/secrets/db`);
    assert.ok(!JSON.stringify(secret).includes("hunter2"));
    await assert.rejects(call("azure-native:keyvault:getSecret", { ...where, secretName: "none" }), {
      message: `request failed ${VAULT_ID}/secrets/none: Status=404 Code="NotFound" Message="The resource was not found."`,
    });
    await assert.rejects(
      call("azure-native:keyvault:getKey", {}),
      /^NotInStandIn: Function azure-native:keyvault:getKey is not/,
    );
  });

  it("waits and tries again when it is throttled, and gives up in the end", async () => {
    scene.cloud.gateway.faults.add({ kind: "throttle", operation: "PUT Microsoft.KeyVault/vaults", forMs: 60_000 });
    const puts = () =>
      scene.cloud.gateway.requests.snapshot()["management.azure.com"]?.["PUT Microsoft.KeyVault/vaults"] ?? 0;
    const created = create(VAULT, VAULT_INPUTS);
    assert.ok(await waitUntil(() => puts() > 0, { timeoutMs: 20_000 }));
    scene.cloud.gateway.faults.clear();
    await created;
    assert.ok(puts() > 1, `${puts()} requests`);
    scene.cloud.gateway.faults.add({ kind: "throttle", host: "team.vault.azure.net", forMs: 60_000 });
    await assert.rejects(
      remove(SECRET, `${VAULT_ID}/secrets/db`, SECRET_INPUTS),
      /\nRESPONSE 429: .*\nERROR CODE: Throttled\n/,
    );
    assert.equal(scene.cloud.gateway.requests.snapshot()["team.vault.azure.net"]?.["DeleteSecret"], 4);
  });

  it("completes inputs: names, the location of the provider, the API version", async () => {
    scene.provider = await scene.configured({ location: "northeurope" });
    const { vaultName: _name, location: _location, ...rest } = VAULT_INPUTS;
    const first = await check(VAULT, rest);
    assert.deepEqual(first.failures, []);
    assert.match(textOf(first.inputs["vaultName"]), /^n[0-9a-f]{8}$/);
    assert.equal(first.inputs["location"], "northeurope");
    assert.equal(first.inputs["azureApiVersion"], "2024-11-01");
    assert.equal((await check(VAULT, rest, first.inputs)).inputs["vaultName"], first.inputs["vaultName"]);
    const { secretName: _secret, ...secret } = SECRET_INPUTS;
    assert.equal((await check(SECRET, secret)).inputs["secretName"], "n");
    const assignment = await check(ASSIGNMENT, { scope: VAULT_ID, principalId: "p", roleDefinitionId: "r" });
    assert.match(textOf(assignment.inputs["roleAssignmentName"]), /^[0-9a-f-]{36}$/);
  });

  it("refuses inputs that are missing or that it would ignore", async () => {
    const { failures } = await check(VAULT, { vaultName: "team", properties: { hsm: true } });
    assert.deepEqual(failures, [
      { property: "resourceGroupName", reason: "missing required property 'resourceGroupName'" },
      {
        property: "location",
        reason:
          "missing required property 'location'. Either set it explicitly or configure it with 'pulumi config set " +
          "azure-native:location <value>'.",
      },
      {
        property: "properties.hsm",
        reason:
          'properties.hsm is not known to the stand-in for the "azure-native" plugin; the official one may know it',
      },
    ]);
    assert.throws(
      () => scene.provider.resource("azure-native:keyvault:Key"),
      /Resource type azure-native:keyvault:Key is not implemented/,
    );
  });

  it("refuses settings that it would ignore, and a sign-in that it cannot do", async () => {
    const off = { auxiliaryTenantIds: "[]", useOidc: "false", environment: "public", version: "3.28.0" };
    assert.deepEqual((await scene.provider.checkConfig(off)).failures, []);
    const { failures } = await scene.provider.checkConfig({ useMsi: "true", environment: "china" });
    assert.deepEqual(
      failures?.map(({ property }) => property),
      ["useMsi", "environment"],
    );
    await assert.rejects(
      async () => azureNativeProvider({ environment: { ARM_SUBSCRIPTION_ID: "s" } }).configure({}),
      /^Error: azure-native: no tenantId: set the provider's `tenantId`, or ARM_TENANT_ID\. /,
    );
    scene.provider = await scene.configured({ clientSecret: new Secret("wrong") });
    await assert.rejects(create(VAULT, VAULT_INPUTS), (error: Error) => {
      assert.match(
        error.message,
        /^ClientSecretCredential authentication failed\. RESPONSE 401: AADSTS7000215: Invalid client secret/,
      );
      assert.ok(!error.message.includes("wrong"));
      return true;
    });
  });
});
