import assert from "node:assert/strict";
import { AZURE_SANDBOX, ROLES } from "../../../fakes/azure/directory.ts";
import { waitUntil } from "../../../support/wait.ts";
import { type Answer, Cloud, GROUP, IDENTITY, ISSUER, serviceAccountToken, VAULT, vaultBody } from "./cloud.ts";

const DELETED = `/subscriptions/${AZURE_SANDBOX.subscriptionId}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/team`;

describe("Resource Manager of the fake Azure", () => {
  let cloud: Cloud;

  beforeEach(async () => {
    cloud = await Cloud.start();
  });
  afterEach(() => cloud.stop());

  const error = ({ status, body }: Answer): unknown[] => [status, body.get("error.code")];
  const putVault = (properties: Record<string, unknown> = {}) =>
    cloud.arm("PUT", VAULT, { location: "West Europe", properties: { ...vaultBody(), ...properties } });

  it("makes a vault with Azure's defaults", async () => {
    const { status, body } = await putVault();
    assert.equal(status, 201);
    assert.equal(body.get("location"), "westeurope");
    assert.equal(body.get("properties.vaultUri"), "https://team.vault.azure.net/");
    assert.equal(body.get("properties.enableSoftDelete"), true);
    assert.equal("enablePurgeProtection" in (body.get("properties") as object), false);
    assert.equal((await putVault({ enablePurgeProtection: true })).body.get("properties.enablePurgeProtection"), true);
    assert.equal((await putVault()).body.get("properties.enablePurgeProtection"), true);
    assert.deepEqual((await cloud.arm("GET", VAULT.toLowerCase())).body.get("properties.sku"), {
      family: "A",
      name: "standard",
    });
  });

  it("makes a network of a single address of the firewall", async () => {
    const rules = [{ value: "203.0.113.7" }, { value: "203.0.113.0/24" }];
    const { body } = await putVault({ networkAcls: { defaultAction: "Deny", bypass: "None", ipRules: rules } });
    assert.deepEqual(body.get("properties.networkAcls"), {
      ...{ defaultAction: "Deny", bypass: "None" },
      ipRules: [{ value: "203.0.113.7/32" }, { value: "203.0.113.0/24" }],
    });
  });

  it("refuses what Azure refuses of a vault", async () => {
    const message = async (properties: Record<string, unknown>) =>
      (await putVault(properties)).body.text("error.message");
    assert.equal(
      await message({ enablePurgeProtection: false }),
      'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
    );
    assert.match(
      await message({ enableSoftDelete: false }),
      /^The property "enableSoftDelete" can not be set to false\./,
    );
    assert.match(await message({ softDeleteRetentionInDays: 6 }), /must be from 7 to 90/);
    assert.match(await message({ tenantId: "other" }), /^An invalid value was provided for 'tenantId'/);
    await putVault();
    assert.match(await message({ softDeleteRetentionInDays: 8 }), /has been set already and it can't be modified/);
    const [status, code] = error(await putVault({ enableRbacAuthorization: false }));
    assert.deepEqual([status, code], [501, "NotInSandbox"]);
    const nowhere = VAULT.replace(AZURE_SANDBOX.resourceGroup, "nowhere");
    assert.deepEqual(error(await cloud.arm("PUT", nowhere, {})), [404, "ResourceGroupNotFound"]);
    assert.deepEqual(error(await cloud.arm("PUT", VAULT.replace("team", "1team"), {})), [400, "VaultNameNotValid"]);
  });

  it("keeps a deleted vault's name; it is recovered without its role assignments, or purged", async () => {
    const token = await cloud.team();
    await cloud.vault(token, "PUT", "secrets/db", { value: "v" });
    assert.equal((await cloud.arm("DELETE", VAULT)).status, 200);
    assert.deepEqual(error(await cloud.arm("GET", VAULT)), [404, "ResourceNotFound"]);
    assert.deepEqual(error(await putVault()), [409, "ConflictError"]);
    assert.equal((await cloud.arm("GET", DELETED)).body.get("properties.vaultId"), VAULT);
    assert.equal((await putVault({ createMode: "recover" })).status, 200);
    assert.equal((await cloud.vault(token, "GET", "secrets/db")).status, 403);
    await cloud.assign(AZURE_SANDBOX.deployer.objectId, ROLES.secretsOfficer, VAULT);
    assert.equal((await cloud.vault(token, "GET", "secrets/db")).body.get("value"), "v");
    await cloud.arm("DELETE", VAULT);
    assert.equal((await cloud.arm("POST", `${DELETED}/purge`)).status, 200);
    assert.deepEqual(error(await cloud.arm("GET", DELETED)), [404, "DeletedVaultNotFound"]);
    assert.equal((await putVault()).status, 201);
  });

  it("recovers a vault as it was, whatever is asked for with it, and changes it in place", async () => {
    await putVault();
    await cloud.arm("DELETE", VAULT);
    const acls = (value: string) => ({ defaultAction: "Deny", bypass: "None", ipRules: [{ value }] });
    const recovered = await putVault({ createMode: "recover", networkAcls: acls("203.0.113.7") });
    assert.equal("networkAcls" in (recovered.body.get("properties") as object), false);
    const changes = { properties: { networkAcls: acls("203.0.113.7") }, tags: { team: "ml" } };
    assert.equal((await cloud.arm("PATCH", VAULT, changes)).status, 200);
    const { body } = await cloud.arm("GET", VAULT);
    assert.deepEqual(body.get("properties.networkAcls"), acls("203.0.113.7/32"));
    assert.deepEqual([body.get("tags"), body.get("properties.softDeleteRetentionInDays")], [{ team: "ml" }, 7]);
    const days = await cloud.arm("PATCH", VAULT, { properties: { softDeleteRetentionInDays: 8 } });
    assert.match(days.body.text("error.message"), /has been set already and it can't be modified/);
    assert.deepEqual(error(await cloud.arm("PATCH", `${VAULT}2`, {})), [404, "ResourceNotFound"]);
  });

  it("does not purge a protected vault", async () => {
    await putVault({ enablePurgeProtection: true });
    await cloud.arm("DELETE", VAULT);
    assert.deepEqual(error(await cloud.arm("POST", `${DELETED}/purge`)), [405, "MethodNotAllowed"]);
  });

  it("writes secrets and never answers their values; it has no delete", async () => {
    const token = await cloud.team();
    const id = `${VAULT}/secrets/db`;
    const body = {
      tags: { app: "shop" },
      properties: { value: "hidden", contentType: "text/plain", attributes: { exp: 2_000_000_000 } },
    };
    const made = await cloud.arm("PUT", id, body);
    assert.equal(made.status, 201);
    assert.equal(made.body.get("properties.secretUri"), "https://team.vault.azure.net/secrets/db");
    assert.equal(made.body.get("properties.attributes.exp"), 2_000_000_000);
    const read = await cloud.arm("GET", id);
    assert.equal(read.body.get("properties.value"), undefined);
    assert.ok(!JSON.stringify([made.body, read.body]).includes("hidden"));
    assert.equal((await cloud.vault(token, "GET", "secrets/db")).body.get("value"), "hidden");
    assert.equal((await cloud.arm("DELETE", id)).status, 501);
    await cloud.vault(token, "DELETE", "secrets/db");
    assert.deepEqual(error(await cloud.arm("PUT", id, body)), [409, "Conflict"]);
    assert.deepEqual(error(await cloud.arm("GET", id)), [404, "SecretNotFound"]);
  });

  it("takes role assignments for principals that exist, with their type, once", async () => {
    await cloud.team();
    const { principalId } = await cloud.identity();
    const first = await cloud.assign(principalId, ROLES.secretsUser, VAULT);
    assert.equal(first.status, 201);
    assert.equal(first.body.get("properties.scope"), VAULT);
    assert.deepEqual(error(await cloud.assign(principalId, ROLES.secretsUser, VAULT)), [409, "RoleAssignmentExists"]);
    const name = first.body.text("name");
    assert.equal((await cloud.assign(principalId, ROLES.secretsUser, VAULT, name)).status, 200);
    assert.deepEqual(error(await cloud.assign(principalId, ROLES.secretsOfficer, VAULT, name)), [
      409,
      "RoleAssignmentUpdateNotPermitted",
    ]);
    assert.deepEqual(error(await cloud.assign(crypto.randomUUID(), ROLES.secretsUser, VAULT)), [
      400,
      "PrincipalNotFound",
    ]);
    assert.deepEqual(error(await cloud.assign(principalId, crypto.randomUUID(), VAULT)), [
      400,
      "RoleDefinitionDoesNotExist",
    ]);
    const user = await cloud.arm(
      "PUT",
      `${VAULT}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}`,
      {
        properties: { roleDefinitionId: ROLES.secretsUser, principalId },
      },
    );
    assert.deepEqual(error(user), [400, "UnmatchedPrincipalType"]);
    assert.equal((await cloud.arm("DELETE", first.body.text("id"))).status, 200);
    assert.equal((await cloud.arm("DELETE", first.body.text("id"))).status, 204);
  });

  it("refuses two writes of one identity's credentials at the same time", async () => {
    await cloud.identity();
    const write = (name: string) =>
      cloud.arm("PUT", `${IDENTITY}/federatedIdentityCredentials/${name}`, {
        properties: {
          issuer: ISSUER,
          subject: `system:serviceaccount:shop:${name}`,
          audiences: ["api://AzureADTokenExchange"],
        },
      });
    // Both wait, and go on at the same moment, however slow the machine is.
    cloud.gateway.requests.reset();
    cloud.gateway.faults.add({ kind: "stall", operation: "PUT *federatedIdentityCredentials", forMs: 600_000 });
    const writes = Promise.all([write("one"), write("two")]);
    const arrived = () => Object.values(cloud.gateway.requests.snapshot()["management.azure.com"] ?? {});
    await waitUntil(() => arrived().reduce((sum, count) => sum + count, 0) === 2, { timeoutMs: 20_000 });
    cloud.gateway.faults.clear();
    const [one, two] = await writes;
    assert.deepEqual([one.status, two.status].sort(), [201, 409]);
    const refused = one.status === 409 ? one : two;
    assert.equal(
      refused.body.get("error.code"),
      "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
    );
    assert.equal((await write("three")).status, 201);
  });

  it("takes no token any more for a credential or an identity that is gone", async () => {
    const { clientId } = await cloud.identity();
    await cloud.arm("DELETE", `${IDENTITY}/federatedIdentityCredentials/cluster`);
    const without = await cloud.federated(clientId, await serviceAccountToken());
    assert.match(without.body.text("error_description"), /^AADSTS70021: /);
    await cloud.arm("DELETE", IDENTITY);
    const gone = await cloud.federated(clientId, await serviceAccountToken());
    assert.match(gone.body.text("error_description"), /^AADSTS700016: /);
  });

  it("keeps diagnostic settings that have somewhere to write to", async () => {
    await putVault();
    const id = `${VAULT}/providers/Microsoft.Insights/diagnosticSettings/audit`;
    const workspaceId = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs`;
    const logs = [{ categoryGroup: "audit", enabled: true }];
    assert.equal((await cloud.arm("PUT", id, { properties: { workspaceId, logs } })).status, 200);
    assert.deepEqual((await cloud.arm("GET", id)).body.get("properties.logs"), logs);
    assert.deepEqual(error(await cloud.arm("PUT", id, { properties: { logs } })), [400, "BadRequest"]);
    const wrong = { workspaceId, logs: [{ category: "Audit" }] };
    assert.deepEqual(error(await cloud.arm("PUT", id, { properties: wrong })), [400, "BadRequest"]);
    await cloud.arm("DELETE", VAULT);
    assert.deepEqual(error(await cloud.arm("GET", id)), [404, "ResourceNotFound"]);
  });

  it("lets nobody but the deployer manage anything", async () => {
    const { clientId, principalId } = await cloud.identity();
    const form = {
      client_id: clientId,
      client_assertion: await serviceAccountToken(),
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      scope: "https://management.azure.com/.default",
    };
    const token = (await cloud.signIn(form)).body.text("access_token");
    const url = `https://management.azure.com${VAULT}?api-version=2024-11-01`;
    const { status, body } = await cloud.request("GET", url, { token });
    assert.equal(status, 403);
    assert.equal(
      body.get("error.message"),
      `The client '${clientId}' with object id '${principalId}' does not have authorization to perform action ` +
        `'Microsoft.KeyVault/vaults/read' over scope '${VAULT}' or the scope is invalid. If access was recently granted, please ` +
        `refresh your credentials.`,
    );
    assert.deepEqual(error(await cloud.request("GET", url)), [401, "AuthenticationFailed"]);
    const vaultToken = await cloud.deployer("https://vault.azure.net");
    assert.deepEqual(error(await cloud.request("GET", url, { token: vaultToken })), [
      401,
      "InvalidAuthenticationTokenAudience",
    ]);
  });

  it("reads the subscription and its resource groups, and says what it does not have", async () => {
    assert.equal((await cloud.arm("GET", GROUP)).body.get("location"), "westeurope");
    assert.equal(
      (await cloud.arm("GET", GROUP.replace(/\/resourceGroups.*/, ""))).body.get("tenantId"),
      AZURE_SANDBOX.tenantId,
    );
    const storage = await cloud.arm("GET", `${GROUP}/providers/Microsoft.Storage/storageAccounts/x`);
    assert.deepEqual(error(storage), [501, "NotInSandbox"]);
    const url = `https://management.azure.com${GROUP}`;
    const without = await cloud.request("GET", url, { token: await cloud.deployer() });
    assert.deepEqual(error(without), [400, "MissingApiVersionParameter"]);
    assert.equal(
      cloud.gateway.requests.snapshot()["management.azure.com"]?.["GET Microsoft.Resources/subscriptions"],
      1,
    );
  });
});
