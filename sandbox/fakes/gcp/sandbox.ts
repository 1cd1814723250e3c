/** What exists in the sandbox's Google Cloud before anyone deploys. */
export const GCP_SANDBOX = {
  project: { id: "sandbox-project", number: "100000000001" },
  /** The access token of the account that deploys. */
  deployerToken: "sandbox-deployer",
  /** The name under which the sandbox's own cluster is a cluster of GKE. */
  cluster: { project: "sandbox-project", location: "europe-west1", name: "sandbox" },
  /** The provider that trusts the same cluster as one outside of Google; it takes its own name as the audience. */
  provider: "projects/100000000001/locations/global/workloadIdentityPools/clusters/providers/sandbox",
} as const;
