import type { ClusterSpec } from "../../clusters/contract.ts";
import { type CsiAccess, type FileProblem, type MountedFile } from "../../secrets-store-csi/contract.ts";
import { gkeDriver } from "../../secrets-store-csi/names.ts";
import { yamlText } from "../../secrets-store-csi/yaml.ts";
import { setCommand } from "../../support/messages/config-command.ts";
import type { Issue } from "../../support/messages/errors.ts";
import type { GcpLogin } from "./identity-rules.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";

/** Secret Manager, for the driver's provider for Google Cloud, and for GKE's add-on. */
export const gcpCsi: CsiAccess<GcpSecretManagerSpec, GcpLogin> = {
  provider: "gcp",
  audience: (_, { traits: { googlePool } }) =>
    googlePool === undefined ? undefined : `${googlePool.project}.svc.id.goog`,
  check: federationIssues,
  problems: bundleProblems,
  // One for each file, also of those of one bundle.
  calls: (files) => files.length,
  parameters: (spec, _, { files, cluster }) => ({
    // Written out: the Pod's own identity, and never that of the provider.
    ...(isAddOn(cluster) ? {} : { auth: "pod-adc" }),
    secrets: yamlText(
      files.map(({ name, object, from }) => ({
        resourceName: `projects/${spec.project}/secrets/${object.name}/versions/latest`,
        path: name,
        ...(object.layout === "bundle" ? { extractJSONKey: from } : {}),
      })),
    ),
  }),
};

function isAddOn({ secretsStoreCsi }: ClusterSpec): boolean {
  return secretsStoreCsi?.driver === gkeDriver;
}

/**
 * Of a bundle, the provider takes a key since its version 1.9.0 (`server/secretfetcher.go`, `ExtractJSONKey`). That GKE's
 * add-on does is written nowhere.
 */
function bundleProblems(
  { name: store }: GcpSecretManagerSpec,
  files: readonly MountedFile[],
  cluster: ClusterSpec,
): readonly FileProblem[] {
  const bundles = files.filter(({ object }) => object.layout === "bundle");
  if (bundles.length === 0 || !isAddOn(cluster)) return [];
  const names = [...new Set(bundles.map(({ object }) => object.name))];
  return [
    {
      problem: `takes single keys of ${names.join(", ")}, which store ${store} holds as JSON, and GKE's add-on writes an object as a whole`,
      fix: `store each key separately: ${setCommand(["stores", store, "layout"], "per-key")}`,
    },
  ];
}

/** The provider finds its cluster's pool by the node's metadata, or in a file that its own Pods are given. */
function federationIssues({ name: store }: GcpSecretManagerSpec, { name, traits }: ClusterSpec): readonly Issue[] {
  if (traits.googlePool !== undefined) return [];
  return [
    {
      path: `clusters.${name}.secretsStoreCsi`,
      problem: `can't mount objects of store ${store}: outside of GKE the driver's provider for Google Cloud reads with one identity for all Pods of the cluster`,
      fix: "deliver these Secrets via external-secret, or from a store of another kind",
    },
  ];
}
