import { echo, type FakeProvider } from "./contract.ts";

/** The Kubernetes provider. */
export const kubernetes: FakeProvider = {
  resources: {
    "pulumi:providers:kubernetes": echo,
    "kubernetes:core/v1:Namespace": echo,
    "kubernetes:core/v1:Secret": echo,
    "kubernetes:core/v1:SecretPatch": echo,
    "kubernetes:core/v1:ServiceAccount": echo,
    "kubernetes:external-secrets.io/v1:ExternalSecret": echo,
    "kubernetes:external-secrets.io/v1:SecretStore": echo,
    "kubernetes:helm.sh/v3:Release": echo,
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": echo,
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": echo,
    "kubernetes:rbac.authorization.k8s.io/v1:Role": echo,
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": echo,
  },
  functions: {},
};
