import { log, type Output } from "@pulumi/pulumi";
import { replicaProblem, replicateAgain } from "./replicas.ts";
import type { AwsSecretsManagerSpec } from "./secrets-manager.ts";

/**
 * Warns of replicas that the state knows to have failed. AWS makes them after it has answered, and the provider does not wait:
 * of one that fails later a run learns by its refresh.
 */
export function warnOfFailedReplicas(
  spec: AwsSecretsManagerSpec,
  name: string,
  replicas: Output<readonly ReplicaOutput[] | undefined>,
): void {
  replicas.apply((each) => {
    for (const { region, status, statusMessage = "" } of each ?? []) {
      if (status !== "Failed") continue;
      const fix = replicateAgain(spec, name, region);
      const problem = replicaProblem({ region, message: statusMessage });
      void log.warn(`store ${spec.name}: secret "${name}" ${problem}\n    fix: ${fix}`);
    }
  });
}

interface ReplicaOutput {
  readonly region: string;
  readonly status?: string;
  readonly statusMessage?: string;
}
