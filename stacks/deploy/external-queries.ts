import { servesAlerts } from "../../components/alerts/served.ts";
import { existingNamespaces } from "../../components/clusters/existing-namespaces.ts";
import { takeFields } from "../../components/clusters/former-fields.ts";
import { findObstacles } from "../../components/clusters/readable.ts";
import { clusterSurvey, type ClusterSurvey } from "../../components/clusters/survey.ts";
import type { OpenKeyVaultApi } from "../../components/backends/azure/key-vault-client.ts";
import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import { certificateText, type SealingCluster } from "../../components/sealed-secrets/source.ts";
import type { StoreSession } from "../../components/backends/session.ts";
import { examineTarget, verifyTarget } from "../../components/targets/kinds.ts";
import { stackOutputs } from "./stack-outputs.ts";
import { storeLabels } from "./store-labels.ts";

/**
 * Queries that the program makes before it registers anything. A preview without clouds and clusters replaces them, since
 * not every query is a Pulumi function.
 */
export interface ExternalQueries {
  /** Replaces the session of an opened store. */
  readonly session: (spec: RemoteStoreSpec, session: StoreSession) => StoreSession;
  /** Existing objects of a cluster. */
  readonly clusters: ClusterSurvey;
  /** Which Secrets of a cluster can't be reached or read. */
  readonly findObstacles: typeof findObstacles;
  /** Whether a target would take a new password. */
  readonly examineTarget: typeof examineTarget;
  /** Logs in to a target as one of its accounts. */
  readonly verifyTarget: typeof verifyTarget;
  /** Makes objects of a cluster ready to be taken over: the one change before anything is registered. */
  readonly takeFields: typeof takeFields;
  /** Which namespaces a cluster has. */
  readonly existingNamespaces: typeof existingNamespaces;
  /** Whether a cluster serves PrometheusRules. */
  readonly servesAlerts: typeof servesAlerts;
  /** Certificate, as PEM, that values are sealed with for a cluster. */
  readonly sealingCertificate: (cluster: SealingCluster) => ReturnType<typeof certificateText>;
  /** Outputs of another stack, by name. `undefined` where nobody can know them. */
  readonly stackOutputs: (stack: string) => Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Reads labels of objects where Pulumi's provider can't. Default: those are not asked for. */
  readonly labels?: typeof storeLabels;
  /** Key Vault client for queries that the Pulumi provider can't make. Default: the vault itself. */
  readonly keyVaultApi?: OpenKeyVaultApi;
}

/** Queries to the real stores and clusters. */
export const external: ExternalQueries = {
  session: (_, session) => session,
  clusters: clusterSurvey,
  findObstacles,
  examineTarget,
  verifyTarget,
  takeFields,
  existingNamespaces,
  servesAlerts,
  sealingCertificate: (cluster) => certificateText(cluster),
  stackOutputs,
  labels: storeLabels,
};
