import { restore, sound, warning, type ReadObject, type StoreExamination } from "../examiner.ts";
import type { ReplicaFacts, SecretFacts } from "./questions.ts";
import type { AwsSecretsManagerSpec } from "./secrets-manager.ts";

/** The key that an account has for Secrets Manager, and that everybody in it may use. */
export const accountKey = "alias/aws/secretsmanager";

/**
 * AWS answers with the alias of its own key where none was named ("ReplicateSecretToRegions", sample response), and the
 * provider tells replicas apart by region and key (terraform-provider-aws `internal/service/secretsmanager/secret.go`:
 * `replica`, `Set`): left open, each run could take the replica away and make it anew.
 */
export function replicaInput({ region, kmsKeyArn = accountKey }: AwsSecretsManagerSpec["replicas"][number]) {
  return { region, kmsKeyId: kmsKeyArn };
}

/** Whether a secret that is written here has a copy in each region of the facts. Who reads it where it is written gets it all the same. */
export function checkReplicas(
  spec: AwsSecretsManagerSpec,
  { name, secret }: ReadObject,
  subject: string,
  { replicas = [] }: Pick<SecretFacts, "replicas">,
): readonly StoreExamination[] {
  if (secret === undefined) return [];
  return spec.replicas.map(({ region }) => {
    const found = replicas.find((each) => each.region === region);
    if (found === undefined) return warning("object", subject, `has no replica in region ${region}`, restore);
    if (found.status !== "Failed") return sound("object", `its replica in region ${region} is ${found.status}`);
    return warning("object", subject, replicaProblem(found), replicateAgain(spec, name, region));
  });
}

/** Whether what a store reads as the replica of another one's secret is one. */
export function isReplica({ primaryRegion }: Pick<SecretFacts, "primaryRegion">): boolean {
  return primaryRegion !== undefined;
}

/** What is wrong with a replica that failed: the rest of a sentence that begins with the secret. */
export function replicaProblem({ region, message }: Omit<ReplicaFacts, "status">): string {
  return `has no replica in region ${region}: ${message === "" ? "it failed" : message}`;
}

/** AWS does not try again by itself, and the provider sees no difference: the replica is forgotten, and made by the next run. */
export function replicateAgain({ region: primary }: AwsSecretsManagerSpec, name: string, region: string): string {
  const forget = `aws secretsmanager remove-regions-from-replication --region ${primary} --secret-id ${name} --remove-replica-regions ${region}`;
  return `once the cause is gone (docs/stores/aws-secrets-manager.md#replicas): ${forget} && ${restore}`;
}
