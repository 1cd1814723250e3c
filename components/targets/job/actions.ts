import type { V1Job, V1Pod, V1Secret, V1SelfSubjectAccessReview } from "@kubernetes/client-node";
import { ApiError, causeOf, ifExists, listAll, loadClient, type ClusterClient } from "../../clusters/client.ts";
import type { EventLike } from "../../clusters/troubles/events.ts";
import { realClock, type Clock } from "../../support/clock.ts";
import { passwordFix } from "../administrator.ts";
import { TargetError, type ExamineArgs, type TellArgs } from "../kind.ts";
import { noPrevious } from "../web/ask.ts";
import { jobName, jobOf, secretOf, targetLabel, templateOf, type JobValues } from "./manifests.ts";
import { outcomeOf, podProblem } from "./outcome.ts";
import type { JobSpec } from "./spec.ts";

/** What a Job is run with. */
interface Run {
  readonly spec: JobSpec;
  readonly name: string;
  readonly client: ClusterClient;
  readonly clock: Clock;
}

const jobs = { apiVersion: "batch/v1", kind: "Job" } as const;
const secrets = { apiVersion: "v1", kind: "Secret" } as const;

/** How often a Job is looked at, in milliseconds. */
const period = 500;
/** What it takes beyond the Job's own deadline until its controller has ended it, in milliseconds. */
const grace = 30_000;

/**
 * Runs the Job that tells the target, and waits for it. One that another run has left behind is found by its name: it is waited for, or
 * counts where it is complete, or is made again where it failed. The values lie in a Secret of the Job's own, and no longer than it runs.
 */
export async function tell(args: TellArgs<JobSpec>): Promise<void> {
  await runJob(args, realClock);
}

/** As {@link tell}, in the time of a clock. */
export async function runJob(args: TellArgs<JobSpec>, clock: Clock): Promise<void> {
  const { target: spec, attempt = args.login.username } = args;
  const values = valuesOf(args);
  const run = await open(spec, jobName(spec, attempt), clock);
  await asked(run, async () => {
    const { metadata, ...job } = await startedJob(run);
    if (outcomeOf(job).kind === "running") {
      await putSecret(run, metadata?.uid ?? "", values);
      if (job.spec?.suspend === true) await resume(run);
    }
    try {
      await finished(run);
    } finally {
      await removeSecret(run);
    }
    await removeJob(run);
  });
}

/** Finds out whether the deployer may run a Job there. What its command could do is not known before it runs. */
export async function examine({ target: spec }: ExamineArgs<JobSpec>): Promise<void> {
  const run = await open(spec, jobName(spec, ""), realClock);
  const denied = await asked(run, async () => {
    await namespaceIsThere(run);
    const answers = await Promise.all(
      neededRights.map(async ({ verb, group, resource }) => {
        const resourceAttributes = { namespace: spec.namespace, verb, group, resource };
        const body = { spec: { resourceAttributes } };
        const { status } = await run.client.ask<V1SelfSubjectAccessReview>({ method: "POST", at: reviews, body });
        return status?.allowed === true ? [] : [`${verb} ${resource}`];
      }),
    );
    return answers.flat();
  });
  if (denied.length === 0) return;
  throw new TargetError(
    `the deployer may not ${denied.join(", ")} in namespace ${spec.namespace} of cluster ${spec.cluster.name}`,
    "give it these rights there (docs/targets/job.md#rights)",
  );
}

/** Whoever may not see namespaces may run Jobs in one all the same. */
async function namespaceIsThere({ spec: { namespace: name }, client }: Run): Promise<void> {
  try {
    await client.ask({ at: { apiVersion: "v1", kind: "Namespace", name } });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 403)) throw error;
  }
}

const reviews = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" } as const;

const neededRights = [
  ...["create", "get", "patch", "delete"].map((verb) => ({ verb, group: "batch", resource: "jobs" })),
  ...["create", "get", "delete"].map((verb) => ({ verb, group: "", resource: "secrets" })),
  { verb: "list", group: "", resource: "pods" },
] as const;

function valuesOf({ target, administrator, login, previous }: TellArgs<JobSpec>): JobValues {
  if (target.previousPassword && previous === undefined) {
    throw noPrevious(target.name, "let its command do without previousPassword");
  }
  return {
    ...login,
    ...(target.previousPassword && previous !== undefined ? { previousPassword: previous } : {}),
    ...(target.administrator === undefined
      ? {}
      : { administrator: target.administrator, administratorPassword: administrator }),
  };
}

async function open(spec: JobSpec, name: string, clock: Clock): Promise<Run> {
  try {
    return { spec, name, client: await loadClient(spec.cluster), clock };
  } catch (error) {
    throw unreachable(spec, error);
  }
}

/** What the API server refuses is said in its own words, which hold no value. */
async function asked<T>({ spec }: Pick<Run, "spec">, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw error instanceof TargetError ? error : unreachable(spec, error);
  }
}

function unreachable({ name, namespace, cluster, of = "targets" }: JobSpec, error: unknown): TargetError {
  return new TargetError(
    causeOf(error),
    `let the deployer run Jobs in namespace ${namespace} of cluster ${cluster.name} (docs/targets/job.md#rights), or correct ${of}.${name}`,
  );
}

function readJob({ spec: { namespace }, name, client }: Run): Promise<V1Job | undefined> {
  return ifExists(client.ask<V1Job>({ at: { ...jobs, namespace, name } }));
}

/** The Job of this name, made if it is not there or has failed before. */
async function startedJob(run: Run): Promise<V1Job> {
  const { spec, name, client } = run;
  const found = await readJob(run);
  if (found !== undefined) {
    if (found.metadata?.labels?.[targetLabel] !== spec.name) throw notOurs(run, "Job");
    if (counts(found, spec, name)) return found;
    await removeJob(run);
    await gone(run);
  }
  const { namespace } = spec;
  return client.ask({ method: "POST", at: { ...jobs, namespace }, body: jobOf(spec, name) });
}

/** Whether a Job that was found is gone on with: one that runs another command than facts have now, or has failed, is made again. */
function counts(found: V1Job, spec: JobSpec, name: string): boolean {
  const outcome = outcomeOf(found).kind;
  if (found.metadata?.deletionTimestamp !== undefined || outcome === "failed") return false;
  return outcome === "complete" || templateOf(found) === templateOf(jobOf(spec, name));
}

/** Its Secret, with this run's values. They may be others than those of an earlier run: an administrator's password was corrected. */
async function putSecret(run: Run, uid: string, values: JobValues): Promise<void> {
  const { spec, name, client } = run;
  const { namespace } = spec;
  const found = await ifExists(client.ask<V1Secret>({ at: { ...secrets, namespace, name } }));
  if (found !== undefined) {
    if (found.metadata?.labels?.[targetLabel] !== spec.name) throw notOurs(run, "Secret");
    if (found.metadata.ownerReferences?.[0]?.uid === uid && holds(found, values)) return;
    await removeSecret(run);
  }
  await client.ask({ method: "POST", at: { ...secrets, namespace }, body: secretOf(spec, { name, uid }, values) });
}

function holds({ data = {} }: V1Secret, values: JobValues): boolean {
  const wanted = Object.entries({ ...values });
  return (
    Object.keys(data).length === wanted.length &&
    wanted.every(([file, value]) => data[file] === Buffer.from(value).toString("base64"))
  );
}

async function resume({ spec: { namespace }, name, client }: Run): Promise<void> {
  const body = [{ op: "replace", path: "/spec/suspend", value: false }];
  await client.ask({ method: "PATCH", at: { ...jobs, namespace, name }, body, patch: "json" });
}

/** Waits until the Job is complete. */
async function finished(run: Run): Promise<void> {
  const { spec, clock } = run;
  const until = clock.now() + spec.deadlineSeconds * 1000 + grace;
  // Pods of a Job that is past its deadline are deleted: what was last seen counts.
  let problem: string | undefined;
  for (;;) {
    const job = await readJob(run);
    const outcome = job === undefined ? ({ kind: "failed", reason: "deleted meanwhile" } as const) : outcomeOf(job);
    if (outcome.kind === "complete") return;
    problem = (await podsProblem(run)) ?? problem;
    if (outcome.kind === "failed" || clock.now() >= until) {
      const reason = outcome.kind === "failed" ? outcome.reason : `not done after ${spec.deadlineSeconds} s`;
      throw failed(run, reason, problem ?? (await creationProblem(run)));
    }
    await clock.sleep(period);
  }
}

async function podsProblem({ spec: { namespace }, name, client }: Run): Promise<string | undefined> {
  const query = { labelSelector: `batch.kubernetes.io/job-name=${name}` };
  return podProblem(await listAll<V1Pod>(client, { at: { apiVersion: "v1", kind: "Pod", namespace }, query }));
}

/** Why there is no Pod at all: a quota, an admission policy. Its controller says so in an event, if the deployer may read it. */
async function creationProblem({ spec: { namespace }, name, client }: Run): Promise<string | undefined> {
  try {
    const fieldSelector = `involvedObject.name=${name},reason=FailedCreate`;
    const at = { apiVersion: "v1", kind: "Event", namespace };
    return (await listAll<EventLike>(client, { at, query: { fieldSelector } })).at(-1)?.message;
  } catch {
    return undefined;
  }
}

function failed({ spec, name }: Run, reason: string, problem: string | undefined): TargetError {
  const { namespace, administrator } = spec;
  const log = `see kubectl -n ${namespace} logs job/${name}, which is kept for an hour`;
  const password =
    administrator === undefined
      ? ""
      : `, and whether the password of ${administrator} is right: ${passwordFix({ ...spec, administrator })}`;
  return new TargetError(
    `Job ${name} failed: ${problem === undefined ? reason : `${problem} (${reason})`}`,
    `${log}${password}`,
  );
}

function notOurs({ spec: { namespace, cluster }, name }: Run, kind: "Job" | "Secret"): TargetError {
  return new TargetError(
    `there is a ${kind} ${name} that is not this program's`,
    `see whose it is, and remove it: kubectl -n ${namespace} get ${kind.toLowerCase()} ${name} (cluster ${cluster.name})`,
  );
}

async function removeSecret({ spec: { namespace }, name, client }: Run): Promise<void> {
  await ifExists(client.ask({ method: "DELETE", at: { ...secrets, namespace, name } }));
}

/** With its Pods. */
async function removeJob({ spec: { namespace }, name, client }: Run): Promise<void> {
  const query = { propagationPolicy: "Background" };
  await ifExists(client.ask({ method: "DELETE", at: { ...jobs, namespace, name }, query }));
}

async function gone(run: Run): Promise<void> {
  const { spec, name, clock } = run;
  const until = clock.now() + grace;
  while ((await readJob(run)) !== undefined) {
    if (clock.now() >= until) {
      throw new TargetError(
        `the Job ${name}, which failed before, does not go away`,
        `kubectl -n ${spec.namespace} delete job ${name}`,
      );
    }
    await clock.sleep(period);
  }
}
