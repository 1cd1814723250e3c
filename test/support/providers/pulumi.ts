import { echo, type FakeResources } from "./contract.ts";

/** The engine's own resources, and our components. */
export const pulumi: FakeResources = {
  "pulumi:pulumi:Stack": echo,
  "pulumi:index:Stash": ({ name, inputs }) => ({ id: `${name}-id`, state: { ...inputs, output: inputs["input"] } }),
  "secrets:applications:ApplicationSecrets": echo,
  "secrets:delivery:ClusterReader": echo,
  "secrets:secrets-store-csi:SecretsStoreCsiDriver": echo,
  "secrets:delivery:NamespaceSecrets": echo,
  "secrets:delivery:SealedManifest": echo,
  "secrets:alerts:Alerts": echo,
  "secrets:external-secrets:ExternalSecretsOperator": echo,
  "secrets:external-secrets:OpenShiftOperator": echo,
  "secrets:generated:GeneratedSecrets": echo,
};
