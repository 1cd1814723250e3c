import assert from "node:assert/strict";
import { azureRoles } from "../../../components/stores/azure-roles.ts";
import {
  awsReaderRole,
  azureIdentityName,
  gcpProviderId,
  readerName,
  roleAssignmentName,
} from "../../../components/support/naming.ts";
import { ACCOUNT_ID, DEPLOYER, EKS_CLUSTER } from "../../../sandbox/fakes/aws/account.ts";
import { AZURE_SANDBOX } from "../../../sandbox/fakes/azure/directory.ts";
import { GCP_SANDBOX } from "../../../sandbox/fakes/gcp/sandbox.ts";
import { arm, aws, google, type JsonObject } from "./cloud-clients.ts";
import { vaultName, versionsIn } from "./cloud-stores.ts";
import { customerKeyArn, movers, poolId, proofNames, rows } from "./clouds-stack.ts";
import { connection } from "./platform.ts";

/** What somebody may do by hand to the identities of the stack `clouds`, and to what they may read. */

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

/** The reader's role may do nothing. */
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

/** The identity may read none of the secret's parts. */
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

/** The namespace's reader is bound to the secret no longer. */
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

/** The identity provider that trusts the cluster takes tokens for somebody else. */
export async function trustOtherAudience(): Promise<void> {
  await changeProvider({ allowedAudiences: ["https://example.com/somebody-else"] });
}

/** The identity provider trusts a cluster whose address has a slash at its end. */
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

/** The customer's key no longer lets the account's IAM policies decide: it names one administrator. */
export async function closeKey(): Promise<void> {
  await putKeyPolicy(DEPLOYER.arn);
}

/** The owner of the key gives it back the policy that it had. */
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

/** The version of the secret that everybody reads can't be read. */
export async function disableNewestVersion(): Promise<void> {
  const [name = ""] = proofNames["secret-manager"] ?? [];
  const newest = Math.max(...((await versionsIn["secret-manager"]?.(name)) ?? []).map(Number));
  const version = `projects/${GCP_SANDBOX.project.id}/secrets/${name}/versions/${newest}`;
  await google("POST", `https://secretmanager.googleapis.com/v1/${version}:disable`, {});
}

/** Takes away the roles that a lost state made, with the operator's association: they hold nothing. */
export async function clearAwsRights(): Promise<void> {
  const iamApi = await import("@aws-sdk/client-iam");
  const eksApi = await import("@aws-sdk/client-eks");
  const [iam, eks] = [await aws.iam(), await aws.eks()];
  const { Roles = [] } = await iam.send(new iamApi.ListRolesCommand({}));
  const ours = Roles.map(({ RoleName = "" }) => RoleName).filter((name) => name.startsWith("mlops-platform.clouds."));
  assert.ok(ours.length > 0, "there are no roles of the stack");
  for (const RoleName of ours) {
    const { PolicyNames = [] } = await iam.send(new iamApi.ListRolePoliciesCommand({ RoleName }));
    for (const PolicyName of PolicyNames) await iam.send(new iamApi.DeleteRolePolicyCommand({ RoleName, PolicyName }));
    await iam.send(new iamApi.DeleteRoleCommand({ RoleName }));
  }
  const clusterName = EKS_CLUSTER;
  const { associations = [] } = await eks.send(new eksApi.ListPodIdentityAssociationsCommand({ clusterName }));
  for (const { associationId } of associations) {
    await eks.send(new eksApi.DeletePodIdentityAssociationCommand({ clusterName, associationId }));
  }
}

/** Takes away the identities that a lost state made: they hold nothing. */
export async function clearAzureRights(): Promise<void> {
  const kind = "Microsoft.ManagedIdentity/userAssignedIdentities";
  const places = [...rows, ...movers.map(({ namespace }) => ({ namespace, cluster: "local" }))];
  for (const { namespace, cluster } of places) {
    // Most of them read elsewhere; what is not there is deleted.
    await arm("DELETE", `${kind}/${azureIdentityName({ ...scope, cluster, namespace })}`, versions.identity);
  }
}

/** Full name of the identity provider that the stack made for a cluster. */
export function madeProviderOf(cluster: string, id: string): string {
  return `projects/${GCP_SANDBOX.project.number}/locations/global/workloadIdentityPools/${id}/providers/${gcpProviderId(cluster)}`;
}
