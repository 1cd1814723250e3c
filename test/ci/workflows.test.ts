import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../support/project.ts";
import { actions, deployedEnvironments, workflow, workflows, type Job } from "./workflows.ts";
import { modulesFrom } from "./modules.ts";
import { markers } from "../../ci/render.ts";

const all = workflows();
const jobs = all.flatMap(({ file, content }) =>
  Object.entries(content.jobs).map(([name, job]) => ({ where: `${file} ${name}`, job })),
);
const steps = [
  ...jobs.flatMap(({ where, job }) => (job.steps ?? []).map((step) => ({ where, step }))),
  ...actions().flatMap(({ file, content }) => content.runs.steps.map((step) => ({ where: file, step }))),
];
const sources = [...all, ...actions()];

/** Jobs that get a token for the clouds. */
const withCredentials = jobs.filter(({ job }) => job.permissions?.["id-token"] === "write");

describe("the workflows", () => {
  it("are the ones that the documentation names", () => {
    assert.deepEqual(
      all.map(({ file }) => path.basename(file, ".yml")),
      ["ci", "deploy", "drift", "preview", "up"],
    );
  });

  it("never run on `pull_request_target`, `workflow_run` or comments: a stranger's code with our rights", () => {
    const allowed = ["push", "pull_request", "schedule", "workflow_dispatch", "workflow_call"];
    for (const { file, content, code } of all) {
      assert.deepEqual(
        Object.keys(content.on).filter((event) => !allowed.includes(event)),
        [],
        file,
      );
      assert.doesNotMatch(code, /pull_request_target/, file);
    }
  });

  it("give no right to a whole workflow, and name those of each job", () => {
    for (const { file, content } of all) assert.deepEqual(content.permissions, {}, file);
    const known: Readonly<Record<string, readonly string[]>> = {
      contents: ["read"],
      "id-token": ["write"],
      "pull-requests": ["write"],
      issues: ["write"],
    };
    for (const { where, job } of jobs) {
      assert.ok(job.permissions !== undefined, `${where} has no permissions`);
      for (const [scope, access] of Object.entries(job.permissions)) {
        assert.ok(known[scope]?.includes(access), `${where}: ${scope}: ${access}`);
      }
    }
  });

  it("let no job both write to GitHub and get credentials of a cloud", () => {
    for (const { where, job } of withCredentials) {
      const writes = Object.entries(job.permissions ?? {}).filter(([, access]) => access === "write");
      assert.deepEqual(writes, [["id-token", "write"]], where);
    }
  });

  it("use no secret of GitHub at all: clouds trust the token, values are encrypted in the stack's own files", () => {
    for (const { file, code } of sources) assert.doesNotMatch(code, /secrets\s*[.[]|secrets: inherit/, file);
  });

  it("limit the time of each job", () => {
    for (const { where, job } of jobs) {
      // A job that calls a workflow has its limit there.
      if (job.uses !== undefined) continue;
      const minutes = job["timeout-minutes"] ?? 0;
      assert.ok(minutes > 0 && minutes <= 90, `${where}: timeout-minutes: ${minutes}`);
    }
  });

  it("say what may run at the same time", () => {
    for (const { file, content } of all) {
      const called = "workflow_call" in content.on;
      const ofJobs = Object.values(content.jobs).every(
        (job) => job.concurrency !== undefined || job.uses !== undefined,
      );
      assert.ok(content.concurrency !== undefined || ofJobs, file);
      assert.ok(!called || content.concurrency === undefined, `${file}: a group of its caller would wait for itself`);
    }
  });

  it("pin each action to a full commit, with its version beside it", () => {
    const pinned = /^\s*(?:- )?uses: (?<action>[\w-]+\/[\w./-]+)@(?<commit>[0-9a-f]{40}) # v\d+\.\d+\.\d+$/;
    for (const { file, text } of sources) {
      const uses = text.split("\n").filter((line) => /^\s*(?:- )?uses:/.test(line));
      assert.deepEqual(
        uses.filter((line) => !/uses: \.\//.test(line) && !pinned.test(line)),
        [],
        file,
      );
    }
    const versions = new Map<string, Set<string>>();
    for (const { step } of steps) {
      const [action = "", commit] = step.uses?.split("@") ?? [];
      if (commit !== undefined) versions.set(action, (versions.get(action) ?? new Set()).add(commit));
    }
    assert.ok(versions.size >= 10);
    assert.deepEqual(
      [...versions].filter(([, commits]) => commits.size > 1),
      [],
      "one version of each",
    );
  });

  it("never leave the repository's token on the disk", () => {
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith("actions/checkout@"));
    assert.ok(checkouts.length >= 7);
    for (const { where, step } of checkouts) assert.equal(step.with?.["persist-credentials"], false, where);
  });

  it("put no expression into a shell line: whoever names a branch would write our script", () => {
    for (const { where, step } of steps) assert.doesNotMatch(step.run ?? "", /\$\{\{/, where);
  });

  it("ask Pulumi for nothing that shows values, and never skip checkpoints", () => {
    const forbidden =
      /PULUMI_DEBUG|--tracing|--show-secrets|--logflow|--logtostderr|--debug\b|-v[= ]?\d|--verbose|PULUMI_SKIP_CHECKPOINTS|PULUMI_EXPERIMENTAL|PULUMI_CONFIG_PASSPHRASE|--event-log|PULUMI_OPTION/;
    for (const { file, code } of sources) assert.doesNotMatch(code, forbidden, file);
    for (const wrong of ["pulumi up -v=3", "pulumi up -v 9", "PULUMI_DEBUG_GRPC: x", "pulumi stack --show-secrets"]) {
      assert.match(wrong, forbidden);
    }
  });

  it("run Pulumi as each command should be, and no other command", () => {
    const run = steps.flatMap(({ step }) => [...(step.run ?? "").matchAll(/\bpulumi [^\n]*/g)].map(([line]) => line));
    assert.deepEqual(run.sort(), [
      'pulumi preview --json --non-interactive --stack "$ENVIRONMENT" > "$RUNNER_TEMP/preview.json"',
      'pulumi preview --refresh --expect-no-changes --json --non-interactive --stack "$ENVIRONMENT" > "$RUNNER_TEMP/preview.json"',
      'pulumi up --yes --non-interactive --stack "$ENVIRONMENT"',
    ]);
  });

  it("install the Pulumi CLI that the program was tried with", () => {
    const module = readFileSync(path.join(root, "sandbox/tools/pulumi/go.mod"), "utf8");
    const version = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(?<version>[\d.]+)/.exec(module)?.groups?.["version"];
    const installed = steps.filter(({ step }) => step.uses?.startsWith("pulumi/actions@"));
    assert.deepEqual(
      installed.map(({ step }) => step.with),
      [{ "pulumi-version": version }],
      "without a command: the action would print outputs, and comment by itself",
    );
  });

  it("keep scripts short", () => {
    for (const { where, step } of steps) {
      assert.ok((step.run ?? "").trim().split("\n").length <= 6, `${where} has a script that belongs into ci/`);
    }
  });
});

describe("jobs with credentials", () => {
  it("are the previews, the updates and the look for drift, each in its own GitHub environment", () => {
    assert.deepEqual(
      withCredentials.filter(({ job }) => job.uses === undefined).map(({ where, job }) => [where, job.environment]),
      [
        [".github/workflows/drift.yml drift", "drift-${{ matrix.environment }}"],
        [".github/workflows/preview.yml preview", "preview-${{ matrix.environment }}"],
        [".github/workflows/up.yml up", "${{ inputs.environment }}"],
      ],
    );
  });

  it("install what the program needs to run, and start no script of a package", () => {
    const used = withCredentials.flatMap(({ job }) => job.steps ?? []).map(({ uses }) => uses);
    assert.ok(used.includes("./.github/actions/environment"));
    const local = actions().flatMap(({ content }) => content.runs.steps);
    const run = [...withCredentials.flatMap(({ job }) => job.steps ?? []), ...local];
    const installs = run.flatMap(
      ({ run: script = "" }) => script.match(/^.*\b(?:npm|npx|yarn|pnpm|corepack)\b.*$/gm) ?? [],
    );
    assert.deepEqual(installs, ["npm ci --omit=dev --ignore-scripts"]);
  });

  it("run on a Node that runs TypeScript: the packages bring none", () => {
    const versions = steps
      .filter(({ step }) => step.uses?.startsWith("actions/setup-node@"))
      .map(({ step }) => step.with?.["node-version"]);
    assert.deepEqual([...new Set(versions)], [">=22.18 <23"]);
  });

  it("run nothing but what those packages allow", () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const reached = modulesFrom(["start.js", "index.ts", "ci/reduce.ts", "ci/comment.ts"]);
    assert.ok(reached.files.size > 100, `only ${reached.files.size} files`);
    assert.deepEqual(
      [...reached.packages].filter(([name]) => !(name in dependencies)),
      [],
    );
    assert.ok(reached.packages.has("@kubernetes/client-node"), "late imports are followed");
  });

  it("have one and the same set of variables, the state compressed", () => {
    const [first, ...others] = withCredentials
      .filter(({ job }) => job.uses === undefined)
      .map(({ job: { env } }) => ({ ...env, ENVIRONMENT: "" }));
    assert.equal(first?.["PULUMI_DIY_BACKEND_GZIP" as "ENVIRONMENT"], "true");
    for (const other of others) assert.deepEqual(other, first);
  });

  it("start nothing for a fork, nor for a new version of a package that nobody reviewed", () => {
    const { preview } = workflow("preview").jobs;
    assert.equal(
      preview?.if,
      "github.event.pull_request.head.repo.full_name == github.repository && github.event.pull_request.user.login != 'dependabot[bot]'",
    );
    const pullRequests = all.filter(({ content }) => "pull_request" in content.on);
    assert.deepEqual(
      pullRequests.map(({ file }) => path.basename(file)),
      ["ci.yml", "preview.yml"],
    );
    const { ci, rest } = { ci: workflow("ci").jobs, rest: Object.entries(workflow("preview").jobs) };
    assert.deepEqual(
      Object.values(ci).map(({ permissions }) => permissions),
      [{ contents: "read" }],
    );
    for (const [name, { if: condition, needs }] of rest) {
      const guarded = condition?.includes("head.repo.full_name == github.repository") === true;
      const after = needs !== undefined && condition?.includes("needs.preview.result != 'skipped'") === true;
      assert.ok(guarded || after, name);
    }
  });
});

describe("environments of the workflows", () => {
  const deployed = Object.entries(workflow("deploy").jobs);

  it("are all that have a Pulumi.<environment>.yaml, and no other", () => {
    const names = deployed.map(([, job]) => job.with?.["environment"] ?? "");
    assert.deepEqual(names.sort(), deployedEnvironments());
  });

  it("are the same in previews, costs, updates and the look for drift", () => {
    const names = deployed.map(([, job]) => job.with?.["environment"] ?? "");
    assert.deepEqual(names, ["dev", "staging", "prod"]);
    const matrices = jobs.flatMap(({ where, job }) => {
      const matrix = job.strategy?.matrix?.environment;
      return matrix === undefined ? [] : [[where, matrix] as const];
    });
    assert.equal(matrices.length, 3);
    for (const [where, matrix] of matrices) assert.deepEqual(matrix, names, where);
    for (const job of [workflow("preview").jobs["comment"], workflow("drift").jobs["report"]]) {
      assert.deepEqual(environmentsShown(job), names);
    }
  });

  it("are updated one after the other, from dev to prod, and none while it is being updated", () => {
    assert.deepEqual(
      deployed.map(([name, job]) => [name, job.needs, job.uses]),
      [
        ["dev", undefined, "./.github/workflows/up.yml"],
        ["staging", "dev", "./.github/workflows/up.yml"],
        ["prod", "staging", "./.github/workflows/up.yml"],
      ],
    );
    assert.deepEqual(workflow("up").jobs["up"]?.concurrency, {
      group: "deploy-${{ inputs.environment }}",
      "cancel-in-progress": false,
    });
  });
});

describe("the job that comments", () => {
  const comment = workflow("preview").jobs["comment"];

  it("runs the base branch's renderer, and installs nothing", () => {
    const checkout = comment?.steps?.find(({ uses }) => uses?.startsWith("actions/checkout@"));
    assert.equal(checkout?.with?.["ref"], "${{ github.event.pull_request.base.sha }}");
    const run = (comment?.steps ?? []).map((step) => step.run ?? "").join("\n");
    assert.doesNotMatch(run, /npm|npx|pip|curl/);
    assert.match(run, /^node ci\/comment\.ts /m);
  });

  it("finds its comment by the marker that the renderer writes", () => {
    const run = (comment?.steps ?? []).map((step) => step.run ?? "").join("\n");
    assert.ok(run.includes(`startswith("${markers.preview}")`));
  });

  it("uploads names alone: what is reduced, never what the engine wrote", () => {
    const uploaded = steps
      .filter(({ step }) => step.uses?.startsWith("actions/upload-artifact@"))
      .map(({ step }) => step.with?.["path"]);
    assert.deepEqual([...new Set(uploaded)].sort(), [
      "cost-${{ matrix.environment }}.json",
      "preview-${{ matrix.environment }}.json",
    ]);
  });
});

describe("scripts of the workflows", () => {
  it("call files and npm scripts that exist", () => {
    const text = steps.map(({ step }) => step.run ?? "").join("\n");
    const files = new Set([...text.matchAll(/\bci\/[\w-]+\.ts\b/g)].map(([file]) => file));
    assert.deepEqual([...files].sort(), ["ci/comment.ts", "ci/reduce.ts"]);
    assert.deepEqual(globSync("ci/{comment,reduce}.ts", { cwd: root }).sort(), [...files].sort());
  });
});

/** Names of `--environment <name>=…` in a job's scripts. */
function environmentsShown(job: Job | undefined): readonly string[] {
  const run = (job?.steps ?? []).map((step) => step.run ?? "").join("\n");
  return [...run.matchAll(/--environment (?<name>[\w.-]+)=/g)].map(({ groups }) => groups?.["name"] ?? "");
}
