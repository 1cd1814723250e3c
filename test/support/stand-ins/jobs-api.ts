import type { V1Job, V1Pod, V1Secret } from "@kubernetes/client-node";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { kubeconfigOf } from "../fake-cluster.ts";
import { startStandIn, type SeenRequest, type StandInAnswer } from "./server.ts";

/** What the kubelet and the controller of Jobs would do with one that is no longer suspended. */
export type RunJob = (job: V1Job, files: Readonly<Record<string, string>>) => JobEnd | Promise<JobEnd>;

/** How a Job ends, with its Pods and events; `undefined` for one that goes on. */
export type JobEnd =
  | {
      readonly status?: V1Job["status"];
      readonly pods?: readonly V1Pod["status"][];
      readonly events?: readonly string[];
    }
  | undefined;

export interface JobsApi {
  readonly kubeconfig: string;
  readonly jobs: Map<string, V1Job>;
  readonly secrets: Map<string, V1Secret>;
  /** `POST jobs/x`, in order; without reads. */
  readonly writes: readonly string[];
  /** Everything that was sent, but for Secrets. */
  readonly sent: () => string;
  /** What a Job does from now on. */
  readonly onRun: (run: RunJob) => void;
  /** What is refused from now on: `POST secrets`. */
  readonly refuse: (request: string) => void;
  readonly close: () => Promise<void>;
}

/**
 * Stands in for the part of a Kubernetes API server that Jobs need (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/),
 * and for what runs them. It is no API server: it checks no schema. The end-to-end test has a real one.
 */
export async function startJobsApi(): Promise<JobsApi> {
  const [jobs, secrets] = [new Map<string, V1Job>(), new Map<string, V1Secret>()];
  const pods = new Map<string, V1Pod[]>();
  const events = new Map<string, readonly string[]>();
  const writes: string[] = [];
  const refused = new Set<string>();
  let run: RunJob = () => undefined;
  let count = 0;

  const store = { jobs, secrets } as const;
  const failure = (code: number, message: string): StandInAnswer => ({
    status: code,
    body: { apiVersion: "v1", kind: "Status", status: "Failure", code, message },
  });
  const start = async (job: V1Job) => {
    const name = job.metadata?.name ?? "";
    const secret = secrets.get(name);
    if (secret === undefined) throw new Error(`the Pod of ${name} has no Secret to mount`);
    const end = await run(job, { ...secret.stringData });
    if (end === undefined) return;
    const { status, pods: ended = [], events: said = [] } = end;
    pods.set(
      name,
      ended.map((each) => ({ metadata: { name: `${name}-x` }, ...(each === undefined ? {} : { status: each }) })),
    );
    events.set(name, said);
    if (status !== undefined) jobs.set(name, { ...job, status });
  };
  const answer = async ({ method, path: asked, body }: SeenRequest): Promise<StandInAnswer> => {
    const { pathname, searchParams } = new URL(asked, "http://cluster.invalid");
    if (pathname.endsWith("/selfsubjectaccessreviews")) {
      const { spec } = JSON.parse(body) as { spec: { resourceAttributes: { verb: string; resource: string } } };
      const { verb, resource } = spec.resourceAttributes;
      return { status: 201, body: { status: { allowed: !refused.has(`${verb} ${resource}`) } } };
    }
    if (/^\/api\/v1\/namespaces\/[^/]+$/.test(pathname)) {
      if (refused.has(`${method} namespaces`)) return failure(403, 'namespaces is forbidden: User "deployer" cannot');
      return pathname.endsWith("/rotation") ? { status: 200, body: {} } : failure(404, "namespaces not found");
    }
    const [, resource = "", name = ""] = /\/namespaces\/rotation\/(\w+)\/?(.*)$/.exec(pathname) ?? [];
    const selector = /job-name=(.*)/.exec(searchParams.get("labelSelector") ?? "")?.[1] ?? "";
    if (resource === "pods") return { status: 200, body: { items: pods.get(selector) ?? [] } };
    if (resource === "events") {
      const job = /involvedObject\.name=([^,]+)/.exec(searchParams.get("fieldSelector") ?? "")?.[1] ?? "";
      return { status: 200, body: { items: (events.get(job) ?? []).map((message) => ({ message })) } };
    }
    if (resource !== "jobs" && resource !== "secrets") return failure(404, `${pathname} not found`);
    const held: Map<string, object> = store[resource];
    if (method === "GET") {
      const found = held.get(name);
      return found === undefined ? failure(404, `${resource} "${name}" not found`) : { status: 200, body: found };
    }
    writes.push(`${method} ${resource}`);
    if (refused.has(`${method} ${resource}`)) return failure(403, `${resource} is forbidden: User "deployer" cannot`);
    if (method === "POST") {
      const made = JSON.parse(body) as V1Job & V1Secret;
      const key = made.metadata?.name ?? "";
      if (held.has(key)) return failure(409, `${resource} "${key}" already exists`);
      const uid = `uid-${(count += 1)}`;
      const data = Object.fromEntries(
        Object.entries(made.stringData ?? {}).map(([file, text]) => [file, Buffer.from(text).toString("base64")]),
      );
      const kept = { ...made, metadata: { ...made.metadata, uid }, ...(resource === "secrets" ? { data } : {}) };
      held.set(key, kept);
      return { status: 201, body: kept };
    }
    if (!held.has(name)) return failure(404, `${resource} "${name}" not found`);
    if (method === "DELETE") {
      held.delete(name);
      // The garbage collector.
      if (resource === "jobs") secrets.delete(name);
      return { status: 200, body: { kind: "Status", status: "Success" } };
    }
    const job = jobs.get(name) ?? {};
    const resumed = { ...job, spec: { ...job.spec, suspend: false } } as V1Job;
    jobs.set(name, resumed);
    await start(resumed);
    return { status: 200, body: jobs.get(name) ?? resumed };
  };
  const server = await startStandIn(answer);
  const folder = await mkdtemp(path.join(tmpdir(), "jobs-api-"));
  const kubeconfig = path.join(folder, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigOf(server.port));
  return {
    kubeconfig,
    jobs,
    secrets,
    writes,
    sent: () =>
      server.seen
        .filter(({ method, path: asked }) => !(method === "POST" && asked.includes("/secrets")))
        .map(({ path: asked, body }) => `${asked}\n${body}`)
        .join("\n"),
    onRun: (next) => void (run = next),
    refuse: (request) => void refused.add(request),
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}
