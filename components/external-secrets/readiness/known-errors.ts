import { backends } from "../../backends/index.ts";
import { throttled, type KnownError } from "../../backends/known-error.ts";

/** What every store, or the operator itself, may say. */
const general: readonly KnownError[] = [
  throttled,
  {
    pattern: /could not get (?:Cluster)?SecretStore .*not found/i,
    fix: "the SecretStore is gone: run `pulumi up --refresh`, which makes it again",
  },
  {
    pattern: /does not exist|not found|(?:Secret|Parameter|Resource)NotFound/i,
    fix: "the store does not hold this name or key: run `pulumi up --refresh`, which writes it again; what a cluster generates is brought back by people (docs/values.md#generated-in-the-cluster)",
  },
  {
    pattern: /connection refused|no such host|timeout|deadline exceeded/i,
    fix: "the operator can't reach the store: check the address (clusterAddress), network policies and the store's health",
  },
];

/**
 * Failures that can be told from the operator's words, most specific first: those of each kind of store before the
 * general ones. They hold for whoever reads, and for the operator of a cluster that writes what it generates there.
 */
export const knownErrors: readonly KnownError[] = [
  ...new Set([...Object.values(backends).flatMap((backend) => backend.knownErrors), ...general]),
];

/** The most specific known error that these words match. */
export function knownErrorIn(words: string): KnownError | undefined {
  return knownErrors.find(({ pattern }) => pattern.test(words));
}
