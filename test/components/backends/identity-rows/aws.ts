import type { ClusterSpec } from "../../../../components/clusters/contract.ts";
import type { AwsParameterStoreSpec } from "../../../../components/backends/aws/parameter-store.ts";
import { account, parameterArn, secretArn } from "../../../support/providers/aws.ts";
import type { AwsSecretsManagerSpec } from "../../../../components/backends/aws/secrets-manager.ts";
import { cluster, type Rows } from "./row.ts";

/** A store that identities are tried with. */
export const parameterStore: AwsParameterStoreSpec = {
  kind: "aws-parameter-store",
  name: "ssm",
  ...account,
  tags: {},
  oidcProviders: {},
  roles: { path: "/" },
  layout: "per-key",
  tier: "by-size",
};

export const secretsManager: AwsSecretsManagerSpec = {
  kind: "aws-secrets-manager",
  name: "sm",
  ...account,
  tags: {},
  oidcProviders: { main: "create" },
  roles: { path: "/" },
  layout: "bundle",
  replicas: [],
  recoveryWindowDays: 7,
};

/** An EKS cluster whose namespaces have a role each. */
export const eks: ClusterSpec = {
  ...cluster,
  flavour: "eks",
  issuer: "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
};

/** The same, where the operator logs in for all of them. */
export const podIdentity: ClusterSpec = { ...eks, traits: { ...eks.traits, podIdentity: { clusterName: "main-eks" } } };

const parameterRow = {
  store: parameterStore,
  grant: (name: string) => ({ kind: "aws-parameter-store", arn: parameterArn(`/${name}`) }) as const,
  wildcard: { remoteName: "acme-test/*", message: /contains a wildcard/ },
} as const;

const secretRow = {
  store: secretsManager,
  grant: (name: string) => ({ kind: "aws-secrets-manager", arn: secretArn(name) }) as const,
  wildcard: { remoteName: "acme-test/*", message: /contains a wildcard/ },
} as const;

export const parameterStoreRows: Rows<"aws-parameter-store"> = [
  { title: "AWS Parameter Store, role of a service account", cluster: eks, login: "service-account", ...parameterRow },
  { title: "AWS Parameter Store, cluster of no cloud", cluster, login: "service-account", ...parameterRow },
  {
    title: "AWS Parameter Store, role of another account than that which trusts the cluster",
    cluster: eks,
    login: "service-account",
    ...parameterRow,
    store: {
      ...parameterStore,
      oidcProviders: { main: "create" },
      loginAccount: {
        accountId: "444455556666",
        profile: "clusters",
        externalId: "acme-test",
        sessionTags: { team: "ml" },
        roles: { path: "/" },
      },
    },
  },
  {
    title: "AWS Parameter Store, EKS Pod Identity",
    cluster: podIdentity,
    login: "operator",
    ...parameterRow,
  },
];

export const secretsManagerRows: Rows<"aws-secrets-manager"> = [
  { title: "AWS Secrets Manager, role of a service account", cluster: eks, login: "service-account", ...secretRow },
];
