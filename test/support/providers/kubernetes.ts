import { echo, type FakeResources } from "./contract.ts";

/** The Kubernetes provider. */
export const kubernetes: FakeResources = {
  "pulumi:providers:kubernetes": echo,
  "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy": echo,
  "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding": echo,
  "kubernetes:core/v1:ConfigMap": echo,
  "kubernetes:core/v1:Namespace": echo,
  "kubernetes:core/v1:Secret": echo,
  "kubernetes:core/v1:SecretPatch": echo,
  "kubernetes:core/v1:ServiceAccount": echo,
  "kubernetes:external-secrets.io/v1:ClusterSecretStore": echo,
  "kubernetes:external-secrets.io/v1:ExternalSecret": echo,
  "kubernetes:external-secrets.io/v1:SecretStore": echo,
  "kubernetes:external-secrets.io/v1alpha1:PushSecret": echo,
  "kubernetes:generators.external-secrets.io/v1alpha1:Password": echo,
  "kubernetes:generators.external-secrets.io/v1alpha1:UUID": echo,
  "kubernetes:helm.sh/v3:Release": echo,
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": echo,
  "kubernetes:operator.openshift.io/v1alpha1:ExternalSecretsConfig": echo,
  "kubernetes:operators.coreos.com/v1:OperatorGroup": echo,
  "kubernetes:operators.coreos.com/v1alpha1:Subscription": echo,
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": echo,
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": echo,
  "kubernetes:rbac.authorization.k8s.io/v1:Role": echo,
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": echo,
  "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass": echo,
};
