import type { ErrorHook } from "@pulumi/pulumi";
import { asFix, explainHook } from "../../support/explain-hook.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";
import { blank, setCommand } from "../../support/messages/config-command.ts";

/** Says what to do about Google's refusal of a change. It repeats nothing: what may pass, the provider has repeated. */
export function refusalHook(spec: GcpSecretManagerSpec): ErrorHook {
  return explainHook(`explain-${spec.name}`, ({ error }) => asFix(adviceOn(spec, error)));
}

/** Advice for an error that Google's message identifies. Pure. */
export function adviceOn({ name, project }: GcpSecretManagerSpec, error: string): string | undefined {
  const found = refusals.find(({ pattern }) => pattern.test(error));
  return found?.advice(`stores.${name}`, project);
}

/** Google's messages, most specific first. */
const refusals: readonly {
  readonly pattern: RegExp;
  readonly advice: (path: string, project: string) => string;
}[] = [
  {
    pattern: /creating WorkloadIdentityPool(?!Provider).*Error 409/s,
    advice: (path, project) =>
      `the pool exists, or was deleted within the last 30 days: choose another id (${path}.identityPools.<cluster>.id), or use the existing one: gcloud iam workload-identity-pools undelete <id> --location=global --project=${project}, then name its provider in ${path}.identityProviders`,
  },
  {
    pattern: /creating Secret\b.*Error 409/s,
    advice: (path) =>
      `Google cannot move a secret. Restore ${path}.locations and its keys; for other locations use a store in another project (docs/stores/gcp-secret-manager.md#places-and-keys). If none of them changed, the secret was created during this run: run pulumi up again`,
  },
  {
    pattern: /next_?rotation_?time/i,
    advice: () =>
      `the secret is overdue for rotation, and Google accepts only a future time: rotate it (${setCommand(["rotations", "<app>/<secret>"], blank("today"))})`,
  },
  {
    pattern: /cloudkms|Cloud KMS|CryptoKey/i,
    advice: (_, project) =>
      `allow Secret Manager to use the key: grant roles/cloudkms.cryptoKeyEncrypterDecrypter on it to the service agent of project ${project} (gcloud beta services identity create --service=secretmanager.googleapis.com --project=${project})`,
  },
  {
    pattern: /pubsub|topic/i,
    advice: (_, project) =>
      `allow Secret Manager to publish: the topic must exist, and the service agent of project ${project} needs roles/pubsub.publisher on it`,
  },
  {
    pattern: /Error 403/,
    advice: () =>
      "grant the deployer the permission that Google names: docs/stores/gcp-secret-manager.md#rights-of-the-deployer",
  },
];
