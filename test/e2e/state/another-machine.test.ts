import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connection } from "../support/platform.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { open, runOn, type Operation, type StackOptions } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";

const namespace = "machine";
const tenant = tenantStack(namespace, [namespace]);
/** The facts name no file: the kubeconfig is what the machine that runs has in KUBECONFIG. */
const stackOf = (cluster: Readonly<Record<string, string>> = {}): StackOptions => {
  const local = { externalSecrets: { install: false }, kubeconfig: null, ...cluster };
  return { ...tenant, facts: { ...tenant.facts, clusters: { local } } };
};

/** Runs where KUBECONFIG has this path: for the program, which is this process, and for the plugins. */
async function runWith(kubeconfig: string, operation: Operation, options: StackOptions) {
  const before = process.env["KUBECONFIG"];
  process.env["KUBECONFIG"] = kubeconfig;
  try {
    const stack = await open(options);
    stack.workspace.envVars = { ...stack.workspace.envVars, KUBECONFIG: kubeconfig };
    return await runOn(stack, operation);
  } finally {
    if (before === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = before;
  }
}

describe("a stack that runs on one machine, then on another", () => {
  let folder = "";
  const here = () => connection().kubeconfig;

  before(async () => {
    await deployShared();
    folder = await mkdtemp(path.join(tmpdir(), "another-machine-"));
    const { ok, errors } = await runWith(here(), "up", stackOf());
    assert.ok(ok, errors.join("\n"));
  });
  after(async () => {
    const { ok, errors } = await runWith(here(), "destroy", stackOf());
    assert.ok(ok, errors.join("\n"));
    await rm(folder, { recursive: true });
  });

  it("has no path of a kubeconfig in its state", async () => {
    const { deployment } = (await (await open(stackOf())).exportStack()) as {
      readonly deployment: {
        readonly resources: readonly { readonly type: string; readonly inputs?: Readonly<Record<string, unknown>> }[];
      };
    };
    const providers = deployment.resources.filter(({ type }) => type === "pulumi:providers:kubernetes");
    assert.deepEqual(
      providers.map(({ inputs }) => [inputs?.["kubeconfig"], inputs?.["clusterIdentifier"]]),
      [["", "local"]],
    );
  });

  it("does not change with the path", async () => {
    const elsewhere = path.join(folder, "kubeconfig");
    await copyFile(here(), elsewhere);
    for (const operation of ["preview", "up"] as const) {
      const { ok, errors, changes, steps } = await runWith(elsewhere, operation, stackOf());
      assert.deepEqual([ok, errors, changes, steps], [true, [], {}, []], operation);
    }
  });

  it("is refused with facts that name another cluster, before anything is changed", async () => {
    const { ok, errors, steps } = await runWith(here(), "up", stackOf({ context: "another" }));
    assert.deepEqual([ok, steps], [false, []]);
    assert.match(
      errors.join("\n"),
      /clusters\.local: the state has its objects in cluster "local", but the facts now name "another"/,
    );
  });
});
