import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "../support/project.ts";
import { actions, matrixJobs, workflow, workflows } from "./workflows.ts";
import { modulesFrom } from "./modules.ts";
import { policies, stages, type Stack } from "../../ci/environments.ts";
import { stackName } from "../../ci/files.ts";
import { markers } from "../../ci/render.ts";
import type { Policy } from "../../stacks/environments/policy.ts";

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
      ["ci", "deploy", "drift", "environments", "preview", "rotate", "up"],
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
      contents: ["read", "write"],
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

  it("let one job write to the repository: the one that opens the pull request of what is due, without any package", () => {
    const writing = jobs.filter(({ job }) => job.permissions?.["contents"] === "write");
    assert.deepEqual(
      writing.map(({ where }) => where),
      [".github/workflows/rotate.yml pull-request"],
    );
    const scripts = writing.flatMap(({ job }) => job.steps ?? []).flatMap(({ run }) => run ?? []);
    assert.doesNotMatch(scripts.join("\n"), /\b(?:npm|npx|node|pulumi)\b/);
    assert.match(scripts.join("\n"), /^git apply --include='Pulumi\.\*\.yaml' /m);
  });

  it("let no job both write to GitHub and get credentials of a cloud", () => {
    for (const { where, job } of withCredentials) {
      const writes = Object.entries(job.permissions ?? {}).filter(([, access]) => access === "write");
      assert.deepEqual(writes, [["id-token", "write"]], where);
    }
  });

  it("use no secret of GitHub at all: clouds trust the token, values are encrypted in the stack's own files", () => {
    for (const { file, code } of sources) assert.doesNotMatch(code, /secrets\s*[.[](?!js\b)|secrets: inherit/, file);
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
      // What is called and has no rights is a step of its caller.
      const ofJobs = Object.values(content.jobs).every(
        (job) =>
          job.concurrency !== undefined ||
          job.uses !== undefined ||
          (called && job.permissions?.["id-token"] === undefined),
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
    assert.ok(checkouts.length >= 9);
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
      'pulumi preview --json --non-interactive --stack "$STACK" > "$RUNNER_TEMP/preview.json"',
      'pulumi preview --refresh --expect-no-changes --json --non-interactive --stack "$STACK" > "$RUNNER_TEMP/preview.json"',
      'pulumi up --yes --non-interactive --stack "$STACK"',
    ]);
  });

  it("deploy an environment of several stacks base first, then each part by a job, and any other by Pulumi alone", () => {
    const { up, parts, summary } = workflow("up").jobs;
    const deploying = [up, parts].map((job) =>
      (job?.steps ?? []).flatMap(({ if: condition, run }) => (run?.includes("up ") === true ? [[condition, run]] : [])),
    );
    const fleet = (part: string) =>
      `node --no-warnings cli/secrets.js fleet up "$STACK" --part ${part} --yes --json > "$RUNNER_TEMP/fleet.json"`;
    assert.deepEqual(deploying, [
      [
        ["${{ inputs.parts == '[]' }}", 'pulumi up --yes --non-interactive --stack "$STACK"'],
        ["${{ inputs.parts != '[]' }}", fleet("base")],
      ],
      [[undefined, fleet('"$PART"')]],
    ]);
    assert.deepEqual([parts?.needs, parts?.if], ["up", "inputs.parts != '[]'"]);
    assert.equal(parts?.strategy?.["fail-fast"], false);
    assert.deepEqual(parts?.concurrency, {
      group: "deploy-${{ inputs.stack }}.${{ matrix.part }}",
      "cancel-in-progress": false,
    });
    assert.deepEqual(summary?.needs, ["up", "parts"]);
    assert.deepEqual(summary?.permissions, { contents: "read" });
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
        [".github/workflows/up.yml parts", "${{ inputs.environment }}"],
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
    const scripts = ["reduce", "comment", "environments", "fleet"].map((name) => `ci/${name}.ts`);
    const reached = modulesFrom(["start.js", "index.ts", "cli/secrets.js", ...scripts]);
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
      .map(({ job: { env } }) => ({ ...env, STACK: "" }));
    assert.equal(first?.["PULUMI_DIY_BACKEND_GZIP" as "STACK"], "true");
    for (const other of others) assert.deepEqual(other, first);
  });

  it("start nothing for a fork, nor for a new version of a package that nobody reviewed", () => {
    const { preview } = workflow("preview").jobs;
    assert.equal(
      preview?.if,
      "github.event.pull_request.head.repo.full_name == github.repository && github.event.pull_request.user.login != 'dependabot[bot]' && needs.environments.outputs.all != '[]'",
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
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "workflows-"));
    cpSync(path.join(root, "ci"), path.join(folder, "ci"), { recursive: true });
    for (const file of globSync("Pulumi.*.yaml", { cwd: root })) {
      const policy = path.join(policies, `${file.split(".")[1] ?? ""}.ts`);
      for (const each of [file, policy]) cpSync(path.join(root, each), path.join(folder, each));
    }
    // Without it, Node would have to guess that these are modules.
    cpSync(path.join(root, "package.json"), path.join(folder, "package.json"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** The stacks of each job with a matrix, as GitHub would take them from what the script prints there. */
  const stacksOfJobs = () => {
    const printed = execFileSync(process.execPath, ["--no-warnings", "ci/environments.ts"], { cwd: folder });
    const lists = Object.fromEntries(
      printed
        .toString()
        .trim()
        .split("\n")
        .map((line) => line.split(/=(.*)/).slice(0, 2) as [string, string]),
    );
    return Object.fromEntries(
      matrixJobs().map(({ where, list }) => [
        where,
        (JSON.parse(lists[list] ?? "") as Stack[]).map(({ stack }) => stack),
      ]),
    );
  };
  const committed = {
    "deploy development": ["dev"],
    "deploy acceptance": ["staging"],
    "deploy production": ["prod"],
    "drift drift": ["dev", "staging", "prod"],
    "preview preview": ["dev", "staging", "prod"],
    "preview cost": ["dev", "staging", "prod"],
  };

  it("are those of the files, and never the sandbox", () => {
    assert.deepEqual(stacksOfJobs(), committed);
  });

  it("are joined by an environment that has its two files, and left by one without", () => {
    const files = {
      "Pulumi.x-1.yaml": "config: {}\n",
      [`${policies}/x-1.ts`]: 'export const x = { stage: "acceptance" };\n',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const everywhere = ["dev", "staging", "x-1", "prod"];
    assert.deepEqual(stacksOfJobs(), {
      ...committed,
      "deploy acceptance": ["staging", "x-1"],
      "drift drift": everywhere,
      "preview preview": everywhere,
      "preview cost": everywhere,
    });
    for (const name of Object.keys(files)) rmSync(path.join(folder, name));
    assert.deepEqual(stacksOfJobs(), committed);
  });

  it("are named by no workflow: not in a job, a condition or a script", () => {
    const names = ["dev", "staging", "prod", "sandbox"];
    for (const { file, code } of sources) {
      const found = names.filter((name) => new RegExp(`(?<![\\w/~=-])${name}(?![\\w/-])`).test(code));
      assert.deepEqual(found, [], file);
    }
  });

  it("are listed by a script that installs nothing, in one place", () => {
    const {
      on,
      jobs: { list },
    } = workflow("environments");
    const scripts = (list?.steps ?? []).flatMap(({ id, run }) => (run === undefined ? [] : [[id, run]]));
    assert.deepEqual(scripts, [["list", 'node ci/environments.ts >> "$GITHUB_OUTPUT"']]);
    const names = ["all", ...stages];
    assert.deepEqual(
      list?.outputs,
      Object.fromEntries(names.map((name) => [name, `\${{ steps.list.outputs.${name} }}`])),
    );
    const { outputs } = on["workflow_call"] as {
      readonly outputs: Readonly<Record<string, { readonly value: string }>>;
    };
    assert.deepEqual(
      Object.entries(outputs).map(([name, { value }]) => [name, value]),
      names.map((name) => [name, `\${{ jobs.list.outputs.${name} }}`]),
    );
    for (const { where, job } of matrixJobs()) assert.ok([job.needs].flat().includes("environments"), where);
    for (const name of ["deploy", "drift", "preview"]) {
      assert.equal(workflow(name).jobs["environments"]?.uses, "./.github/workflows/environments.yml", name);
    }
  });

  it("start no matrix without entries, which GitHub takes for a mistake", () => {
    for (const { where, job, list } of matrixJobs()) {
      assert.ok(job.if?.includes(`needs.environments.outputs.${list} != '[]'`), where);
    }
  });

  it("have the stages that policies know", () => {
    const known: Readonly<Record<Exclude<Policy["stage"], "by-hand">, true>> = {
      development: true,
      acceptance: true,
      production: true,
    };
    assert.deepEqual([...stages], Object.keys(known));
    assert.deepEqual(
      Object.entries(workflow("deploy").jobs).flatMap(([name, { uses }]) => (uses?.endsWith("/up.yml") ? [name] : [])),
      [...stages],
    );
  });

  it("are updated stage by stage: all of one have succeeded, or there are none, before the next begins", () => {
    const { deploy } = { deploy: workflow("deploy").jobs };
    const done = (stage: string) =>
      `(needs.${stage}.result == 'success' || needs.environments.outputs.${stage} == '[]')`;
    assert.deepEqual(
      stages.map((stage) => [deploy[stage]?.needs, deploy[stage]?.if]),
      [
        ["environments", "needs.environments.outputs.development != '[]'"],
        [
          ["environments", "development"],
          `!cancelled() && needs.environments.result == 'success' && ${done("development")} && needs.environments.outputs.acceptance != '[]'`,
        ],
        [
          ["environments", "development", "acceptance"],
          `!cancelled() && needs.environments.result == 'success' && ${done("development")} && ${done("acceptance")} && needs.environments.outputs.production != '[]'`,
        ],
      ],
    );
  });

  it("are updated one at a time within a stage, and a failure stops those that have not begun", () => {
    const { deploy } = { deploy: workflow("deploy").jobs };
    for (const stage of stages) {
      const { strategy, uses, with: inputs } = deploy[stage] ?? {};
      assert.deepEqual([strategy?.["max-parallel"], strategy?.["fail-fast"]], [1, true], stage);
      assert.equal(uses, "./.github/workflows/up.yml", stage);
      assert.deepEqual(
        inputs,
        {
          stack: "${{ matrix.stack }}",
          environment: "${{ matrix.environment }}",
          parts: "${{ toJSON(matrix.parts) }}",
        },
        stage,
      );
    }
    assert.deepEqual(workflow("up").jobs["up"]?.concurrency, {
      group: "deploy-${{ inputs.stack }}",
      "cancel-in-progress": false,
    });
  });

  it("are looked at independently of each other in previews and for drift", () => {
    for (const { where, job } of matrixJobs().filter((each) => each.list === "all")) {
      assert.equal(job.strategy?.["fail-fast"], false, where);
    }
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

  it("takes the list of stacks as data, as the look for drift does: it comes from the pull request", () => {
    for (const job of [comment, workflow("drift").jobs["report"]]) {
      const step = job?.steps?.find(({ run }) => run?.includes("ci/comment.ts"));
      assert.deepEqual(step?.env, { STACKS: "${{ needs.environments.outputs.all }}" });
      assert.match(step?.run ?? "", / --stacks "\$STACKS" --results results /);
    }
  });

  it("finds its comment by the marker that the renderer writes", () => {
    const run = (comment?.steps ?? []).map((step) => step.run ?? "").join("\n");
    assert.ok(run.includes(`startswith("${markers.preview}")`));
  });

  it("uploads what a job that is run again replaces, under names that no other stack's begin with", () => {
    const uploads = steps.filter(({ step }) => step.uses?.startsWith("actions/upload-artifact@"));
    for (const { where, step } of uploads) assert.equal(step.with?.["overwrite"], true, where);
    const patterns = steps.map(({ step }) => step.with?.["pattern"]).filter((each) => each !== undefined);
    assert.deepEqual(patterns, ["fleet_${{ inputs.stack }}_*"]);
    const names = uploads.map(({ step }) => String(step.with?.["name"])).filter((name) => name.startsWith("fleet"));
    assert.deepEqual(names, ["fleet_${{ inputs.stack }}_base", "fleet_${{ inputs.stack }}_${{ matrix.part }}"]);
    assert.doesNotMatch("prod_eu", stackName);
  });

  it("uploads names alone: what is reduced, never what the engine wrote", () => {
    const uploaded = steps
      .filter(({ step }) => step.uses?.startsWith("actions/upload-artifact@"))
      .map(({ step }) => step.with?.["path"]);
    assert.deepEqual([...new Set(uploaded)].sort(), [
      "cost-${{ matrix.stack }}.json",
      "fleet-${{ matrix.part }}.json",
      "fleet-base.json",
      "preview-${{ matrix.stack }}.json",
      // Names of secrets, and a patch of epochs.
      "rotation",
    ]);
  });
});

describe("scripts of the workflows", () => {
  it("call files and npm scripts that exist", () => {
    const text = steps.map(({ step }) => step.run ?? "").join("\n");
    const files = new Set([...text.matchAll(/\bci\/[\w-]+\.ts\b/g)].map(([file]) => file));
    assert.deepEqual([...files].sort(), [
      "ci/comment.ts",
      "ci/due.ts",
      "ci/environments.ts",
      "ci/fleet.ts",
      "ci/reduce.ts",
    ]);
    assert.deepEqual(
      globSync("ci/{comment,due,environments,fleet,reduce}.ts", { cwd: root }).sort(),
      [...files].sort(),
    );
  });
});
