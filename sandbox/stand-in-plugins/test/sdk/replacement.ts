/** What of a resource makes a new one when it changes: no file of an SDK says it. */
export interface Replacement {
  /** Where the plugin says it: a path in the repository of `origin`. */
  readonly source: string;
  /** When that was read. */
  readonly read: string;
  readonly properties: readonly string[];
}

/** Repositories by plugin. `region` (AWS) and `namespace` (Vault) are added to every resource by the provider. */
export const origin = {
  aws: "hashicorp/terraform-provider-aws",
  "azure-native": "pulumi/pulumi-azure-native",
  gcp: "hashicorp/terraform-provider-google",
  vault: "hashicorp/terraform-provider-vault",
} as const;

const [written, checked] = ["2026-11-28", "2026-11-30"];

function aws(file: string, properties: readonly string[], read = written): Replacement {
  return { source: `internal/service/${file}.go`, read, properties };
}

/** `forceNew` of Azure's resources is what their ID is made of, and `forceNewMap` for the rest. */
function azure(properties: readonly string[]): Replacement {
  return { source: "provider/pkg/gen/forceNew.go", read: written, properties };
}

function gcp(file: string, properties: readonly string[], read = written): Replacement {
  return { source: `google/services/${file}.go`, read, properties };
}

function vault(file: string, properties: readonly string[], read = written): Replacement {
  return { source: `vault/${file}.go`, read, properties: ["namespace", ...properties] };
}

/** By token: exactly these properties, of those that a stand-in knows. */
export const replacement: Readonly<Record<string, Replacement>> = {
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": aws("eks/pod_identity_association", [
    ...["clusterName", "namespace", "region", "serviceAccount"],
  ]),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": aws("iam/openid_connect_provider", ["url"]),
  "aws:iam/role:Role": aws("iam/role", ["name", "path"]),
  "aws:iam/rolePolicy:RolePolicy": aws("iam/role_policy", ["name", "role"]),
  "aws:secretsmanager/secret:Secret": aws("secretsmanager/secret", ["name", "region"]),
  "aws:secretsmanager/secretPolicy:SecretPolicy": aws("secretsmanager/secret_policy", ["region", "secretArn"]),
  "aws:secretsmanager/secretRotation:SecretRotation": aws("secretsmanager/secret_rotation", ["region", "secretId"]),
  "aws:secretsmanager/secretVersion:SecretVersion": aws(
    "secretsmanager/secret_version",
    ["region", "secretId", "secretString", "secretStringWoVersion"],
    checked,
  ),
  "aws:ssm/parameter:Parameter": aws("ssm/parameter", ["dataType", "name", "region"]),

  // A role is tried in place, which Azure refuses.
  "azure-native:authorization:RoleAssignment": azure(["principalId", "roleAssignmentName", "scope"]),
  "azure-native:keyvault:Secret": azure(["resourceGroupName", "secretName", "vaultName"]),
  "azure-native:keyvault:Vault": azure(["location", "resourceGroupName", "vaultName"]),
  "azure-native:managedidentity:FederatedIdentityCredential": azure([
    ...["federatedIdentityCredentialResourceName", "resourceGroupName", "resourceName"],
  ]),
  "azure-native:managedidentity:UserAssignedIdentity": azure(["location", "resourceGroupName", "resourceName"]),
  "azure-native:monitor:DiagnosticSetting": azure(["name", "resourceUri"]),

  "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": gcp("iambeta/resource_iam_workload_identity_pool", [
    ...["project", "workloadIdentityPoolId"],
  ]),
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": gcp(
    "iambeta/resource_iam_workload_identity_pool_provider",
    ["project", "workloadIdentityPoolId", "workloadIdentityPoolProviderId"],
  ),
  // Parts of `replication` too: gcp/resources/replication.ts, with tests of its own.
  "gcp:secretmanager/secret:Secret": gcp(
    "secretmanager/resource_secret_manager_secret",
    ["project", "secretId"],
    checked,
  ),
  "gcp:secretmanager/secretIamMember:SecretIamMember": gcp("secretmanager/iam_secret_manager_secret", [
    ...["condition", "member", "project", "role", "secretId"],
  ]),
  "gcp:secretmanager/secretVersion:SecretVersion": gcp(
    "secretmanager/resource_secret_manager_secret_version",
    ["isSecretDataBase64", "project", "secret", "secretData", "secretDataWoVersion"],
    checked,
  ),
  "gcp:serviceaccount/account:Account": gcp("resourcemanager/resource_google_service_account", [
    ...["accountId", "project"],
  ]),
  "gcp:serviceaccount/iAMMember:IAMMember": gcp("resourcemanager/iam_service_account", [
    ...["condition", "member", "role", "serviceAccountId"],
  ]),

  "vault:appRole/authBackendRole:AuthBackendRole": vault("resource_approle_auth_backend_role", ["backend", "roleName"]),
  "vault:index/audit:Audit": vault("resource_audit", ["description", "local", "options", "path", "type"]),
  "vault:index/authBackend:AuthBackend": vault("resource_auth_backend", ["description", "local", "path", "type"]),
  // Not its path: the engine is moved, with what it holds.
  "vault:index/mount:Mount": vault("resource_mount", ["local", "sealWrap", "type"], checked),
  "vault:index/policy:Policy": vault("resource_policy", ["name"]),
  "vault:jwt/authBackend:AuthBackend": vault("resource_jwt_auth_backend", ["local", "path", "type"]),
  "vault:jwt/authBackendRole:AuthBackendRole": vault("resource_jwt_auth_backend_role", ["backend", "roleName"]),
  "vault:kubernetes/authBackendConfig:AuthBackendConfig": vault("resource_kubernetes_auth_backend_config", ["backend"]),
  "vault:kubernetes/authBackendRole:AuthBackendRole": vault(
    "resource_kubernetes_auth_backend_role",
    ["backend", "roleName"],
    checked,
  ),
  "vault:kv/secretV2:SecretV2": vault("resource_kv_secret_v2", ["mount", "name"], checked),
};
