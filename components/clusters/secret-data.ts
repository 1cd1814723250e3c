import { ExpectedError } from "../support/messages/errors.ts";
import { causeOf, ifExists, loadClient } from "./client.ts";
import type { ClusterSpec } from "./contract.ts";
import { refusalSentence } from "./troubles/refusals.ts";

/** Where a Secret is. */
export interface SecretPlace {
  readonly cluster: Pick<ClusterSpec, "name" | "kubeconfig" | "context">;
  readonly namespace: string;
  readonly secretName: string;
}

/**
 * The bytes of a Secret by key, in base64; `undefined` where there is none. They stay in this process.
 *
 * @throws ExpectedError where it can't be read.
 */
export type ReadSecretData = (place: SecretPlace) => Promise<Readonly<Record<string, string>> | undefined>;

/** The cluster itself answers. */
export const readSecretData: ReadSecretData = async ({ cluster, namespace, secretName }) => {
  try {
    const client = await loadClient(cluster);
    const at = { apiVersion: "v1", kind: "Secret", namespace, name: secretName };
    const found = await ifExists(client.ask<{ readonly data?: Readonly<Record<string, string>> }>({ at }));
    return found === undefined ? undefined : (found.data ?? {});
  } catch (error) {
    const {
      problem,
      fix = `check the kubeconfig and its context, and that you may: kubectl auth can-i get secret/${secretName} -n ${namespace}`,
    } = refusalSentence(causeOf(error), namespace);
    throw new ExpectedError(
      `Secret ${namespace}/${secretName} of cluster ${cluster.name} can't be read, so that nothing is known of what was delivered: ${problem}.\n` +
        `    fix: ${fix}; then run pulumi up again, which verifies the same value again`,
    );
  }
};
