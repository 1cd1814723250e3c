import type * as Client from "@kubernetes/client-node";
import { waitUntil } from "../../support/wait.ts";

/** API versions of the operator's own kinds. */
const GROUP_VERSIONS = [
  { group: "external-secrets.io", version: "v1" },
  { group: "external-secrets.io", version: "v1alpha1" },
  { group: "generators.external-secrets.io", version: "v1alpha1" },
] as const;

/** Without these the operator does not work at all. Those of the whole cluster are not installed, nor asked for. */
const NEEDED = ["externalsecrets", "secretstores"];

const TIMEOUT_MS = 15_000;
const POLL_MS = 150;

/**
 * Waits until the API server serves the operator's kinds and no more are coming.
 * A chart creates CRDs and Deployment in one go; in a cluster the image pull hides that. Started at once, the operator
 * asks for a kind too early, and asks again only ten seconds later. Returns false when the kinds do not come.
 */
export async function waitForOperatorApis(api: Client.CustomObjectsApi): Promise<boolean> {
  let before = -1;
  const settled = async () => {
    const names = (await Promise.all(GROUP_VERSIONS.map((groupVersion) => resources(api, groupVersion)))).flat();
    const same = names.length === before;
    before = names.length;
    return same && NEEDED.every((name) => names.includes(name));
  };
  return await waitUntil(settled, { timeoutMs: TIMEOUT_MS, everyMs: POLL_MS });
}

async function resources(
  api: Client.CustomObjectsApi,
  groupVersion: { group: string; version: string },
): Promise<string[]> {
  try {
    const list = await api.getAPIResources(groupVersion);
    return list.resources.map(({ name }) => name);
  } catch {
    // 404 until the group's first CRD is served; anything else shows in the operator's own log.
    return [];
  }
}
