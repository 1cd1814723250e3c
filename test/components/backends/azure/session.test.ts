import assert from "node:assert/strict";
import { secret, type Output } from "@pulumi/pulumi";
import {
  principalTypeOf,
  type KeyVaultApi,
  type OpenKeyVaultApi,
} from "../../../../components/backends/azure/key-vault-client.ts";
import type { AzureKeyVaultSpec, AzureVaultCreation } from "../../../../components/backends/azure/key-vault.ts";
import type { PreparedStore, PutArgs } from "../../../../components/backends/session.ts";
import { openStore } from "../../../../components/backends/index.ts";
import { StoreError } from "../../../../components/support/messages/errors.ts";
import { readState } from "../../../../stacks/deploy/state.ts";
import { failureOf, runFailing, runProgram, type RunOptions } from "../../../support/mocks.ts";
import { deployerId, fakeKeyVaultApi, newVault, tenant, vaultIdOf } from "../../../support/providers/azure.ts";
import { SecretInput } from "../../../support/recording.ts";
import { RemoteMemory } from "../../../support/remote-memory.ts";
import { prepared, surveyWith } from "../../../support/surveys.ts";
import { azureSpec } from "../rows/azure-key-vault.ts";

const create: AzureVaultCreation = {
  sku: "standard",
  softDeleteDays: 30,
  purgeProtection: true,
  retain: true,
  publicNetworkAccess: true,
  allowedAddresses: [],
  allowedSubnets: [],
};
const ours: AzureKeyVaultSpec = { ...azureSpec, vault: newVault, create };
const object = { name: "acme-dev--shop--db--password", layout: "per-key", keys: ["password"] } as const;
const secretType = "azure-native:keyvault:Secret";
const grantType = "azure-native:authorization:RoleAssignment";

const forbidden = Object.assign(new Error("Caller is not authorized to perform action on resource."), {
  statusCode: 403,
  details: { error: { innerError: { code: "ForbiddenByRbac" } } },
});

/** The fake vault with some of its answers replaced. */
const apiWith =
  (changes: Partial<KeyVaultApi>): OpenKeyVaultApi =>
  (spec, token) => ({ ...fakeKeyVaultApi(spec, token), ...changes });

const open = (spec = azureSpec, api: OpenKeyVaultApi = fakeKeyVaultApi) =>
  openStore({ spec, secretConfig: () => undefined, options: {}, keyVaultApi: api });

function put(store: PreparedStore, changes: Partial<PutArgs> = {}) {
  return store.put("shop/db/main/password", {
    object,
    payload: secret("value-5d1f"),
    owner: { "managed-by": "pulumi", project: "multicloud-secrets", stack: "dev" },
    retain: false,
    options: {},
    ...changes,
  });
}
const putOne =
  (spec = azureSpec, changes: Partial<PutArgs> = {}, api: OpenKeyVaultApi = fakeKeyVaultApi) =>
  async () =>
    put((await open(spec, api)).prepare(surveyWith()), changes);
const resolved = <T>(from: Output<T>) => new Promise<T>((resolve) => from.apply((value) => resolve(value)));

/** The store tells a version: no key is asked for. */
const noKey = () => assert.fail("a key was asked for");

describe("Key Vault backend", () => {
  it("makes the provider of the subscription, in the cloud of the vault", async () => {
    const { inputs } = (await runProgram(() => open())).resources.find("pulumi:providers:azure-native", "main");
    assert.deepEqual(inputs, { ...tenant, location: "westeurope", environment: "public" });
    const china = await runProgram(() => open({ ...azureSpec, vaultSuffix: "vault.azure.cn" }));
    assert.equal(china.resources.find("pulumi:providers:azure-native", "main").inputs["environment"], "china");
  });

  it("registers nothing but the provider before it is known that nothing is refused", async () => {
    const { resources } = await runProgram(async () => (await open(ours)).existing([object.name]));
    assert.deepEqual(resources.contents, ["pulumi:providers:azure-native main"]);
  });

  it("writes one object, whose value alone is secret", async () => {
    const { resources } = await runProgram(putOne());
    const { inputs, options, provider } = resources.find(secretType, "shop/db/main/password");
    assert.deepEqual(inputs, {
      resourceGroupName: "secrets",
      vaultName: "kv-acme",
      secretName: object.name,
      properties: { value: new SecretInput("value-5d1f"), contentType: "text/plain" },
      tags: { team: "ml", "managed-by": "pulumi", project: "multicloud-secrets", stack: "dev" },
    });
    assert.deepEqual([options.ignoreChanges, options.deleteBeforeReplace, provider], [[], false, "main"]);
  });

  it("says that a bundle is JSON, and when a value is due", async () => {
    const bundle = { name: "acme-dev--shop--db", layout: "bundle", keys: ["password"] } as const;
    const { resources } = await runProgram(putOne(azureSpec, { object: bundle, rotateBy: "2026-11-22" }));
    const properties = resources.find(secretType, "shop/db/main/password").inputs["properties"] as object;
    assert.deepEqual(
      { ...properties, value: undefined },
      { value: undefined, contentType: "application/json", attributes: { expires: Date.UTC(2026, 10, 22) / 1000 } },
    );
  });

  it("gives the deployer the right to the vault's secrets before the first is written", async () => {
    const { resources } = await runProgram(putOne());
    const { inputs } = resources.find(grantType, "main/deployer");
    assert.deepEqual(
      { ...inputs, roleAssignmentName: undefined },
      {
        roleAssignmentName: undefined,
        scope: vaultIdOf("kv-acme"),
        principalId: deployerId,
        principalType: "ServicePrincipal",
        roleDefinitionId: `/subscriptions/${tenant.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7`,
      },
    );
    assert.match(
      String(inputs["roleAssignmentName"]),
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.deepEqual(resources.find(secretType, "shop/db/main/password").options.dependsOn, ["main/deployer"]);
  });

  it("gives the deployer nothing where it has the right already", async () => {
    const { resources, calls } = await runProgram(putOne({ ...azureSpec, grantDeployer: false }));
    resources.assertNone(grantType);
    assert.ok(!calls.some(({ token }) => token === "azure-native:authorization:getClientConfig"));
  });

  it("repeats a write while the right does not count yet", async () => {
    const { resources, hooks } = await runProgram(putOne());
    assert.deepEqual(resources.find(secretType, "shop/db/main/password").options.hooks["onError"], [
      "await-rights-main",
    ]);
    assert.deepEqual(hooks, ["await-rights-main", "explain-existing-main"]);
  });

  it("takes over what exists by import, and writes nothing by that", async () => {
    const { resources } = await runProgram(async () => put((await open()).prepare(surveyWith(object.name))));
    const { options } = resources.find(secretType, "shop/db/main/password");
    assert.deepEqual(
      [options.importId, options.ignoreChanges],
      [`${vaultIdOf("kv-acme")}/secrets/${object.name}`, ["properties", "tags"]],
    );
  });

  it("asks the data plane with a token of the provider for that very cloud", async () => {
    const asked: string[] = [];
    const api: OpenKeyVaultApi = (_, token) => ({
      list: async () => {
        asked.push(await token("https://vault.azure.net"));
        return [];
      },
      versions: () => assert.fail("versions were listed"),
      get: () => Promise.resolve(undefined),
      isDeleted: () => Promise.resolve(false),
      settle: () => assert.fail("was settled"),
    });
    const { calls } = await runProgram(async () => (await open(azureSpec, api)).existing([object.name]));
    assert.equal(asked.length, 1);
    assert.deepEqual(calls.at(-1), {
      token: "azure-native:authorization:getClientToken",
      provider: "main",
      inputs: { endpoint: "https://vault.azure.net" },
    });
  });

  it("finds names whatever their capitals: Key Vault does not tell them apart", async () => {
    const api = apiWith({ list: () => Promise.resolve([{ name: object.name.toUpperCase() }]) });
    const { result } = await runProgram(async () => [
      ...(await (await open(azureSpec, api)).existing([object.name, "no"])).keys(),
    ]);
    assert.deepEqual(result, [object.name]);
  });

  it("lists names once a run", async () => {
    let lists = 0;
    const api = apiWith({ list: () => Promise.resolve(((lists += 1), [])) });
    await runProgram(async () => {
      const session = await open(azureSpec, api);
      await session.existing([object.name]);
      await session.existing(["another"]);
    });
    assert.equal(lists, 1);
  });

  it("asks the management plane, name by name, while the deployer may not list", async () => {
    const memory = new RemoteMemory();
    memory.write("azure-key-vault", object.name, "held");
    const existing = async () => [
      ...(
        await (await open(azureSpec, apiWith({ list: () => Promise.reject(forbidden) }))).existing([object.name, "no"])
      ).keys(),
    ];
    const { result, calls } = await runProgram(existing, { memory });
    assert.deepEqual(result, [object.name]);
    assert.equal(calls.filter(({ token }) => token === "azure-native:keyvault:getSecret").length, 2);
  });

  it("finds a hand-changed value intact once the value is back, in whatever version", async () => {
    const values: Readonly<Record<string, string>> = { "1": "value-5d1f", newest: "value-5d1f" };
    const intactWith = async (held: typeof values, before: RunOptions) => {
      const api = apiWith({
        list: () => Promise.resolve([]),
        get: (_, version = "newest") => Promise.resolve(held[version]),
      });
      const intact = async () => {
        const store = await prepared(open(azureSpec, api), { state: await readState() });
        return resolved(put(store).intact?.() ?? assert.fail("not owned"));
      };
      return (await runProgram(intact, before)).result;
    };
    const { memory, state } = await runProgram(putOne());
    memory.write("azure-key-vault", object.name, "by-hand-31bc");
    assert.equal(await intactWith(values, { memory, state }), true);
    assert.equal(await intactWith({ ...values, newest: "by-hand-31bc" }, { memory, state }), false);
    assert.equal(await intactWith({ newest: "by-hand-31bc" }, { memory, state }), false);
    // What this run writes counts, even where the version that was written last can no longer be read.
    assert.equal(await intactWith({ newest: "value-5d1f" }, { memory, state }), true);
  });

  it("reads no value to see that nothing was changed", async () => {
    const before = await runProgram(putOne());
    const api = apiWith({ get: () => assert.fail("a value was read") });
    const intact = async () => {
      const store = await prepared(open(azureSpec, api), { state: await readState() });
      return resolved(put(store).intact?.() ?? assert.fail("not owned"));
    };
    const { result, calls } = await runProgram(intact, { memory: before.memory, state: before.state });
    assert.equal(result, true);
    assert.ok(!calls.some(({ token }) => token === "azure-native:keyvault:getSecret"));
  });

  it("names the version of a foreign secret without reading it", async () => {
    const memory = new RemoteMemory();
    memory.write("azure-key-vault", object.name, "theirs-1");
    memory.write("azure-key-vault", object.name, "theirs-2");
    const api = apiWith({ get: () => assert.fail("a value was read") });
    const { result, resources } = await runProgram(
      async () => resolved((await prepared(open(azureSpec, api))).reference("shop/db/theirs", object, noKey).version),
      { memory },
    );
    assert.equal(result, "2");
    resources.assertNone(secretType);
  });

  it("restores the value of the version before", async () => {
    const { result } = await runProgram(async () => (await open()).restoreCommand(object.name));
    assert.equal(
      result,
      `az keyvault secret set --vault-name kv-acme --name ${object.name} --value "$(az keyvault secret show --id https://kv-acme.vault.azure.net/secrets/${object.name}/<last version written by this program> --query value --output tsv)" --output none`,
    );
  });
});

describe("deployer of a Key Vault", () => {
  const tokenOf = (claims: object) => `header.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`;

  it("is a person or an application, as the token says", () => {
    assert.equal(principalTypeOf(tokenOf({ scp: "user_impersonation" })), "User");
    assert.equal(principalTypeOf(tokenOf({ idtyp: "app" })), "ServicePrincipal");
    assert.equal(principalTypeOf("opaque"), "ServicePrincipal");
  });
});

describe("Key Vault that refuses", () => {
  const existing = (spec: AzureKeyVaultSpec, list: KeyVaultApi["list"]) => async () =>
    (await open(spec, apiWith({ list }))).existing([object.name]);

  it("names the role that the deployer lacks, where it is not granted here", async () => {
    const { errors } = await runFailing(
      existing({ ...azureSpec, grantDeployer: false }, () => Promise.reject(forbidden)),
    );
    assert.ok(errors[0] instanceof StoreError);
    assert.equal(
      errors[0].message,
      `stores.main: listing names in vault kv-acme failed: Caller is not authorized to perform action on resource.\n` +
        `    fix: grant the deployer the role: az role assignment create --role "Key Vault Secrets Officer" --assignee <object id of the deployer> --scope ${vaultIdOf("kv-acme")}`,
    );
  });

  it("tells a firewall from a missing role", async () => {
    const firewall = Object.assign(new Error("Client address is not authorized and caller is not a trusted service."), {
      statusCode: 403,
    });
    assert.match(
      await failureOf(existing(azureSpec, () => Promise.reject(firewall))),
      /fix: allow the deployer's address in the vault's firewall: az keyvault network-rule add --name kv-acme --ip-address <address>$/,
    );
  });

  it("is refused when it goes by access policies", async () => {
    const spec = { ...azureSpec, vault: "kv-policies" };
    assert.equal(
      await failureOf(existing(spec, () => assert.fail("was listed"))),
      "stores.main: vault kv-policies uses access policies, so the namespaces' role assignments have no effect.\n" +
        "    fix: az keyvault update --name kv-policies --enable-rbac-authorization true (docs/stores/azure-key-vault.md#access-policies)",
    );
  });

  it("is missed by name when it should exist", async () => {
    const { create: _, ...missing } = ours;
    assert.match(
      await failureOf(existing(missing, () => assert.fail("was listed"))),
      /^stores\.main: looking for vault kv-new failed: .*ResourceNotFound.*\.\n {4}fix: check stores\.main\.subscriptionId, resourceGroup and vault: az keyvault show --name kv-new --resource-group secrets$/s,
    );
  });
});

describe("Key Vault made here", () => {
  const vaultOf = async (
    changes: Partial<AzureVaultCreation> = {},
    options: RunOptions = {},
    api = fakeKeyVaultApi,
  ) => {
    const spec = { ...ours, create: { ...create, ...changes } };
    const { resources } = await runProgram(putOne(spec, {}, api), options);
    return { resources, vault: resources.find("azure-native:keyvault:Vault", "main/vault") };
  };

  it("goes by roles, keeps what is deleted, and can't be purged", async () => {
    const { inputs, options } = (await vaultOf()).vault;
    assert.deepEqual(inputs, {
      vaultName: newVault,
      resourceGroupName: "secrets",
      location: "westeurope",
      properties: {
        tenantId: tenant.tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        enabledForDeployment: false,
        enabledForDiskEncryption: false,
        enabledForTemplateDeployment: false,
        softDeleteRetentionInDays: 30,
        enablePurgeProtection: true,
        publicNetworkAccess: "Enabled",
        networkAcls: { defaultAction: "Allow", bypass: "AzureServices", ipRules: [], virtualNetworkRules: [] },
      },
      tags: { team: "ml" },
    });
    assert.deepEqual([options.retainOnDelete, options.ignoreChanges], [true, ["properties.createMode"]]);
  });

  it("leaves purge protection out where policy does not ask for it: Azure refuses a false", async () => {
    const { inputs, options } = (await vaultOf({ purgeProtection: false, retain: false })).vault;
    assert.equal("enablePurgeProtection" in (inputs["properties"] as object), false);
    assert.equal(options.retainOnDelete, false);
  });

  it("lets in the addresses and subnets named, and nobody else", async () => {
    const subnet = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/aks";
    const rulesOf = async (changes: Partial<AzureVaultCreation>) =>
      ((await vaultOf(changes)).vault.inputs["properties"] as Record<string, unknown>)["networkAcls"];
    assert.deepEqual(await rulesOf({ allowedAddresses: ["203.0.113.0/24"], allowedSubnets: [subnet] }), {
      defaultAction: "Deny",
      bypass: "AzureServices",
      ipRules: [{ value: "203.0.113.0/24" }],
      virtualNetworkRules: [{ id: subnet }],
    });
    assert.match(JSON.stringify(await rulesOf({ allowedSubnets: [subnet] })), /"defaultAction":"Deny"/);
    // A single address as Azure answers with it: in any other form a refresh would show a change.
    const single = await rulesOf({ allowedAddresses: ["203.0.113.7", "203.0.113.8/32"] });
    assert.deepEqual((single as { ipRules: unknown }).ipRules, [
      { value: "203.0.113.7/32" },
      { value: "203.0.113.8/32" },
    ]);
  });

  it("has no public address where facts say so", async () => {
    const { inputs } = (await vaultOf({ publicNetworkAccess: false })).vault;
    assert.equal((inputs["properties"] as Record<string, unknown>)["publicNetworkAccess"], "Disabled");
  });

  it("sends its audit log where facts say, and has no log otherwise", async () => {
    const workspace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/audit";
    const { resources } = await vaultOf({ auditWorkspaceId: workspace });
    assert.deepEqual(resources.find("azure-native:monitor:DiagnosticSetting", "main/audit-log").inputs, {
      name: "audit",
      resourceUri: vaultIdOf(newVault),
      workspaceId: workspace,
      logs: [{ category: "AuditEvent", enabled: true }],
    });
    (await vaultOf()).resources.assertNone("azure-native:monitor:DiagnosticSetting");
  });

  it("goes on sending it after destroy where policy retains the vault", async () => {
    for (const retain of [true, false]) {
      const { resources } = await vaultOf({ auditWorkspaceId: "workspace", retain });
      const { options } = resources.find("azure-native:monitor:DiagnosticSetting", "main/audit-log");
      assert.deepEqual([options.retainOnDelete, options.hooks?.onError], [retain, ["explain-existing-main"]]);
    }
  });

  it("is there, and opened to the deployer, before a secret is written", async () => {
    const { resources } = await vaultOf();
    assert.deepEqual(resources.find(grantType, "main/deployer").options.dependsOn, ["main/vault"]);
    assert.deepEqual(resources.find(secretType, "shop/db/main/password").options.dependsOn, [
      "main/deployer",
      "main/vault",
    ]);
  });

  it("holds no names before it is made, and asks nobody for them", async () => {
    const api = apiWith({ list: () => assert.fail("was listed") });
    const { result } = await runProgram(async () => [
      ...(await (await open(ours, api)).existing([object.name])).keys(),
    ]);
    assert.deepEqual(result, []);
  });

  it("is recovered where it was deleted, and made otherwise", async () => {
    const modeOf = async (deleted: boolean, options: RunOptions = {}) => {
      const { vault } = await vaultOf({}, options, apiWith({ isDeleted: () => Promise.resolve(deleted) }));
      return (vault.inputs["properties"] as Record<string, unknown>)["createMode"];
    };
    assert.equal(await modeOf(true), "recover");
    assert.equal(await modeOf(false), undefined);
    assert.equal(await modeOf(true, { preview: true }), undefined);
  });

  it("gets our settings after it was recovered, before anything is put into it", async () => {
    const { options } = (await vaultOf()).vault;
    assert.deepEqual(options.hooks, { afterCreate: ["settle-vault-main"], onError: ["explain-existing-main"] });
  });

  it("is not asked about once it is there", async () => {
    const memory = new RemoteMemory();
    memory.write("azure-key-vault", `vault/${newVault}`, "");
    await vaultOf({}, { memory }, apiWith({ isDeleted: () => assert.fail("was asked") }));
  });

  it("stays when a run writes nothing", async () => {
    const { resources } = await runProgram(async () => prepared(open(ours)));
    assert.deepEqual(resources.names("azure-native:keyvault:Vault"), ["main/vault"]);
  });
});
