import assert from "node:assert/strict";
import { existingAdvice } from "../../../../components/backends/azure/existing.ts";

const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Some/things/x";
const error = `cannot create already existing resource '${id}'`;

describe("a resource that Azure has and the state has not", () => {
  it("is a vault that can be used as it is", () => {
    assert.equal(
      existingAdvice("azure-native:keyvault:Vault", error, "kv"),
      "use the existing vault, which keeps its secrets: pulumi config rm --path 'stores.kv.create'",
    );
  });

  it("is an identity that holds nothing", () => {
    assert.equal(
      existingAdvice("azure-native:managedidentity:UserAssignedIdentity", error, "kv"),
      `if no other stack created it, remove it; it contains nothing: az identity delete --ids ${id}`,
    );
  });

  it("is a right that another stack gave, whichever way Azure says it", () => {
    const advice = (received: string) => existingAdvice("azure-native:authorization:RoleAssignment", received, "kv");
    assert.equal(
      advice(error),
      "if another stack created it, the role is already assigned: pulumi config set --path 'stores.kv.grantDeployer' false; " +
        `after a lost state, remove it: az role assignment delete --ids ${id}`,
    );
    assert.match(advice('Code="RoleAssignmentExists"') ?? "", /az role assignment delete --ids <id>$/);
  });

  it("is an audit log that was kept for a vault of this name, and is made anew with it", () => {
    const setting =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/providers/microsoft.insights/diagnosticSettings/audit";
    assert.equal(
      existingAdvice(
        "azure-native:monitor:DiagnosticSetting",
        `cannot create already existing resource '${setting}'`,
        "kv",
      ),
      "Azure kept it for a vault of this name. Remove it, and the next run creates it again: " +
        "az monitor diagnostic-settings delete --name audit --resource /subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v",
    );
  });

  it("is anything else by its id", () => {
    assert.equal(
      existingAdvice("azure-native:some:Thing", error, "kv"),
      `if no other stack created it, remove it: az resource delete --ids ${id}`,
    );
  });

  it("is not what every other failure is", () => {
    assert.equal(existingAdvice("azure-native:keyvault:Vault", "Status=409 Code=ConflictError", "kv"), undefined);
  });
});
