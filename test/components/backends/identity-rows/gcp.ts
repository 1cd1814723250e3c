import { plainTraits } from "../../../../components/clusters/flavours/flavour.ts";
import type { ClusterSpec, GooglePool } from "../../../../components/clusters/contract.ts";
import type { GcpReadGrant } from "../../../../components/backends/gcp/grant.ts";
import type { GcpSecretManagerSpec } from "../../../../components/backends/gcp/secret-manager.ts";
import { cluster, externalSecrets, type Rows } from "./row.ts";

export const store: GcpSecretManagerSpec = {
  kind: "gcp-secret-manager",
  name: "google",
  project: "acme-secrets",
  projectNumber: "123456789012",
  layout: "bundle",
  locations: [],
  versionDestroyDays: 7,
  topics: [],
  identityProviders: {},
  identityPools: {},
  linkedAccounts: false,
  labels: {},
};

/** A project of clusters alone. */
export const googlePool: GooglePool = {
  project: "acme-clusters",
  projectNumber: "210987654321",
  location: "europe-west3",
  clusterName: "prod-1",
};

/** A cluster of GKE in it. */
export const gke: ClusterSpec = {
  flavour: "gke",
  name: "main",
  upsertExistingObjects: false,
  traits: { ...plainTraits, googlePool },
  issuer: "https://container.googleapis.com/v1/projects/acme-clusters/locations/europe-west3/clusters/prod-1",
  externalSecrets,
};

export const provider = "projects/123456789012/locations/global/workloadIdentityPools/clusters/providers/main";

export function grant(name: string): GcpReadGrant {
  return { kind: "gcp-secret-manager", project: "acme-secrets", name, secretId: name };
}

export const gcp: Rows<"gcp-secret-manager"> = [
  { title: "GKE workload identity", store, cluster: gke, grant, login: "service-account" },
  {
    title: "GKE workload identity, linked accounts",
    store: { ...store, linkedAccounts: true },
    cluster: gke,
    grant,
    login: "service-account",
  },
  {
    title: "workload identity federation",
    store: { ...store, identityProviders: { main: provider } },
    cluster,
    grant,
    login: "service-account",
  },
];
