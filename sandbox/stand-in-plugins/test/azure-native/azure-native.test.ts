import assert from "node:assert/strict";
import { VAULT as VAULT_ID } from "../../../test/fakes/azure/cloud.ts";
import { type PropertyMap, reveal, Secret, Unknown } from "../../support/values.ts";
import { ASSIGNMENT, request, resourceGroup, Scene, SECRET, SECRET_INPUTS, VAULT, VAULT_INPUTS } from "./scene.ts";

describe("the azure-native stand-in", () => {
  const scene = Scene.forEach();
  const { create, remove, diff, team } = scene;

  it("makes a vault, reads it back, and sees no change in it", async () => {
    const { id, outputs } = await create(VAULT, VAULT_INPUTS);
    assert.equal(id, VAULT_ID);
    assert.equal(outputs["name"], "team");
    assert.equal(outputs["location"], "westeurope");
    assert.equal(outputs["azureApiVersion"], "2024-11-01");
    assert.equal((outputs["properties"] as PropertyMap)["vaultUri"], "https://team.vault.azure.net/");
    const read = await scene.provider
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
    assert.deepEqual(scene.cloud.gateway.requests.snapshot(), {});
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
    const token = await scene.cloud.deployer("https://vault.azure.net");
    assert.equal((await scene.cloud.vault(token, "GET", "secrets/db")).body.get("value"), "hunter2");
    const newInputs = { ...SECRET_INPUTS, properties: { value: new Secret("hunter3") } };
    const common = { ...request(SECRET), id, oldInputs: SECRET_INPUTS, oldOutputs: outputs, ignoreChanges: [] };
    const updated = await scene.provider
      .resource(SECRET)
      .update({ ...common, newInputs, timeoutSeconds: 0, preview: false });
    assert.notEqual((updated["properties"] as PropertyMap)["secretUriWithVersion"], properties["secretUriWithVersion"]);
    assert.equal((await scene.cloud.vault(token, "GET", "secrets/db")).body.get("value"), "hunter3");
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
      scene.provider.resource(SECRET).read({ ...request(SECRET), id, oldInputs: SECRET_INPUTS, oldOutputs: outputs });
    const token = await scene.cloud.deployer("https://vault.azure.net");
    const attributes = { exp: 2_000_000_000 };
    await scene.cloud.vault(token, "PUT", "secrets/db", {
      value: "by hand",
      contentType: "text/plain",
      attributes,
      tags: { app: "shop" },
    });
    assert.deepEqual((await read())?.inputs, SECRET_INPUTS);
    await scene.cloud.vault(token, "PUT", "secrets/db", {
      value: "by hand",
      contentType: "x",
      attributes,
      tags: { app: "shop" },
    });
    const inputs = (await read())?.inputs ?? {};
    assert.deepEqual(await diff(SECRET, inputs, SECRET_INPUTS), [{ "properties.contentType": "update" }, false]);
    assert.equal(reveal((inputs["properties"] as PropertyMap)["value"] ?? null), "hunter2");
    await scene.cloud.vault(token, "DELETE", "secrets/db");
    assert.equal(await read(), undefined);
  });

  it("imports from an ID", async () => {
    await team();
    const { id } = await create(SECRET, SECRET_INPUTS);
    const read = await scene.provider.resource(SECRET).read({ ...request(SECRET), id, oldInputs: {}, oldOutputs: {} });
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
    const token = await scene.cloud.deployer("https://vault.azure.net");
    assert.equal((await scene.cloud.vault(token, "GET", "deletedsecrets/db")).status, 200);
    const again = { ...SECRET_INPUTS, properties: { value: new Secret("second life") } };
    await create(SECRET, again);
    assert.equal((await scene.cloud.vault(token, "GET", "secrets/db")).body.get("value"), "second life");
    assert.equal((await scene.cloud.vault(token, "GET", "secrets/db/versions")).body.list("value").length, 2);
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
});
