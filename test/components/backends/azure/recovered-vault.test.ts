import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import type { ResourceHook, ResourceHookArgs } from "@pulumi/pulumi";
import { settleHook, type VaultSettings } from "../../../../components/backends/azure/recovered-vault.ts";
import { failureOf, runProgram } from "../../../support/mocks.ts";
import { azureKeyVault } from "../rows/azure-key-vault.ts";
import type { AzureKeyVaultSpec } from "../../../../components/backends/azure/key-vault.ts";

const spec = azureKeyVault.spec as AzureKeyVaultSpec;
const settings = {
  sku: { family: "A", name: "standard" },
  enableRbacAuthorization: true,
  enablePurgeProtection: true,
  publicNetworkAccess: "Enabled",
  networkAcls: { defaultAction: "Deny", ipRules: [{ value: "203.0.113.7/32" }] },
};
const made = {
  vaultName: spec.vault,
  location: "westeurope",
  tags: { team: "it's ml" },
  properties: { ...settings, tenantId: "t", enableSoftDelete: true, softDeleteRetentionInDays: 30 },
};
const madeBy = (createMode?: string) =>
  ({ newInputs: { ...made, properties: { ...made.properties, createMode } } }) as unknown as ResourceHookArgs;

describe("a vault that was recovered", () => {
  const settled = async (args: ResourceHookArgs) => {
    const seen: VaultSettings[] = [];
    await runProgram(() =>
      settleHook(spec, (each) => {
        seen.push(each);
        return Promise.resolve();
      }).callback(args),
    );
    return seen;
  };

  it("gets the settings that facts and policy say, which Azure does not look at while it recovers", async () => {
    assert.deepEqual(await settled(madeBy("recover")), [{ properties: settings, tags: made.tags }]);
  });

  it("is the only one: what was made has them", async () => {
    assert.deepEqual(await settled(madeBy()), []);
    assert.deepEqual(await settled(madeBy("default")), []);
  });

  it("gets them in the program's own context, from where alone Pulumi's provider can be asked for a token", async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const settle = () => Promise.resolve(void seen.push(context.getStore()));
    let hook: ResourceHook | undefined;
    await runProgram(() => context.run("program", () => void (hook = settleHook(spec, settle))));
    await context.run("engine", () => hook?.callback(madeBy("recover")));
    assert.deepEqual(seen, ["program"]);
  });

  it("fails the run where Azure refuses them, with the command that sets them", async () => {
    const refuse = () => Promise.reject(new Error("status 403: AuthorizationFailed."));
    assert.equal(
      await failureOf(() => settleHook(spec, refuse).callback(madeBy("recover"))),
      `stores.main: vault ${spec.vault} was recovered with its previous settings, and updating them failed: status 403: AuthorizationFailed.\n` +
        "    fix: once that is fixed, az rest --method patch --url " +
        `"https://management.azure.com/subscriptions/${spec.subscriptionId}/resourceGroups/${spec.resourceGroup}/providers/Microsoft.KeyVault/vaults/${spec.vault}?api-version=2024-11-01" ` +
        `--body '${JSON.stringify({ properties: settings, tags: made.tags }).replace("'", String.raw`'\''`)}'; ` +
        "no later run does this",
    );
  });
});
