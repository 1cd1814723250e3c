import assert from "node:assert/strict";
import { ROLES } from "../../../fakes/azure/directory.ts";
import { GROUP, ISSUER, SUBJECT, VAULT as VAULT_ID } from "../../../test/fakes/azure/cloud.ts";
import { textOf } from "../../support/values.ts";
import {
  ASSIGNMENT,
  CREDENTIAL,
  DIAGNOSTICS,
  IDENTITY,
  resourceGroup,
  request,
  Scene,
  tenantId,
  VAULT,
  VAULT_INPUTS,
} from "./scene.ts";

describe("identities in the azure-native stand-in", () => {
  const scene = Scene.forEach();
  const { create, remove, team } = scene;

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
    const read = await scene.provider
      .resource(ASSIGNMENT)
      .read({ ...request(ASSIGNMENT), id, oldInputs: {}, oldOutputs: {} });
    assert.deepEqual(read?.inputs, { azureApiVersion: "2022-04-01", ...inputs });
    await remove(ASSIGNMENT, id, inputs);
    await remove(CREDENTIAL, credential.id, {});
    await remove(IDENTITY, identity.id, {});
    assert.equal((await scene.cloud.arm("GET", identity.id)).status, 404);
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
    const read = await scene.provider
      .resource(DIAGNOSTICS)
      .read({ ...request(DIAGNOSTICS), id, oldInputs: inputs, oldOutputs: outputs });
    assert.deepEqual(read?.inputs, inputs);
  });
});
