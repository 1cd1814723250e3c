import assert from "node:assert/strict";
import { ownAwsTags } from "../../../components/backends/aws/account.ts";
import { ownAzureTags } from "../../../components/backends/azure/key-vault.ts";
import { fakeKeyVaultApi } from "../../support/providers/azure.ts";
import type { Recording } from "../../support/recording.ts";
import { up } from "../../support/stack.ts";

/** What the parser reckons with (`components/backends/<cloud>/facts.ts`) must be what resources get. */
describe("tags that are set here", () => {
  const issuer = "https://issuer.example/main";
  const externalSecrets = { version: "2.9.0" };
  const account = { region: "eu-central-1", accountId: "111122223333", tags: { team: "ml" } };

  it("are on AWS those that are reckoned with, and none else", async () => {
    const stores = {
      parameters: { kind: "aws-parameter-store", ...account, oidcProviders: { main: "create" } },
      secrets: { kind: "aws-secrets-manager", ...account },
    };
    const clusters = {
      main: { flavour: "kubeconfig", issuer, externalSecrets },
      pods: { flavour: "eks", context: "pods", clusterName: "pods", identity: "pod-identity", externalSecrets },
    };
    const namespaces = {
      shop: { clusters: { main: { store: "parameters" }, pods: { store: "secrets" } } },
      till: { cluster: "main", store: "secrets" },
    };
    const { resources } = await up({ facts: { stores, clusters, namespaces } });
    const { objects, identities } = ownAwsTags;
    assert.deepEqual(ownTags(resources), {
      "aws:eks/podIdentityAssociation:PodIdentityAssociation": without(identities, "namespace"),
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider": without(identities, "namespace"),
      "aws:iam/role:Role": [...identities].sort(),
      "aws:secretsmanager/secret:Secret": [...objects].sort(),
      "aws:ssm/parameter:Parameter": [...objects].sort(),
    });
  });

  it("are on Azure those that are reckoned with, and none else", async () => {
    const vault = {
      kind: "azure-key-vault",
      subscriptionId: "11111111-1111-4111-8111-111111111111",
      tenantId: "22222222-2222-4222-8222-222222222222",
      resourceGroup: "acme-secrets",
      vault: "kv-acme",
      location: "westeurope",
      create: {},
      tags: { team: "ml" },
    };
    const external = { keyVaultApi: fakeKeyVaultApi };
    const clusters = { main: { flavour: "aks", issuer, externalSecrets } };
    const { resources } = await up({ facts: { stores: { vault }, clusters }, external });
    assert.deepEqual(ownTags(resources), {
      "azure-native:keyvault:Secret": [...ownAzureTags].sort(),
      "azure-native:keyvault:Vault": [],
      "azure-native:managedidentity:UserAssignedIdentity": [],
    });
  });
});

/** Names of tags beside that of the facts, by type of resource: all that one of the type has. */
function ownTags(resources: Recording): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, Set<string>>();
  for (const { type, inputs } of resources.all) {
    if (typeof inputs["tags"] !== "object" || inputs["tags"] === null) continue;
    const names = found.get(type) ?? new Set();
    for (const name of Object.keys(inputs["tags"])) if (name !== "team") names.add(name);
    found.set(type, names);
  }
  return Object.fromEntries([...found].sort().map(([type, names]) => [type, [...names].sort()]));
}

function without(names: readonly string[], name: string): readonly string[] {
  return names.filter((each) => each !== name).sort();
}
