import type { Connection } from "../connection.ts";
import type { ConfigValue } from "../engine/project.ts";
import { ACCOUNT_ID, EKS_CLUSTER, REGION } from "../fakes/aws/account.ts";
import { AZURE_SANDBOX } from "../fakes/azure/directory.ts";
import { GCP_SANDBOX } from "../fakes/gcp/sandbox.ts";
import { storeRows, type StoreRow } from "./rows.ts";

type Facts = Readonly<Record<string, ConfigValue>>;

/** What the facts are made of, beside the connection. */
export interface StoresFactsOptions {
  readonly rows?: readonly StoreRow[];
  /** Whether the stack has the operator. False where another stack of the platform does. */
  readonly installOperator?: boolean;
}

/**
 * Facts of an environment with every store, on top of those of `Pulumi.sandbox.yaml`: what differs from a real one is
 * account numbers and the addresses of the cluster.
 */
export function storesFacts(
  connection: Connection,
  { rows = storeRows, installOperator = false }: StoresFactsOptions = {},
): Facts {
  return {
    stores,
    clusters: clustersOf(connection, installOperator),
    namespaces: Object.fromEntries(
      rows.map(({ namespace, store, cluster }) => [namespace, { cluster, store, create: true }]),
    ),
  };
}

const account = { region: REGION, accountId: ACCOUNT_ID, oidcProviders: { eks: "create" } };

const stores: Facts = {
  "parameter-store": { kind: "aws-parameter-store", ...account },
  "secrets-manager": { kind: "aws-secrets-manager", ...account },
  "key-vault": {
    kind: "azure-key-vault",
    subscriptionId: AZURE_SANDBOX.subscriptionId,
    tenantId: AZURE_SANDBOX.tenantId,
    resourceGroup: AZURE_SANDBOX.resourceGroup,
    location: AZURE_SANDBOX.location,
    vault: "sandbox-stores",
    create: {},
  },
  "secret-manager": {
    kind: "gcp-secret-manager",
    project: GCP_SANDBOX.project.id,
    projectNumber: GCP_SANDBOX.project.number,
    // Whoever made the cluster made it: the id of a pool that is deleted stays taken for a month.
    identityProviders: { local: GCP_SANDBOX.provider },
  },
  plain: { kind: "kubernetes" },
};

function clustersOf(
  { kubeconfig, kubernetesServer, externalSecretsChart, externalSecretsChartVersion }: Connection,
  installOperator: boolean,
): Facts {
  const externalSecrets = { chart: externalSecretsChart, version: externalSecretsChartVersion, webhook: false };
  const base = { kubeconfig, externalSecrets: { ...externalSecrets, install: false } };
  const { project, location, name } = GCP_SANDBOX.cluster;
  return {
    // One cluster under several names: that its kubeconfig is the same says so, and that they may share an issuer.
    local: { kubeconfig, externalSecrets: { install: installOperator }, issuer: kubernetesServer },
    eks: { ...base, flavour: "eks", clusterName: EKS_CLUSTER, issuer: kubernetesServer },
    "eks-pod-identity": { ...base, flavour: "eks", clusterName: EKS_CLUSTER, identity: "pod-identity" },
    aks: { ...base, flavour: "aks", issuer: kubernetesServer },
    gke: { ...base, flavour: "gke", project, location, clusterName: name },
  };
}
