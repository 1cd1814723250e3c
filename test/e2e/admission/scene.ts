import { eventually } from "../support/eventually.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { applyClusterStoreKind } from "./cluster-store-kind.ts";
import type { Manifest } from "./golden-manifests.ts";
import { refusalOf } from "./refusal.ts";

/** Deploys the shared stack and the kind ClusterSecretStore, and waits until the policy refuses a manifest. */
export async function deployPolicy(refused: Manifest): Promise<void> {
  await deployShared();
  await applyClusterStoreKind();
  await untilRefused(refused);
}

/** Waits until the policy in force refuses a manifest in a namespace, in words that match or end so. */
export async function untilRefused(
  manifest: Manifest,
  said: RegExp | string = "",
  namespace = "default",
): Promise<void> {
  const refuses = async () => {
    const answer = await refusalOf(manifest, namespace);
    return answer !== undefined && (typeof said === "string" ? answer.endsWith(said) : said.test(answer));
  };
  await eventually("the policy is in force", refuses);
}
