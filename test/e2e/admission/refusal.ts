import { cluster } from "../support/cluster.ts";
import type { Manifest } from "./golden-manifests.ts";

const plurals: Readonly<Record<string, string>> = {
  SecretStore: "secretstores",
  ClusterSecretStore: "clustersecretstores",
  ExternalSecret: "externalsecrets",
  PushSecret: "pushsecrets",
  Password: "passwords",
  UUID: "uuids",
  Webhook: "webhooks",
  ECRAuthorizationToken: "ecrauthorizationtokens",
  VaultDynamicSecret: "vaultdynamicsecrets",
  GeneratorState: "generatorstates",
};

/**
 * The API server's answer to a manifest in a namespace, after all admission; `undefined` when it is admitted. A dry run.
 */
export async function refusalOf(manifest: Manifest, namespace: string): Promise<string | undefined> {
  const { custom } = await cluster();
  const [group = "", version = ""] = manifest.apiVersion.split("/");
  const plural = plurals[manifest.kind] ?? "";
  // A generated name, so that no existing object is in the way.
  const request = { group, version, plural, dryRun: "All" };
  const body = { ...manifest, metadata: { generateName: "tried-" } };
  try {
    if (manifest.kind === "ClusterSecretStore") await custom.createClusterCustomObject({ ...request, body });
    else await custom.createNamespacedCustomObject({ ...request, namespace, body });
    return undefined;
  } catch (error) {
    return messageIn(error);
  }
}

function messageIn(error: unknown): string {
  const body = typeof error === "object" && error !== null && "body" in error ? error.body : undefined;
  const status = (typeof body === "string" ? JSON.parse(body) : body) as { readonly message?: string } | undefined;
  if (status?.message === undefined) throw error;
  return status.message;
}
