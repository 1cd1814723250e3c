import { kubernetesMethods } from "./auth-types.ts";
import type { VaultKvSpec } from "./kv.ts";

/** Configuration key of the reviewer tokens with which Vault verifies tokens at clusters, as JSON by cluster. */
export const reviewersKey = "vaultReviewerTokens";

/** Clusters that a store's auth methods, as far as they are made here, ask with a token of the configuration. */
export function reviewedBy({ auth }: Pick<VaultKvSpec, "auth">): readonly string[] {
  return kubernetesMethods(auth.methods)
    .filter(([, { reviewer }]) => reviewer === undefined)
    .map(([cluster]) => cluster);
}
