import assert from "node:assert/strict";
import type { AzureKeyVaultSpec } from "../../../../components/backends/azure/key-vault.ts";
import { environment, policy, refusal, refusalOf } from "../../../support/fixtures.ts";

const azure = {
  kind: "azure-key-vault",
  subscriptionId: "11111111-1111-4111-8111-111111111111",
  tenantId: "22222222-2222-4222-8222-222222222222",
  resourceGroup: "acme-secrets",
  vault: "kv-acme",
  location: "westeurope",
};
const aks = {
  flavour: "aks",
  issuer: "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/",
  externalSecrets: { version: "2.9.0" },
};
const factsOf = (store: object = {}, cluster: object = aks) => ({
  platform: "acme",
  created: "2026-01-31",
  stores: { kv: { ...azure, ...store } },
  clusters: { main: cluster },
  namespaces: { shop: { cluster: "main", store: "kv" } },
});
const specOf = (store: object = {}, changes: Partial<typeof policy> = {}) =>
  environment({ facts: factsOf(store), policy: { ...policy, ...changes } }).stores.get("kv") as AzureKeyVaultSpec;

describe("facts of a Key Vault", () => {
  it("are few for a vault that exists", () => {
    assert.deepEqual(specOf(), {
      ...azure,
      name: "kv",
      identityResourceGroup: "acme-secrets",
      vaultSuffix: "vault.azure.net",
      layout: "per-key",
      grantDeployer: true,
      tags: {},
    });
  });

  it("are fewer for one that is made: the environment's policy says how long it keeps what is deleted", () => {
    assert.deepEqual(specOf({ create: {} }, { recoveryDays: 30, purgeProtection: true, retain: true }).create, {
      sku: "standard",
      publicNetworkAccess: true,
      allowedAddresses: [],
      allowedSubnets: [],
      softDeleteDays: 30,
      purgeProtection: true,
      retain: true,
    });
  });

  it("keep deleted secrets for a week at least: Azure knows no less", () => {
    assert.equal(specOf({ create: {} }, { recoveryDays: 0 }).create?.softDeleteDays, 7);
  });

  it("keep the issuer of a cluster character by character", () => {
    assert.equal(environment({ facts: factsOf() }).clusters.get("main")?.spec?.issuer, aks.issuer);
  });

  it("are refused with what is allowed", () => {
    const wrong = {
      subscriptionId: "acme",
      vault: "kv--acme",
      vaultSuffix: "vault.example",
      resourceGroup: "acme.",
      tags: Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`t${index}`, ""])),
      create: { allowedSubnets: ["default"], auditWorkspaceId: "logs", softDeleteDays: 1 },
    };
    assert.equal(
      refusalOf({ facts: factsOf(wrong) }),
      refusal(
        8,
        "  stores.kv.subscriptionId: must be a UUID, such as 11111111-2222-3333-4444-555555555555; character 3 is a lowercase letter",
        "  stores.kv.resourceGroup: must be the name of a resource group: up to 90 letters, digits or -_.()",
        '  stores.kv.vault: must be 3 to 24 letters, digits or single "-", beginning with a letter',
        "  stores.kv.vaultSuffix: must be one of vault.azure.net, vault.usgovcloudapi.net, vault.azure.cn",
        "  stores.kv.create.allowedSubnets[0]: must be the resource id of a subnet",
        "  stores.kv.create.auditWorkspaceId: must be the resource id of a Log Analytics workspace",
        "  stores.kv.create.softDeleteDays: is no key that is read here; there are allowedAddresses, allowedSubnets, auditWorkspaceId, publicNetworkAccess, sku",
        "    fix: remove it, or look its name up in docs/facts.md",
        "  stores.kv.tags: must be at most 12: secrets take fifteen, and get three of their own",
      ),
    );
  });

  for (const [name, tags, line] of [
    [
      "a tag that secrets get here in another case, which Azure takes for the same",
      { Stack: "x" },
      'Stack: must not differ from "stack" by case alone: that tag is set here, and Azure tells tags apart without case',
    ],
    [
      "two tags that differ by case alone",
      { team: "ml", TEAM: "ops" },
      'TEAM: must not differ from "team" by case alone: Azure tells tags apart without case',
    ],
    [
      "a tag that Azure keeps for itself",
      { "Microsoft.team": "ml" },
      '["Microsoft.team"]: must not begin with microsoft, azure or windows, which Azure keeps for itself',
    ],
  ] as const) {
    it(`refuse ${name}`, () => {
      const separator = line.startsWith("[") ? "" : ".";
      assert.equal(refusalOf({ facts: factsOf({ tags }) }), refusal(1, `  stores.kv.tags${separator}${line}`));
    });
  }

  it("refuse a tag that secrets can't have", () => {
    assert.match(
      refusalOf({ facts: factsOf({ tags: { "a/b": "x" } }) }),
      /must be up to 256 characters, none of <>%&\\\?\//,
    );
    assert.match(refusalOf({ facts: factsOf({ tags: { a: "x".repeat(257) } }) }), /must be up to 256 characters/);
  });
});
