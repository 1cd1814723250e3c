import { log, ResourceHook, Stash, type CustomResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import type { ClusterSpec } from "../clusters/contract.ts";
import { rollOut, workloadText, type Workload } from "../clusters/workloads.ts";
import { programContext } from "../support/explain-hook.ts";

export interface RestartsArgs {
  /** Logical name of the Secret: `<cluster>/<namespace>/<Secret>`. */
  readonly name: string;
  readonly cluster: ClusterSpec;
  readonly namespace: string;
  readonly secretName: string;
  readonly workloads: readonly Workload[];
  /** Moves with each change of the Secret. */
  readonly version: Output<string>;
  /** What brings the Secret: it has the new values once this is there. */
  readonly secret: Resource;
  readonly options: CustomResourceOptions;
}

/**
 * Restarts of the workloads that read a Secret when they start: a `Stash` of the version that they run with, which the
 * engine writes only once its hook has replaced their Pods. A run that fails or is killed in between does it again.
 * Nothing is restarted when it is made: what starts later reads the Secret as it is.
 */
export function restarts(args: RestartsArgs): Stash {
  const { name, workloads, version, secret, options } = args;
  const inProgram = programContext();
  let wanted: string | undefined;
  const input = version.apply((moved) => {
    wanted = moved;
    return { version: moved, workloads: workloads.map(workloadText) };
  });
  const restart = new ResourceHook(`restart-${name}`, async () => {
    for (const workload of workloads) await restartOne(args, workload, wanted ?? "", inProgram);
  });
  return new Stash(
    restartsName(name),
    { input },
    { ...options, dependsOn: [secret], hooks: { beforeUpdate: [restart] } },
  );
}

/** `<cluster>/<namespace>/<Secret>/restarts`. */
export function restartsName(secret: string): string {
  return `${secret}/restarts`;
}

async function restartOne(
  { cluster, namespace, secretName }: RestartsArgs,
  workload: Workload,
  version: string,
  inProgram: ReturnType<typeof programContext>,
): Promise<void> {
  if (await rollOut({ cluster, namespace, workload, secretName, version })) return;
  await inProgram(() =>
    log.info(
      `${workloadText(workload)} of namespace ${namespace} is not there: nothing was restarted for Secret ${secretName}`,
    ),
  );
}
