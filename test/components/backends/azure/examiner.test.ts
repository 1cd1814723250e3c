import assert from "node:assert/strict";
import { azureExaminer, open } from "../../../../components/backends/azure/examiner.ts";
import { vaultId } from "../../../../components/backends/azure/key-vault.ts";
import type { AzureJson } from "../../../../components/backends/azure/questions.ts";
import { azureRoles } from "../../../../components/backends/azure/roles.ts";
import type { Reading, StoreExamination, Told } from "../../../../components/backends/examiner.ts";
import type { RemoteObject } from "../../../../components/backends/remote-object.ts";
import { findingsOf, seenIn, unansweredIn } from "../examined.ts";
import { aks } from "../identity-rows/azure.ts";
import { azureSpec as spec } from "../rows/azure-key-vault.ts";

const up = "pulumi up --refresh";
const value = "the-value-that-nobody-may-see";
const object: RemoteObject = { name: "acme-test--shop--db", layout: "bundle", keys: ["password", "user"] };
const reading: Reading = {
  scope: { platform: "acme", environment: "test", cluster: "main", namespace: "shop" },
  cluster: aks,
  objects: [object],
  by: "operator",
};
const identity = "identity acme--test--main--shop";
const secretId = `${vaultId(spec)}/secrets/${object.name}`;
const version = "0123456789abcdef0123456789abcdef";
const secret = `secret "${object.name}" in Key Vault ${spec.vault}`;
const credential = (change: AzureJson = {}) => ({
  properties: {
    issuer: aks.issuer,
    subject: "system:serviceaccount:shop:secrets-reader",
    audiences: ["api://AzureADTokenExchange"],
    ...change,
  },
});
const assignment = (change: AzureJson = {}) => ({
  value: [
    {
      properties: {
        principalId: "the-principal",
        roleDefinitionId: `/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/${azureRoles.secretsUser}`,
        scope: secretId.toUpperCase(),
        ...change,
      },
    },
  ],
});
const newest = (attributes: AzureJson = {}) => ({
  properties: {
    secretUriWithVersion: `https://${spec.vault}.vault.azure.net/secrets/${object.name}/${version}`,
    attributes: { enabled: true, created: 1770000000, ...attributes },
  },
});

/** Answers by what a question's path ends with, without its query. */
const sound: Readonly<Record<string, Told<AzureJson>>> = {
  [`vaults/${spec.vault}`]: { value: { properties: { enableRbacAuthorization: true } } },
  "acme--test--main--shop": { value: { properties: { principalId: "the-principal" } } },
  "federatedIdentityCredentials/secrets-reader": { value: credential() },
  roleAssignments: { value: assignment() },
  [`vaults/${spec.vault}/secrets/${object.name}`]: { value: newest() },
  [`/secrets/${object.name}/${version}`]: { value: { value: JSON.stringify({ password: value, user: value }) } },
};

async function examined(change: Readonly<Record<string, Told<AzureJson>>> = {}): Promise<readonly StoreExamination[]> {
  const answers = Object.entries({ ...sound, ...change }).sort(([one], [other]) => other.length - one.length);
  const asked = azureExaminer(spec, (_, path) => {
    const found = answers.find(([ending]) => (path.split("?")[0] ?? "").endsWith(ending));
    if (found === undefined) throw new Error(`the test has no answer for ${path}`);
    return Promise.resolve(found[1]);
  });
  const all = [await asked.store(), await asked.reader(reading), await asked.object(object, ["password"])];
  assert.ok(!JSON.stringify(all).includes(value), "a value was told");
  return all;
}

describe("what Azure is asked", () => {
  it("finds nothing where all is as this program makes it, and says what it saw", async () => {
    const all = await examined();
    assert.deepEqual([findingsOf(...all), unansweredIn(...all)], [[], []]);
    assert.deepEqual(seenIn(...all), [
      `store: Key Vault ${spec.vault} in resource group ${spec.resourceGroup} exists`,
      `identity: ${identity} lets shop/secrets-reader log in, with tokens of ${aks.issuer ?? ""}`,
      `rights: ${identity} may read secret "${object.name}"`,
      `object: ${secret} has version ${version}, written at 2026-02-02T02:40:00Z`,
    ]);
  });

  const cases: Readonly<
    Record<string, { readonly change: Readonly<Record<string, Told<AzureJson>>>; readonly told: readonly string[] }>
  > = {
    "a vault that is gone": {
      change: { [`vaults/${spec.vault}`]: { absent: true } },
      told: [
        `store: Key Vault ${spec.vault} in resource group ${spec.resourceGroup} does not exist → ${spec.create === undefined ? `az keyvault show --name ${spec.vault} --resource-group ${spec.resourceGroup}` : up}`,
      ],
    },
    "a vault of access policies": {
      change: { [`vaults/${spec.vault}`]: { value: { properties: { enableRbacAuthorization: false } } } },
      told: [
        `rights: Key Vault ${spec.vault} in resource group ${spec.resourceGroup} uses access policies, so that role assignments have no effect → az keyvault update --name ${spec.vault} --enable-rbac-authorization true`,
      ],
    },
    "an identity that is gone": {
      change: { "acme--test--main--shop": { absent: true } },
      told: [`identity: ${identity} does not exist → ${up}`],
    },
    "an identity without a credential": {
      change: { "federatedIdentityCredentials/secrets-reader": { absent: true } },
      told: [`identity: ${identity} trusts nobody: its federated credential secrets-reader does not exist → ${up}`],
    },
    "another issuer, subject and audience": {
      change: {
        "federatedIdentityCredentials/secrets-reader": {
          value: credential({ issuer: "https://issuer.example", subject: "somebody", audiences: ["other"] }),
        },
      },
      told: [
        `identity: ${identity} trusts issuer https://issuer.example, not ${aks.issuer ?? ""}, and trusts subject somebody, not system:serviceaccount:shop:secrets-reader, and accepts audience other, not api://AzureADTokenExchange → ${up}`,
      ],
    },
    "a role assignment that is gone": {
      change: { roleAssignments: { value: { value: [] } } },
      told: [`rights: ${identity} has no role assignment to read secret "${object.name}" → ${up}`],
    },
    "a role assignment on another secret": {
      change: { roleAssignments: { value: assignment({ scope: `${secretId}-2` }) } },
      told: [`rights: ${identity} has no role assignment to read secret "${object.name}" → ${up}`],
    },
    "a secret that was deleted": {
      change: {
        [`vaults/${spec.vault}/secrets/${object.name}`]: { absent: true },
        [`/deletedsecrets/${object.name}`]: { value: { deletedDate: 1770000000, scheduledPurgeDate: 1777000000 } },
      },
      told: [
        `object: ${secret} was deleted at 2026-02-02T02:40:00Z, and can be recovered until 2026-04-24T03:06:40Z → az keyvault secret recover --vault-name ${spec.vault} --name ${object.name}`,
      ],
    },
    "a secret that is gone": {
      change: {
        [`vaults/${spec.vault}/secrets/${object.name}`]: { absent: true },
        [`/deletedsecrets/${object.name}`]: { absent: true },
      },
      told: [`object: ${secret} does not exist → ${up}`],
    },
    "a disabled version": {
      change: { [`vaults/${spec.vault}/secrets/${object.name}`]: { value: newest({ enabled: false }) } },
      told: [
        `object: ${secret} is disabled in version ${version}: nobody can read it → az keyvault secret set-attributes --vault-name ${spec.vault} --name ${object.name} --version ${version} --enabled true`,
      ],
    },
    "a key that is gone": {
      change: { [`/secrets/${object.name}/${version}`]: { value: { value: '{"user":"x"}' } } },
      told: [
        `object: ${secret} lacks key password in version ${version}: it was changed outside this program → az keyvault secret set --vault-name ${spec.vault} --name ${object.name} --value "$(az keyvault secret show --id https://${spec.vault}.vault.azure.net/secrets/${object.name}/<last version written by this program> --query value --output tsv)" --output none`,
      ],
    },
  };
  for (const [title, { change, told }] of Object.entries(cases)) {
    it(`names ${title}`, async () => assert.deepEqual(findingsOf(...(await examined(change))), told));
  }

  it("takes a right of the whole vault for one on the secret", async () => {
    const all = await examined({ roleAssignments: { value: assignment({ scope: vaultId(spec) }) } });
    assert.deepEqual(findingsOf(...all), []);
  });

  it("says what it may not ask, with Azure's reason", async () => {
    const refused = { refused: "AuthorizationFailed: no right" };
    const all = await examined({ roleAssignments: refused, [`/secrets/${object.name}/${version}`]: refused });
    assert.deepEqual(findingsOf(...all), []);
    assert.deepEqual(unansweredIn(...all), [
      `rights: rights of ${identity} on secret "${object.name}": AuthorizationFailed: no right`,
      `object: keys of ${secret}: AuthorizationFailed: no right`,
    ]);
  });

  it("is not asked without credentials", async () => {
    const opened = await open(spec, (name) => ({ ARM_CLIENT_ID: "a", ARM_USE_OIDC: "true" })[name]);
    assert.deepEqual(opened, { reason: "ARM_USE_OIDC is set, and neither ARM_OIDC_TOKEN nor a job's token is" });
  });
});
