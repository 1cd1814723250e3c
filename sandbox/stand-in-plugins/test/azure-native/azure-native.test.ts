import assert from "node:assert/strict";
import { AZURE_SANDBOX, ROLES } from "../../../fakes/azure/directory.ts";
import { azureNativeProvider } from "../../azure-native/provider.ts";
import { SILENT } from "../../support/engine.ts";
import type { StandInProvider } from "../../support/provider.ts";
import { type PropertyMap, reveal, Secret, textOf, Unknown } from "../../support/values.ts";
import { waitUntil } from "../../../support/wait.ts";
import { Cloud, GROUP, ISSUER, SUBJECT, vaultBody, VAULT as VAULT_ID } from "../../../test/fakes/azure/cloud.ts";

const VAULT = "azure-native:keyvault:Vault";
const SECRET = "azure-native:keyvault:Secret";
const IDENTITY = "azure-native:managedidentity:UserAssignedIdentity";
const CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential";
const ASSIGNMENT = "azure-native:authorization:RoleAssignment";
const DIAGNOSTICS = "azure-native:monitor:DiagnosticSetting";
const { signal } = new AbortController();
const { resourceGroup, subscriptionId, tenantId, deployer } = AZURE_SANDBOX;

/** What the SDK sends for a vault: its own defaults are filled in. */
const VAULT_INPUTS: PropertyMap = {
  resourceGroupName: resourceGroup,
  vaultName: "team",
  location: "West Europe",
  properties: {
    ...(vaultBody() as PropertyMap),
    enableSoftDelete: true,
    publicNetworkAccess: "enabled",
    enabledForDeployment: false,
  },
};
const SECRET_INPUTS: PropertyMap = {
  resourceGroupName: resourceGroup,
  vaultName: "team",
  secretName: "db",
  tags: { app: "shop" },
  properties: { value: new Secret("hunter2"), contentType: "text/plain", attributes: { expires: 2_000_000_000 } },
};

describe("the azure-native stand-in", () => {
  let cloud: Cloud;
  let provider: StandInProvider;

  beforeEach(async () => {
    cloud = await Cloud.start();
    provider = await configured();
  });
  afterEach(() => cloud.stop());

  async function configured(config: PropertyMap = {}): Promise<StandInProvider> {
    const environment = {
      HTTPS_PROXY: `http://127.0.0.1:${cloud.gateway.port}`,
      ARM_SUBSCRIPTION_ID: subscriptionId,
      ARM_TENANT_ID: tenantId,
      ARM_CLIENT_ID: deployer.clientId,
      ARM_CLIENT_SECRET: deployer.clientSecret,
    };
    const made = azureNativeProvider({ environment, ca: cloud.ca.certificate, retryDelayMs: 1 });
    await made.configure(config);
    return made;
  }

  const request = (type: string) => ({ urn: `urn:pulumi:s::p::${type}::n`, type, name: "n", log: SILENT, signal });
  const create = (type: string, inputs: PropertyMap, preview = false) =>
    provider.resource(type).create({ ...request(type), inputs, timeoutSeconds: 0, preview });
  const check = (type: string, newInputs: PropertyMap, oldInputs: PropertyMap = {}) =>
    provider.resource(type).check({ ...request(type), newInputs, oldInputs, randomSeed: new Uint8Array() });
  const remove = (type: string, id: string, oldInputs: PropertyMap) =>
    provider.resource(type).delete({ ...request(type), id, oldInputs, oldOutputs: {}, timeoutSeconds: 0 });

  async function diff(type: string, oldInputs: PropertyMap, newInputs: PropertyMap) {
    const common = { ...request(type), id: "x", oldOutputs: {}, ignoreChanges: [] };
    const { detailed, deleteBeforeReplace } = await provider.resource(type).diff({ ...common, oldInputs, newInputs });
    return [Object.fromEntries(Object.entries(detailed).map(([path, { kind }]) => [path, kind])), deleteBeforeReplace];
  }

  /** The vault, and the deployer's right to its secrets. */
  async function team(): Promise<void> {
    await create(VAULT, VAULT_INPUTS);
    await create(ASSIGNMENT, {
      scope: VAULT_ID,
      roleAssignmentName: crypto.randomUUID(),
      principalId: deployer.objectId,
      principalType: "ServicePrincipal",
      roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ROLES.secretsOfficer}`,
    });
  }

  it("makes a vault, reads it back, and sees no change in it", async () => {
    const { id, outputs } = await create(VAULT, VAULT_INPUTS);
    assert.equal(id, VAULT_ID);
    assert.equal(outputs["name"], "team");
    assert.equal(outputs["location"], "westeurope");
    assert.equal(outputs["azureApiVersion"], "2024-11-01");
    assert.equal((outputs["properties"] as PropertyMap)["vaultUri"], "https://team.vault.azure.net/");
    const read = await provider
      .resource(VAULT)
      .read({ ...request(VAULT), id, oldInputs: VAULT_INPUTS, oldOutputs: outputs });
    assert.deepEqual(read?.inputs, VAULT_INPUTS);
    assert.deepEqual(await diff(VAULT, read?.inputs ?? {}, VAULT_INPUTS), [{}, false]);
    assert.deepEqual(await diff(VAULT, VAULT_INPUTS, { ...VAULT_INPUTS, location: "westeurope" }), [{}, false]);
  });

  it("asks Azure nothing at preview, and leaves open what only Azure knows", async () => {
    const { id, outputs } = await create(VAULT, VAULT_INPUTS, true);
    assert.equal(id, "");
    const properties = outputs["properties"] as PropertyMap;
    assert.ok(properties["vaultUri"] instanceof Unknown && outputs["name"] instanceof Unknown);
    assert.equal(properties["enableRbacAuthorization"], true);
    const secret = await create(SECRET, SECRET_INPUTS, true);
    const preview = secret.outputs["properties"] as PropertyMap;
    assert.ok(preview["secretUriWithVersion"] instanceof Unknown && preview["value"] instanceof Secret);
    assert.deepEqual(cloud.gateway.requests.snapshot(), {});
  });

  it("replaces for what is in the ID, before the old one is gone unless the name was made up", async () => {
    const changed = (inputs: PropertyMap, change: PropertyMap) => ({ ...inputs, ...change });
    assert.deepEqual(await diff(VAULT, VAULT_INPUTS, changed(VAULT_INPUTS, { vaultName: "other" })), [
      { vaultName: "update-replace" },
      true,
    ]);
    const auto = { ...VAULT_INPUTS, __createBeforeDelete: true };
    assert.deepEqual(await diff(VAULT, auto, changed(auto, { location: "northeurope" })), [
      { location: "update-replace" },
      false,
    ]);
    const properties = { ...(SECRET_INPUTS["properties"] as PropertyMap), value: new Secret("new") };
    assert.deepEqual(await diff(SECRET, SECRET_INPUTS, changed(SECRET_INPUTS, { properties })), [
      { "properties.value": "update" },
      false,
    ]);
    assert.deepEqual(await diff(SECRET, SECRET_INPUTS, changed(SECRET_INPUTS, { tags: { app: "shop", new: "x" } })), [
      { "tags.new": "add" },
      false,
    ]);
    const assignment = { scope: VAULT_ID, roleAssignmentName: "a", principalId: "p", roleDefinitionId: "r" };
    assert.deepEqual(await diff(ASSIGNMENT, assignment, changed(assignment, { principalId: "q" })), [
      { principalId: "update-replace" },
      true,
    ]);
    assert.deepEqual(await diff(ASSIGNMENT, assignment, changed(assignment, { roleDefinitionId: "s" })), [
      { roleDefinitionId: "update" },
      false,
    ]);
  });

  it("writes a secret whose value is in no output, and makes a new version at each update", async () => {
    await team();
    const { id, outputs } = await create(SECRET, SECRET_INPUTS);
    assert.equal(id, `${VAULT_ID}/secrets/db`);
    assert.ok(!JSON.stringify(outputs).includes("hunter2"));
    const properties = outputs["properties"] as PropertyMap;
    assert.equal(properties["secretUri"], "https://team.vault.azure.net/secrets/db");
    assert.equal((properties["attributes"] as PropertyMap)["expires"], 2_000_000_000);
    const token = await cloud.deployer("https://vault.azure.net");
    assert.equal((await cloud.vault(token, "GET", "secrets/db")).body.get("value"), "hunter2");
    const newInputs = { ...SECRET_INPUTS, properties: { value: new Secret("hunter3") } };
    const common = { ...request(SECRET), id, oldInputs: SECRET_INPUTS, oldOutputs: outputs, ignoreChanges: [] };
    const updated = await provider.resource(SECRET).update({ ...common, newInputs, timeoutSeconds: 0, preview: false });
    assert.notEqual((updated["properties"] as PropertyMap)["secretUriWithVersion"], properties["secretUriWithVersion"]);
    assert.equal((await cloud.vault(token, "GET", "secrets/db")).body.get("value"), "hunter3");
  });

  it("does not make its own what others made, and says so", async () => {
    await team();
    await create(SECRET, SECRET_INPUTS);
    await assert.rejects(create(SECRET, SECRET_INPUTS), {
      message: `cannot create already existing resource '${VAULT_ID}/secrets/db'`,
    });
  });

  it("notices what was changed beside the value, and what is gone", async () => {
    await team();
    const { id, outputs } = await create(SECRET, SECRET_INPUTS);
    const read = () =>
      provider.resource(SECRET).read({ ...request(SECRET), id, oldInputs: SECRET_INPUTS, oldOutputs: outputs });
    const token = await cloud.deployer("https://vault.azure.net");
    const attributes = { exp: 2_000_000_000 };
    await cloud.vault(token, "PUT", "secrets/db", {
      value: "by hand",
      contentType: "text/plain",
      attributes,
      tags: { app: "shop" },
    });
    assert.deepEqual((await read())?.inputs, SECRET_INPUTS);
    await cloud.vault(token, "PUT", "secrets/db", {
      value: "by hand",
      contentType: "x",
      attributes,
      tags: { app: "shop" },
    });
    const inputs = (await read())?.inputs ?? {};
    assert.deepEqual(await diff(SECRET, inputs, SECRET_INPUTS), [{ "properties.contentType": "update" }, false]);
    assert.equal(reveal((inputs["properties"] as PropertyMap)["value"] ?? null), "hunter2");
    await cloud.vault(token, "DELETE", "secrets/db");
    assert.equal(await read(), undefined);
  });

  it("imports from an ID", async () => {
    await team();
    const { id } = await create(SECRET, SECRET_INPUTS);
    const read = await provider.resource(SECRET).read({ ...request(SECRET), id, oldInputs: {}, oldOutputs: {} });
    assert.deepEqual(read?.inputs, {
      azureApiVersion: "2024-11-01",
      resourceGroupName: resourceGroup,
      vaultName: "team",
      secretName: "db",
      tags: { app: "shop" },
      properties: { contentType: "text/plain", attributes: { enabled: true, expires: 2_000_000_000 } },
    });
  });

  it("deletes a secret through the vault, and recovers its name when it is made again", async () => {
    await team();
    const { id } = await create(SECRET, SECRET_INPUTS);
    await remove(SECRET, id, SECRET_INPUTS);
    await remove(SECRET, id, SECRET_INPUTS);
    const token = await cloud.deployer("https://vault.azure.net");
    assert.equal((await cloud.vault(token, "GET", "deletedsecrets/db")).status, 200);
    const again = { ...SECRET_INPUTS, properties: { value: new Secret("second life") } };
    await create(SECRET, again);
    assert.equal((await cloud.vault(token, "GET", "secrets/db")).body.get("value"), "second life");
    assert.equal((await cloud.vault(token, "GET", "secrets/db/versions")).body.list("value").length, 2);
  });

  it("cannot delete a secret without a right on the vault's secrets, and says what Azure said", async () => {
    await create(VAULT, VAULT_INPUTS);
    const { id } = await create(SECRET, SECRET_INPUTS);
    await assert.rejects(remove(SECRET, id, SECRET_INPUTS), (error: Error) => {
      assert.match(
        error.message,
        /^DELETE https:\/\/team\.vault\.azure\.net\/secrets\/db\n-{80}\nRESPONSE 403: 403 Forbidden\nERROR CODE: Forbidden\n/,
      );
      assert.match(error.message, /"code": "ForbiddenByRbac"/);
      return true;
    });
  });

  it("passes Resource Manager's refusal on, without the value", async () => {
    await assert.rejects(create(VAULT, { ...VAULT_INPUTS, resourceGroupName: "nowhere" }), {
      message: `Status=404 Code="ResourceGroupNotFound" Message="Resource group 'nowhere' could not be found."`,
    });
    const large = { ...SECRET_INPUTS, properties: { value: new Secret("hunter2".repeat(5000)) } };
    await team();
    await assert.rejects(create(SECRET, large), {
      message:
        'Status=400 Code="BadParameter" Message="The value of the secret is 35000 bytes long and exceeds the maximum size of 25600."',
    });
    await remove(VAULT, VAULT_ID, VAULT_INPUTS);
    await assert.rejects(create(VAULT, VAULT_INPUTS), {
      message:
        'Status=409 Code="ConflictError" Message="A vault with the same name already exists in deleted state. You need to either ' +
        "recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more " +
        'information on soft delete."',
    });
  });

  it("federates an identity and assigns it a role", async () => {
    await team();
    const identity = await create(IDENTITY, {
      resourceGroupName: resourceGroup,
      resourceName: "shop",
      location: "westeurope",
    });
    assert.equal(identity.outputs["tenantId"], tenantId);
    const { principalId } = identity.outputs;
    const credential = await create(CREDENTIAL, {
      resourceGroupName: resourceGroup,
      resourceName: "shop",
      federatedIdentityCredentialResourceName: "cluster",
      issuer: ISSUER,
      subject: SUBJECT,
      audiences: ["api://AzureADTokenExchange"],
    });
    assert.equal(credential.outputs["issuer"], ISSUER);
    const inputs = {
      scope: `${VAULT_ID}/secrets/db`,
      roleAssignmentName: crypto.randomUUID(),
      principalId: textOf(principalId),
      principalType: "ServicePrincipal",
      roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${ROLES.secretsUser}`,
    };
    const { id, outputs } = await create(ASSIGNMENT, inputs);
    assert.equal(outputs["scope"], inputs.scope);
    const read = await provider
      .resource(ASSIGNMENT)
      .read({ ...request(ASSIGNMENT), id, oldInputs: {}, oldOutputs: {} });
    assert.deepEqual(read?.inputs, { azureApiVersion: "2022-04-01", ...inputs });
    await remove(ASSIGNMENT, id, inputs);
    await remove(CREDENTIAL, credential.id, {});
    await remove(IDENTITY, identity.id, {});
    assert.equal((await cloud.arm("GET", identity.id)).status, 404);
  });

  it("keeps a diagnostic setting", async () => {
    await create(VAULT, VAULT_INPUTS);
    const workspaceId = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs`;
    const inputs = {
      resourceUri: VAULT_ID,
      name: "audit",
      workspaceId,
      logs: [{ categoryGroup: "audit", enabled: true }],
    };
    const { id, outputs } = await create(DIAGNOSTICS, inputs);
    assert.deepEqual(outputs["logs"], inputs.logs);
    const read = await provider
      .resource(DIAGNOSTICS)
      .read({ ...request(DIAGNOSTICS), id, oldInputs: inputs, oldOutputs: outputs });
    assert.deepEqual(read?.inputs, inputs);
  });

  it("answers functions", async () => {
    await team();
    const call = (token: string, args: PropertyMap) =>
      provider.invoke({ token, args, preview: false, log: SILENT, signal });
    assert.deepEqual(await call("azure-native:authorization:getClientConfig", {}), {
      clientId: deployer.clientId,
      objectId: deployer.objectId,
      subscriptionId,
      tenantId,
    });
    const { token } = await call("azure-native:authorization:getClientToken", { endpoint: "https://vault.azure.net" });
    assert.equal((await cloud.vault(textOf(token), "GET", "secrets")).status, 200);
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
    cloud.gateway.faults.add({ kind: "throttle", operation: "PUT Microsoft.KeyVault/vaults", forMs: 60_000 });
    const puts = () =>
      cloud.gateway.requests.snapshot()["management.azure.com"]?.["PUT Microsoft.KeyVault/vaults"] ?? 0;
    const created = create(VAULT, VAULT_INPUTS);
    assert.ok(await waitUntil(() => puts() > 0, { timeoutMs: 20_000 }));
    cloud.gateway.faults.clear();
    await created;
    assert.ok(puts() > 1, `${puts()} requests`);
    cloud.gateway.faults.add({ kind: "throttle", host: "team.vault.azure.net", forMs: 60_000 });
    await assert.rejects(
      remove(SECRET, `${VAULT_ID}/secrets/db`, SECRET_INPUTS),
      /\nRESPONSE 429: .*\nERROR CODE: Throttled\n/,
    );
    assert.equal(cloud.gateway.requests.snapshot()["team.vault.azure.net"]?.["DeleteSecret"], 4);
  });

  it("completes inputs: names, the location of the provider, the API version", async () => {
    provider = await configured({ location: "northeurope" });
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
      () => provider.resource("azure-native:keyvault:Key"),
      /Resource type azure-native:keyvault:Key is not implemented/,
    );
  });

  it("refuses settings that it would ignore, and a sign-in that it cannot do", async () => {
    const off = { auxiliaryTenantIds: "[]", useOidc: "false", environment: "public", version: "3.28.0" };
    assert.deepEqual((await provider.checkConfig(off)).failures, []);
    const { failures } = await provider.checkConfig({ useMsi: "true", environment: "china" });
    assert.deepEqual(
      failures?.map(({ property }) => property),
      ["useMsi", "environment"],
    );
    await assert.rejects(
      async () => azureNativeProvider({ environment: { ARM_SUBSCRIPTION_ID: "s" } }).configure({}),
      /^Error: azure-native: no tenantId: set the provider's `tenantId`, or ARM_TENANT_ID\. /,
    );
    provider = await configured({ clientSecret: new Secret("wrong") });
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
