import assert from "node:assert/strict";
import { azureIdentityName, gcpProviderId } from "../../../components/support/naming.ts";
import { EKS_CLUSTER } from "../../../sandbox/fakes/aws/account.ts";
import { GCP_SANDBOX } from "../../../sandbox/fakes/gcp/sandbox.ts";
import { arm, aws } from "../support/clouds/clients.ts";
import { movers, rows } from "../support/clouds/stack.ts";

/** What somebody does by hand after the state of the stack `clouds` was lost: rights that hold no value are removed. */

const scope = { platform: "mlops-platform", environment: "clouds" } as const;

/** Removes the roles that the lost state made, and the operator's association. */
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

/** Removes the identities that the lost state made. */
export async function clearAzureRights(): Promise<void> {
  const kind = "Microsoft.ManagedIdentity/userAssignedIdentities";
  const places = [...rows, ...movers.map(({ namespace }) => ({ namespace, cluster: "local" }))];
  for (const { namespace, cluster } of places) {
    // Most namespaces read from another cloud: deleting an identity that does not exist succeeds.
    await arm("DELETE", `${kind}/${azureIdentityName({ ...scope, cluster, namespace })}`, "2024-11-30");
  }
}

/** Full name of the identity provider that the stack made for a cluster. */
export function madeProviderOf(cluster: string, id: string): string {
  return `projects/${GCP_SANDBOX.project.number}/locations/global/workloadIdentityPools/${id}/providers/${gcpProviderId(cluster)}`;
}
