import type { ISecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import type { GkeClusterSpec } from "../../clusters/contract.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";
import { readerName } from "../../support/naming.ts";
import { apiVersion, type ManifestMetadata } from "../../external-secrets/manifests.ts";

/** How the namespace's service account proves itself: GKE vouches for it, or a provider of an identity pool does. */
export type GcpReader =
  | { readonly kind: "gke"; readonly cluster: GkeClusterSpec }
  | { readonly kind: "federation"; readonly provider: string };

type Gcpsm = NonNullable<NonNullable<NonNullable<ISecretStore["spec"]>["provider"]>["gcpsm"]>;

/** Fields that the API has and the generated types (2.0.0) lack: external-secrets v0.20.4, `secretstore_gcpsm_types.go`. */
interface CurrentGcpsm extends Gcpsm {
  readonly secretVersionSelectionPolicy: "LatestOrFail";
  readonly auth: NonNullable<Gcpsm["auth"]> & {
    readonly workloadIdentityFederation?: {
      readonly audience: string;
      readonly serviceAccountRef: { readonly name: string; readonly audiences: string[] };
    };
  };
}

/** SecretStore on Google Cloud Secret Manager, with the namespace's own service account. */
export function gcpSecretStore(
  metadata: ManifestMetadata,
  { project }: GcpSecretManagerSpec,
  reader: GcpReader,
): ISecretStore {
  const gcpsm: CurrentGcpsm = {
    projectID: project,
    // Not `LatestOrFetch`: it has to list versions, which a reader may not; and who disabled the newest one meant it.
    secretVersionSelectionPolicy: "LatestOrFail",
    auth: authOf(reader),
  };
  return { apiVersion, kind: "SecretStore", metadata, spec: { provider: { gcpsm } } };
}

function authOf(reader: GcpReader): CurrentGcpsm["auth"] {
  if (reader.kind === "federation") {
    return {
      workloadIdentityFederation: {
        audience: `//iam.googleapis.com/${reader.provider}`,
        serviceAccountRef: { name: readerName, audiences: [tokenAudience(reader.provider)] },
      },
    };
  }
  const { cluster } = reader;
  return {
    // All three are told: what is missing the operator would ask the metadata server of its node for.
    workloadIdentity: {
      clusterProjectID: cluster.project,
      clusterLocation: cluster.location,
      clusterName: cluster.clusterName,
      serviceAccountRef: { name: readerName },
    },
  };
}

/** Audience that a service account's token must name for a provider which lists no other: its own full name. */
export function tokenAudience(provider: string): string {
  return `https://iam.googleapis.com/${provider}`;
}
