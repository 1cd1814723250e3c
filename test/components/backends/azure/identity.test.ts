import assert from "node:assert/strict";
import { output, type Output } from "@pulumi/pulumi";
import type { ClusterSpec } from "../../../../components/clusters/contract.ts";
import { azureIdentity } from "../../../../components/backends/azure/identity.ts";
import { checkAzureIdentity } from "../../../../components/backends/azure/identity-rules.ts";
import { azureProvider } from "../../../../components/backends/azure/secret-store.ts";
import { azureRoles } from "../../../../components/backends/azure/roles.ts";
import type { AzureKeyVaultSpec } from "../../../../components/backends/azure/key-vault.ts";
import type { AzureReadGrant } from "../../../../components/backends/azure/grant.ts";
import { roleAssignmentName } from "../../../../components/support/naming.ts";
import { runProgram } from "../../../support/mocks.ts";
import { tenant, vaultIdOf } from "../../../support/providers/azure.ts";
import { azureSpec } from "../rows/azure-key-vault.ts";
import { aks } from "../identity-rows/azure.ts";
import { cluster } from "../identity-rows/row.ts";

const scope = { platform: "acme", environment: "dev", cluster: "main", namespace: "shop" };
const grant = (name: string): AzureReadGrant => ({
  kind: "azure-key-vault",
  name,
  scope: `${vaultIdOf("kv-acme")}/secrets/${name}`,
});
const make = (store: AzureKeyVaultSpec = azureSpec, of = aks) =>
  azureIdentity("main/shop", {
    store,
    cluster: of,
    scope,
    grants: [grant("acme-dev--shop--db"), grant("acme-dev--shop--api")],
    options: {},
  });
const resolved = <T>(from: Output<T>) => new Promise<T>((resolve) => from.apply((value) => resolve(value)));

describe("identity on Azure", () => {
  it("is one of the namespace's own, beside the vault or where facts say", async () => {
    const { resources } = await runProgram(() => make());
    assert.deepEqual(resources.find("azure-native:managedidentity:UserAssignedIdentity", "main/shop/identity").inputs, {
      resourceName: "acme--dev--main--shop",
      resourceGroupName: "identities",
      location: "westeurope",
      tags: { team: "ml" },
    });
  });

  it("trusts one service account of one issuer, character by character", async () => {
    const type = "azure-native:managedidentity:FederatedIdentityCredential";
    const { resources } = await runProgram(() => make());
    assert.deepEqual(resources.find(type, "main/shop/trust").inputs, {
      federatedIdentityCredentialResourceName: "secrets-reader",
      resourceName: "acme--dev--main--shop",
      resourceGroupName: "identities",
      issuer: "https://westeurope.oic.prod-aks.azure.com/22222222-2222-4222-8222-222222222222/44444444/",
      subject: "system:serviceaccount:shop:secrets-reader",
      audiences: ["api://AzureADTokenExchange"],
    });
    const { resources: other } = await runProgram(() => make(azureSpec, cluster));
    assert.equal(other.find(type, "main/shop/trust").inputs["issuer"], "https://issuer.example/clusters/main");
  });

  it("may read the secrets granted, each by an assignment of its own on exactly that secret", async () => {
    const { resources } = await runProgram(() => make());
    const type = "azure-native:authorization:RoleAssignment";
    assert.deepEqual(resources.names(type), ["main/shop/acme-dev--shop--api", "main/shop/acme-dev--shop--db"]);
    const on = `${vaultIdOf("kv-acme")}/secrets/acme-dev--shop--db`;
    const principalId = "principal of acme--dev--main--shop";
    assert.deepEqual(resources.find(type, "main/shop/acme-dev--shop--db").inputs, {
      roleAssignmentName: roleAssignmentName(on, principalId, azureRoles.secretsUser),
      scope: on,
      principalId,
      principalType: "ServicePrincipal",
      roleDefinitionId: `/subscriptions/${tenant.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6`,
    });
  });

  for (const [what, wide] of [
    ["a vault", vaultIdOf("kv-acme")],
    ["a resource group", "/subscriptions/s/resourceGroups/secrets"],
    ["all secrets", `${vaultIdOf("kv-acme")}/secrets`],
    ["one version", `${vaultIdOf("kv-acme")}/secrets/db/versions`],
  ] as const) {
    it(`is refused a right to ${what}`, async () => {
      const grants: readonly AzureReadGrant[] = [{ ...grant("db"), scope: wide }];
      const run = () => azureIdentity("main/shop", { store: azureSpec, cluster: aks, scope, grants, options: {} });
      await assert.rejects(runProgram(run), {
        message: `error serializing property "roleAssignmentName": a role assignment must name exactly one secret, and its scope is "${wide}"`,
      });
    });
  }

  it("is found by the service account's annotations, which alone name the tenant", async () => {
    const { result } = await runProgram(async () => {
      const identity = make();
      return {
        login: await resolved(output(identity.login)),
        provider: azureProvider(azureSpec, identity.login),
      };
    });
    const clientId = "client of acme--dev--main--shop";
    assert.deepEqual(result.login, {
      kind: "service-account",
      serviceAccount: "secrets-reader",
      annotations: {
        "azure.workload.identity/client-id": clientId,
        "azure.workload.identity/tenant-id": tenant.tenantId,
      },
      clientId,
      tenantId: tenant.tenantId,
    });
    assert.deepEqual(result.provider, {
      azurekv: {
        authType: "WorkloadIdentity",
        vaultUrl: "https://kv-acme.vault.azure.net/",
        environmentType: "PublicCloud",
        serviceAccountRef: { name: "secrets-reader" },
      },
    });
  });

  it("tells the operator of a sovereign cloud", () => {
    const typeOf = (vaultSuffix: AzureKeyVaultSpec["vaultSuffix"]) =>
      azureProvider(
        { ...azureSpec, vaultSuffix },
        { kind: "service-account", serviceAccount: "secrets-reader", annotations: {}, clientId: "id", tenantId: "id" },
      ).azurekv?.environmentType;
    assert.equal(typeOf("vault.azure.cn"), "ChinaCloud");
    assert.equal(typeOf("vault.usgovcloudapi.net"), "USGovernmentCloud");
  });

  it("needs to know who issues the cluster's tokens", () => {
    const issues = ({ issuer: _, ...unknown }: ClusterSpec) => checkAzureIdentity(azureSpec, unknown);
    const issue = {
      path: "clusters.main.issuer",
      problem: "is missing: store main trusts the cluster's service accounts through this issuer",
    };
    assert.deepEqual(checkAzureIdentity(azureSpec, cluster), []);
    assert.deepEqual(issues(cluster), [
      {
        ...issue,
        fix: "kubectl get --raw /.well-known/openid-configuration (its field issuer, exactly as it stands there)",
      },
    ]);
    assert.deepEqual(issues(aks), [
      {
        ...issue,
        fix: "az aks show --name <cluster> --resource-group <group> --query oidcIssuerProfile.issuerUrl --output tsv (before that: az aks update --enable-oidc-issuer)",
      },
    ]);
  });
});
