import { echo, type FakeProvider } from "./contract.ts";

/** The engine's own resources and functions, and our components. */
export const pulumi: FakeProvider = {
  resources: {
    "pulumi:pulumi:Stack": echo,
    "pulumi:index:Stash": ({ name, inputs }) => ({ id: `${name}-id`, state: { ...inputs, output: inputs["input"] } }),
    "secrets:applications:ApplicationSecrets": echo,
    "secrets:delivery:ClusterReader": echo,
    "secrets:delivery:NamespaceSecrets": echo,
    "secrets:external-secrets:ExternalSecretsOperator": echo,
    "secrets:external-secrets:OpenShiftOperator": echo,
    "secrets:generated:GeneratedSecrets": echo,
  },
  functions: {
    "pulumi:pulumi:readStackResourceOutputs": ({ stackName }, { stateOf }) => ({
      name: stackName,
      outputs: stateOf(String(stackName)),
    }),
  },
};
