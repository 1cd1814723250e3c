import { existingNamespaces } from "../../components/clusters/existing-namespaces.ts";
import { clusterSurvey, type ClusterSurvey } from "../../components/clusters/survey.ts";
import type { OpenKeyVaultApi } from "../../components/backends/azure/key-vault-client.ts";
import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import type { StoreSession } from "../../components/backends/session.ts";

/**
 * What lies between the program and what it asks before it registers anything. A preview without clouds and clusters
 * brings answers of its own: not every question goes through Pulumi's functions.
 */
export interface ExternalQueries {
  /** The session to use of a store that was opened. */
  readonly session: (spec: RemoteStoreSpec, session: StoreSession) => StoreSession;
  /** What exists in a cluster. */
  readonly clusters: ClusterSurvey;
  /** Which namespaces a cluster has. */
  readonly existingNamespaces: typeof existingNamespaces;
  /** What asks a Key Vault that which Pulumi's provider does not answer. Default: the vault itself. */
  readonly keyVaultApi?: OpenKeyVaultApi;
}

/** Stores and clusters answer themselves. */
export const external: ExternalQueries = {
  session: (_, session) => session,
  clusters: clusterSurvey,
  existingNamespaces,
};
