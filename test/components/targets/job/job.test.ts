import assert from "node:assert/strict";
import type { V1Job } from "@kubernetes/client-node";
import { examine, runJob } from "../../../../components/targets/job/actions.ts";
import { jobName, jobOf, secretOf } from "../../../../components/targets/job/manifests.ts";
import { podProblem } from "../../../../components/targets/job/outcome.ts";
import type { JobSpec } from "../../../../components/targets/job/spec.ts";
import { startJobsApi, type JobEnd, type JobsApi } from "../../../support/stand-ins/jobs-api.ts";
import { refusal } from "../../../support/refused-target.ts";

const [first, second] = ["first-value-7d1f", "second-value-e3a9"] as const;
const administrator = "password of postgres";

const spec: JobSpec = {
  kind: "job",
  name: "legacy",
  cluster: { name: "onprem" },
  namespace: "rotation",
  image: "psql:18",
  command: ["sh", "-c", "rotate"],
  env: { PGHOST: "db" },
  imagePullSecrets: [],
  nodeSelector: {},
  runAsUser: 65_534,
  deadlineSeconds: 60,
  administrator: "postgres",
  previousPassword: false,
};

describe("the Job that tells a target", () => {
  it("has the name of its value, whatever the target is called", () => {
    const long = { name: "x".repeat(63) };
    assert.match(jobName(spec, "a"), /^rotate-legacy-[0-9a-f]{10}$/);
    assert.notEqual(jobName(spec, "a"), jobName(spec, "b"));
    assert.ok(jobName(long, "a").length <= 63);
    assert.notEqual(jobName({ name: `${"x".repeat(50)}a` }, "a"), jobName({ name: `${"x".repeat(50)}b` }, "a"));
  });

  it("is suspended until its Secret is there, and is what the profile restricted asks for", () => {
    const { spec: made, metadata } = jobOf(spec, "rotate-legacy-0");
    assert.equal(made?.suspend, true);
    assert.deepEqual(metadata?.labels, {
      "app.kubernetes.io/managed-by": "multicloud-secrets",
      "multicloud-secrets/target": "legacy",
    });
    const pod = made.template.spec;
    const [container = assert.fail("it has no container")] = pod?.containers ?? [];
    assert.deepEqual(
      [pod?.restartPolicy, pod?.automountServiceAccountToken, pod?.serviceAccountName, pod?.nodeSelector],
      ["Never", false, undefined, undefined],
    );
    assert.deepEqual(
      [pod?.securityContext?.runAsNonRoot, pod?.securityContext?.seccompProfile, container.securityContext],
      [
        true,
        { type: "RuntimeDefault" },
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
      ],
    );
    assert.deepEqual(
      [container.image, container.command, container.env],
      ["psql:18", ["sh", "-c", "rotate"], [{ name: "PGHOST", value: "db" }]],
    );
    assert.deepEqual(
      container.volumeMounts?.map(({ mountPath }) => mountPath),
      ["/run/rotation", "/tmp"],
    );
  });

  it("owns the Secret with its values, one file each", () => {
    const secret = secretOf(spec, { name: "rotate-legacy-0", uid: "u" }, { username: "shop", password: second });
    assert.deepEqual(secret.stringData, { username: "shop", password: second });
    assert.deepEqual(secret.metadata?.ownerReferences, [
      {
        apiVersion: "batch/v1",
        kind: "Job",
        name: "rotate-legacy-0",
        uid: "u",
        controller: true,
        blockOwnerDeletion: false,
      },
    ]);
    assert.equal(secret.immutable, true);
  });
});

describe("what a Job's Pods say", () => {
  const pod = (status: object, at = "2026-12-01T00:00:00Z") =>
    ({ metadata: { creationTimestamp: new Date(at) }, status }) as Parameters<typeof podProblem>[0][number];
  const container = (state: object) => ({ containerStatuses: [{ state }] });

  it("is how the newest ended, waits, or is not scheduled", () => {
    const problems = [
      container({ terminated: { exitCode: 3, reason: "Error", message: "the value is x" } }),
      container({ terminated: { exitCode: 137, reason: "OOMKilled" } }),
      container({ waiting: { reason: "ImagePullBackOff", message: "Back-off" } }),
      container({ waiting: { reason: "ContainerCreating" } }),
      container({ terminated: { exitCode: 0, reason: "Completed" } }),
      { conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes" }] },
      { reason: "Evicted" },
      {},
    ].map((status) => podProblem([pod(status)]));
    assert.deepEqual(problems, [
      "its command ended with 3",
      "its command ended with 137 (OOMKilled)",
      "its container does not start: ImagePullBackOff",
      undefined,
      undefined,
      "its Pod has no node: 0/1 nodes",
      "its Pod ended: Evicted",
      undefined,
    ]);
    const older = pod(container({ terminated: { exitCode: 1 } }), "2026-11-01T00:00:00Z");
    assert.equal(podProblem([older, pod(container({ terminated: { exitCode: 2 } }))]), "its command ended with 2");
    assert.equal(podProblem([]), undefined);
  });
});

describe("telling a target by a Job (a stand-in of the API server)", () => {
  let api: JobsApi;
  beforeEach(async () => {
    api = await startJobsApi();
  });
  afterEach(() => api.close());

  /** Time that passes as it is slept. */
  const clockOf = () => {
    let now = 0;
    return { now: () => now, sleep: (milliseconds: number) => Promise.resolve(void (now += milliseconds)) };
  };
  const target = (changes: Partial<JobSpec> = {}): JobSpec => ({
    ...spec,
    cluster: { name: "onprem", kubeconfig: api.kubeconfig },
    ...changes,
  });
  const told = (
    changes: Partial<JobSpec> = {},
    { password = second, previous }: { password?: string; previous?: string } = {},
  ) =>
    runJob(
      {
        target: target(changes),
        administrator,
        login: { username: "shop", password },
        attempt: `digest of ${password}`,
        ...(previous === undefined ? {} : { previous }),
      },
      clockOf(),
    );
  const complete: JobEnd = { status: { conditions: [{ type: "Complete", status: "True" }] } };
  const failed = (reason: string, end: object = {}): JobEnd => ({
    status: { conditions: [{ type: "Failed", status: "True", reason, message: `quotes ${second}` }] },
    ...end,
  });
  const left = () => ({ jobs: [...api.jobs.keys()], secrets: [...api.secrets.keys()] });

  it("makes the Job, then its Secret, then lets it run, and removes both", async () => {
    const seen: object[] = [];
    api.onRun((job, files) => {
      seen.push(files);
      assert.equal(api.secrets.get(job.metadata?.name ?? "")?.metadata?.ownerReferences?.[0]?.uid, job.metadata?.uid);
      return complete;
    });
    await told();
    assert.deepEqual(seen, [
      { username: "shop", password: second, administrator: "postgres", administratorPassword: administrator },
    ]);
    assert.deepEqual(api.writes, ["POST jobs", "POST secrets", "PATCH jobs", "DELETE secrets", "DELETE jobs"]);
    assert.deepEqual(left(), { jobs: [], secrets: [] });
    for (const value of [second, administrator]) assert.ok(!api.sent().includes(value));
  });

  it("gives the value before to a command that asks for it", async () => {
    let files: Readonly<Record<string, string>> = {};
    api.onRun((_, seen) => {
      files = seen;
      return complete;
    });
    await told({ previousPassword: true }, { previous: first });
    assert.equal(files["previousPassword"], first);
    await told({}, { previous: first });
    assert.equal(files["previousPassword"], undefined);
    assert.deepEqual(await refusal(told({ previousPassword: true })), {
      problem: "it has to be given the value before, which the state does not keep",
      fix: "set the new value there by hand (docs/rotation.md#by-hand), or let its command do without previousPassword (targets.legacy)",
      isTold: false,
    });
  });

  it("says how it failed by the status of its Pod, keeps it for its log, and no value", async () => {
    const ended = { containerStatuses: [{ state: { terminated: { exitCode: 2, message: `wrong: ${second}` } } }] };
    api.onRun(() => failed("BackoffLimitExceeded", { pods: [ended] }));
    const name = jobName(spec, `digest of ${second}`);
    assert.deepEqual(await refusal(told()), {
      problem: `Job ${name} failed: its command ended with 2 (BackoffLimitExceeded)`,
      fix:
        `see kubectl -n rotation logs job/${name}, which is kept for an hour, and whether the password of postgres is right: ` +
        `pulumi config set --secret targetPasswords '{"legacy":"<password of postgres>"}' (with those of all other targets: the value is replaced as a whole)`,
      isTold: false,
    });
    assert.deepEqual(left(), { jobs: [name], secrets: [] });
    // The next run makes it again.
    api.onRun(() => complete);
    await told();
    assert.deepEqual(left(), { jobs: [], secrets: [] });
  });

  it("says why there is no Pod, as its controller does", async () => {
    api.onRun(() => failed("DeadlineExceeded", { events: ["Error creating: violates PodSecurity"] }));
    const { problem } = await refusal(told());
    assert.match(problem, /failed: Error creating: violates PodSecurity \(DeadlineExceeded\)$/);
  });

  it("waits no longer than its deadline and half a minute, and leaves no value", async () => {
    api.onRun(() => ({
      pods: [{ containerStatuses: [{ state: { waiting: { reason: "ImagePullBackOff" } } }] } as never],
    }));
    const { problem } = await refusal(told());
    assert.match(problem, /failed: its container does not start: ImagePullBackOff \(not done after 60 s\)$/);
    assert.equal(api.secrets.size, 0);
  });

  const interrupted = () => {
    // As a run leaves it that is killed while the Job runs.
    api.onRun(() => undefined);
    const name = jobName(spec, `digest of ${second}`);
    const made: V1Job = jobOf(target(), name);
    api.jobs.set(name, { ...made, metadata: { ...made.metadata, uid: "before" } });
    return { name, made };
  };

  it("goes on with one that was made and not started", async () => {
    interrupted();
    api.onRun(() => complete);
    await told();
    assert.deepEqual(api.writes, ["POST secrets", "PATCH jobs", "DELETE secrets", "DELETE jobs"]);
  });

  it("counts one that is complete, and runs it no second time", async () => {
    const { name, made } = interrupted();
    api.jobs.set(name, { ...made, status: { conditions: [{ type: "Complete", status: "True" }] } });
    await told();
    assert.deepEqual(api.writes, ["DELETE secrets", "DELETE jobs"]);
    assert.deepEqual(left(), { jobs: [], secrets: [] });
  });

  it("makes one again that ran another command, or another value", async () => {
    interrupted();
    api.onRun(({ spec: made }) => {
      assert.equal(made?.template.spec?.containers[0]?.image, "psql:19");
      return complete;
    });
    await told({ image: "psql:19" });
    assert.deepEqual(api.writes.slice(0, 2), ["DELETE jobs", "POST jobs"]);
    interrupted();
    api.onRun(() => complete);
    await told({}, { password: first });
    assert.equal(api.jobs.size, 1, "that of another value was touched");
  });

  it("touches no Job of somebody else's", async () => {
    const { name, made } = interrupted();
    api.jobs.set(name, { ...made, metadata: { ...made.metadata, labels: {} } });
    assert.deepEqual(await refusal(told()), {
      problem: `there is a Job ${name} that is not this program's`,
      fix: `see whose it is, and remove it: kubectl -n rotation get job ${name} (cluster onprem)`,
      isTold: false,
    });
    assert.deepEqual(api.writes, []);
  });

  it("says what the deployer may not do, and leaves no Job that would run", async () => {
    api.refuse("POST secrets");
    assert.deepEqual(await refusal(told()), {
      problem: 'secrets is forbidden: User "deployer" cannot',
      fix: "let the deployer run Jobs in namespace rotation of cluster onprem (docs/targets/job.md#rights), or correct targets.legacy",
      isTold: false,
    });
    assert.deepEqual(
      [...api.jobs.values()].map(({ spec: made }) => made?.suspend),
      [true],
    );
  });

  it("examines what the deployer may do, and changes nothing", async () => {
    const account = "shop";
    await examine({ target: target(), administrator, account });
    api.refuse("create jobs");
    api.refuse("list pods");
    assert.deepEqual(await refusal(examine({ target: target(), administrator, account })), {
      problem: "the deployer may not create jobs, list pods in namespace rotation of cluster onprem",
      fix: "give it these rights there (docs/targets/job.md#rights)",
      isTold: false,
    });
    assert.equal(
      (await refusal(examine({ target: target({ namespace: "nowhere" }), administrator, account }))).problem,
      "namespaces not found",
    );
    assert.deepEqual(api.writes, []);
  });

  it("is examined by whoever may not see namespaces, and may run Jobs in one", async () => {
    api.refuse("GET namespaces");
    await examine({ target: target(), administrator, account: "shop" });
  });
});
