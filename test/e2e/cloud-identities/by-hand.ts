import assert from "node:assert/strict";
import { azureRoles } from "../../../components/backends/azure/roles.ts";
import {
  awsReaderRole,
  azureIdentityName,
  gcpProviderId,
  readerName,
  roleAssignmentName,
} from "../../../components/support/naming.ts";
import { ACCOUNT_ID, DEPLOYER } from "../../../sandbox/fakes/aws/account.ts";
import { AZURE_SANDBOX } from "../../../sandbox/fakes/azure/directory.ts";
import { GCP_SANDBOX } from "../../../sandbox/fakes/gcp/sandbox.ts";
import { arm, aws, google, keyVault, type JsonObject } from "../support/clouds/clients.ts";
import { vaultName, versionsIn } from "../support/clouds/stores.ts";
import { customerKeyArn, poolId, proofNames } from "../support/clouds/stack.ts";
import { connection } from "../support/platform.ts";

/** Changes by hand to the identities of the stack `clouds`, and to what they may read. */

const scope = { platform: "mlops-platform", environment: "clouds" } as const;
const versions = { identity: "2024-11-30", authorization: "2022-04-01" } as const;

/** The reader's role trusts the same service account of another namespace, or another role of the operator. */
export async function mistrustReader(namespace: string, cluster: string, store: string): Promise<void> {
  const { GetRoleCommand, UpdateAssumeRolePolicyCommand } = await import("@aws-sdk/client-iam");
  const iam = await aws.iam();
  const RoleName = awsReaderRole({ ...scope, cluster, namespace, store });
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
  const other = trust.replace(`:${namespace}:${readerName}`, `:default:${readerName}`).replace(".operator", ".other");
  assert.notEqual(other, trust, "the trust policy is not what this test takes it for");
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: other }));
}

/** Removes every policy of the reader's role. */
export async function forgetPolicies(namespace: string, cluster: string, store: string): Promise<void> {
  const { DeleteRolePolicyCommand, ListRolePoliciesCommand } = await import("@aws-sdk/client-iam");
  const iam = await aws.iam();
  const RoleName = awsReaderRole({ ...scope, cluster, namespace, store });
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  assert.ok(PolicyNames.length > 0);
  for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
}

/** The identity trusts the same service account of another namespace. */
export async function trustOtherSubject(namespace: string, cluster: string): Promise<void> {
  const identity = azureIdentityName({ ...scope, cluster, namespace });
  const id = `Microsoft.ManagedIdentity/userAssignedIdentities/${identity}/federatedIdentityCredentials/${readerName}`;
  const found = await arm("GET", id, versions.identity);
  const properties = found?.["properties"] as JsonObject;
  const body = { properties: { ...properties, subject: `system:serviceaccount:default:${readerName}` } };
  await arm("PUT", id, versions.identity, body);
}

/** Removes the identity's right to read each part of the secret. */
export async function removeRoleAssignments(namespace: string, cluster: string): Promise<void> {
  const identity = azureIdentityName({ ...scope, cluster, namespace });
  const found = await arm("GET", `Microsoft.ManagedIdentity/userAssignedIdentities/${identity}`, versions.identity);
  const { principalId } = found?.["properties"] as { principalId: string };
  for (const name of proofNames["key-vault"] ?? []) {
    const secret = `/subscriptions/${AZURE_SANDBOX.subscriptionId}/resourceGroups/${AZURE_SANDBOX.resourceGroup}/providers/Microsoft.KeyVault/vaults/${vaultName}/secrets/${name}`;
    const assignment = roleAssignmentName(secret, principalId, azureRoles.secretsUser);
    await arm(
      "DELETE",
      `${secret}/providers/Microsoft.Authorization/roleAssignments/${assignment}`,
      versions.authorization,
    );
  }
}

/** Removes the namespace's reader from the secret's binding. */
export async function removeBinding(namespace: string): Promise<void> {
  const [name = ""] = proofNames["secret-manager"] ?? [];
  const url = `https://secretmanager.googleapis.com/v1/projects/${GCP_SANDBOX.project.id}/secrets/${name}`;
  const policy = await google("GET", `${url}:getIamPolicy`);
  const bindings = (policy["bindings"] ?? []) as { role: string; members: string[] }[];
  const left = bindings.map(({ role, members }) => ({
    role,
    members: members.filter((member) => !member.includes(`/ns/${namespace}/`)),
  }));
  assert.notDeepEqual(left, bindings, "the reader was not bound");
  await google("POST", `${url}:setIamPolicy`, { policy: { ...policy, bindings: left } });
}

/** The identity provider that trusts the cluster accepts tokens for another audience only. */
export async function trustOtherAudience(): Promise<void> {
  await changeProvider({ allowedAudiences: ["https://example.com/somebody-else"] });
}

/** The identity provider trusts an issuer with one slash more at its end. */
export async function trustOtherIssuer(): Promise<void> {
  await changeProvider({ issuerUri: `${connection().kubernetesServer}/` });
}

async function changeProvider(change: JsonObject): Promise<void> {
  const pool = `projects/${GCP_SANDBOX.project.id}/locations/global/workloadIdentityPools/${poolId}`;
  const url = `https://iam.googleapis.com/v1/${pool}/providers/${gcpProviderId("local")}`;
  const provider = await google("GET", url);
  const oidc = { ...(provider["oidc"] as JsonObject), ...change };
  await google("PATCH", `${url}?updateMask=oidc`, { oidc });
}

/** The policy of the customer's key no longer lets the account's IAM policies decide: it names one administrator. */
export async function closeKey(): Promise<void> {
  await putKeyPolicy(DEPLOYER.arn);
}

/** Restores the policy of the customer's key. */
export async function openKey(): Promise<void> {
  await putKeyPolicy(`arn:aws:iam::${ACCOUNT_ID}:root`);
}

async function putKeyPolicy(principal: string): Promise<void> {
  const { PutKeyPolicyCommand } = await import("@aws-sdk/client-kms");
  const statement = { Effect: "Allow", Principal: { AWS: principal }, Action: "kms:*", Resource: "*" };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await (
    await aws.kms()
  ).send(new PutKeyPolicyCommand({ KeyId: await customerKeyArn(), PolicyName: "default", Policy }));
}

/** Disables the version of the secret that every namespace reads. */
export async function disableNewestVersion(): Promise<void> {
  await switchNewestVersion("disable");
}

/** Enables it again. */
export async function enableNewestVersion(): Promise<void> {
  await switchNewestVersion("enable");
}

async function switchNewestVersion(verb: "disable" | "enable"): Promise<void> {
  const [name = ""] = proofNames["secret-manager"] ?? [];
  const newest = Math.max(...((await versionsIn["secret-manager"]?.(name)) ?? []).map(Number));
  const version = `projects/${GCP_SANDBOX.project.id}/secrets/${name}/versions/${newest}`;
  await google("POST", `https://secretmanager.googleapis.com/v1/${version}:${verb}`, {});
}

/** Deletes the secret of Secrets Manager that every namespace reads, as AWS does: in a week. */
export async function scheduleDeletion(): Promise<void> {
  const { DeleteSecretCommand } = await import("@aws-sdk/client-secrets-manager");
  const [SecretId = ""] = proofNames["secrets-manager"] ?? [];
  await (await aws.secretsManager()).send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
}

/** Takes the deletion back. */
export async function restoreSecret(): Promise<void> {
  const { RestoreSecretCommand } = await import("@aws-sdk/client-secrets-manager");
  const [SecretId = ""] = proofNames["secrets-manager"] ?? [];
  await (await aws.secretsManager()).send(new RestoreSecretCommand({ SecretId }));
}

/** Deletes a part of the secret from the key vault, which keeps it for recovery. */
export async function deleteRecoverably(): Promise<void> {
  const [name = ""] = proofNames["key-vault"] ?? [];
  await keyVault("DELETE", vaultName, `secrets/${name}`);
}

/** Takes that back: `az keyvault secret recover`. */
export async function recoverSecret(): Promise<void> {
  const [name = ""] = proofNames["key-vault"] ?? [];
  await keyVault("POST", vaultName, `deletedsecrets/${name}/recover`);
}

/** Removes the account's trust in the cluster's issuer. @returns its ARN. */
export async function removeOidcProvider(): Promise<string> {
  const { DeleteOpenIDConnectProviderCommand, ListOpenIDConnectProvidersCommand } = await import("@aws-sdk/client-iam");
  const iam = await aws.iam();
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  const host = connection().kubernetesServer.replace("https://", "");
  const arn = OpenIDConnectProviderList.map(({ Arn = "" }) => Arn).find((each) => each.endsWith(`/${host}`));
  assert.ok(arn !== undefined, "the account trusts no such issuer");
  await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
  return arn;
}
