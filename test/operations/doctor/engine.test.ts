import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pulumiReader, type EngineState } from "../../../operations/doctor/engine-reader.ts";
import { environment, facts } from "../../support/fixtures.ts";
import { partOf } from "../../../stacks/config/part.ts";
import { chainOf, diagnose, told, type World } from "./scene.ts";

const sound: EngineState = { names: new Set(["main/shop/shop-db"]), kept: new Set(), pending: [] };

describe("the doctor, asked about the engine", () => {
  const symptoms: Readonly<Record<string, readonly [state: Partial<EngineState>, said: string]>> = {
    "a stack that was never deployed": [
      { names: new Set() },
      "engine first: stack test has nothing in its state: it was never deployed, or its state was lost\nfix: pulumi up --stack test",
    ],
    "a Secret that was not deployed yet": [
      { names: new Set(["main/shop/other"]) },
      "engine first: stack test does not have Secret shop/shop-db in its state: it was not deployed since the catalogue has it, or failed before\nfix: pulumi up --stack test",
    ],
    "a run that was killed": [
      { pending: ["creating main/shop/other"] },
      "engine warning: stack test was killed in the middle of a run\ncreating main/shop/other\nfix: pulumi up --stack test",
    ],
    "a run that failed": [
      { last: { kind: "update", result: "failed", startedAt: "2026-02-28T00:00:00.000Z" } },
      "engine warning: stack test failed in its last update, of 2026-02-28T00:00:00.000Z\nfix: pulumi up --stack test",
    ],
    "a run that goes on": [
      { last: { kind: "update", result: "in-progress", startedAt: "2026-02-28T00:00:00.000Z" } },
      "engine warning: stack test is being changed by another run since 2026-02-28T00:00:00.000Z, or was left so by one that was killed\nfix: wait for that run; where there is none: pulumi cancel --stack test",
    ],
  };
  for (const [symptom, [state, said]] of Object.entries(symptoms)) {
    it(`names ${symptom}`, async () => {
      const report = await diagnose((world) => (world.engine = { value: { ...sound, ...state } }));
      assert.deepEqual(told(report), [said]);
    });
  }

  it("asks the stack of the part that has the Secret, and names it in what puts it right", async () => {
    const spec = environment({ facts: { ...facts, parts: { base: [], p1: ["shop"] } } });
    const failed = { kind: "update", result: "failed", startedAt: "2026-02-28T00:00:00.000Z" };
    const report = await diagnose(
      (world) => {
        world.engine = { value: { ...sound, names: new Set(["main/operator"]) } };
        world.engines["test.p1"] = { value: { ...sound, last: failed } };
        world.objects.SecretStore = [];
        // The operator is the base's.
        world.served = ["v1beta1"];
      },
      { spec },
    );
    assert.deepEqual(
      report.problems.map(({ link, fix }) => `${link}: ${fix?.split(" && ").at(-1) ?? ""}`),
      [
        "operator: pulumi up --refresh --stack test",
        "engine: pulumi up --stack test.p1",
        "store: pulumi up --refresh --stack test.p1",
      ],
    );
    const missing = await diagnose(
      (world) => {
        world.engines["test.p1"] = { value: { ...sound, names: new Set(["main/shop/other"]) } };
      },
      { spec },
    );
    assert.deepEqual(told(missing), [
      "engine first: stack test.p1 does not have Secret shop/shop-db in its state: it was not deployed since the catalogue has it, or failed before\nfix: pulumi up --stack test.p1",
    ]);
  });

  it("says of what parts share the same in a part: it is the base's, whose file has the facts", async () => {
    const whole = environment({ facts: { ...facts, parts: { base: [], p1: ["shop"] } } });
    const change = (world: World) => {
      world.engine = { value: sound };
      world.served = ["v1beta1"];
    };
    const all = await diagnose(change, { spec: whole });
    const part = await diagnose(change, { spec: partOf(whole, "p1"), stack: "test.p1" });
    assert.equal(part.stack, "test.p1");
    assert.deepEqual(told(part), told(all));
    assert.match(told(part)[0] ?? "", /pulumi up --refresh --stack test$/);
  });

  it("asks a stack that is not called as its environment", async () => {
    const pending = ["creating main/shop/other"];
    const report = await diagnose(
      (world) => {
        world.engine = { refused: "no stack named 'test' found" };
        world.engines["test.blue"] = { value: { ...sound, pending } };
      },
      { stack: "test.blue" },
    );
    assert.deepEqual(told(report), [
      "engine warning: stack test.blue was killed in the middle of a run\ncreating main/shop/other\nfix: pulumi up --stack test.blue",
    ]);
  });

  it("says why the engine was not asked, and knows whether the Secret is sound all the same", async () => {
    const report = await diagnose((world) => (world.engine = { refused: "pulumi is not installed" }));
    assert.equal(report.secrets[0]?.verdict, "sound");
    assert.equal(chainOf(report)[0], "engine unchecked");
    assert.deepEqual(
      report.unchecked.map(({ subject, reason }) => `${subject}: ${reason}`),
      ["the state of stack test: pulumi is not installed"],
    );
  });
});

describe("what the engine is asked", () => {
  let folder = "";
  before(async () => (folder = await mkdtemp(path.join(tmpdir(), "engine-"))));
  after(() => rm(folder, { recursive: true }));

  /** A CLI that prints this. */
  async function cli(name: string, script: string): Promise<string> {
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\necho "$@" >> ${folder}/asked\n${script}\n`);
    await chmod(file, 0o755);
    return file;
  }

  it("is its state and its newest run, by the CLI, and nothing that changes or decrypts", async () => {
    const state = {
      deployment: {
        resources: [
          { urn: "urn:pulumi:dev::p::pulumi:index:Stash::shop/db" },
          { urn: "urn:pulumi:dev::p::a::main/shop/db" },
        ],
        pending_operations: [
          { type: "creating", resource: { urn: "urn:pulumi:dev::p::a::main/shop/other" } },
          // The engine keeps this note after a later run has created it.
          { type: "creating", resource: { urn: "urn:pulumi:dev::p::a::main/shop/db" } },
          { type: "updating", resource: { urn: "urn:pulumi:dev::p::a::main/shop/db" } },
        ],
      },
    };
    const runs = [{ kind: "update", result: "failed", startTime: "2026-02-28T00:00:00.000Z" }];
    const program = await cli(
      "pulumi",
      `case "$2" in export) echo '${JSON.stringify(state)}';; history) echo '${JSON.stringify(runs)}';; esac`,
    );
    assert.deepEqual(await pulumiReader({ root: folder, program })("dev"), {
      value: {
        names: new Set(["shop/db", "main/shop/db"]),
        kept: new Set(["shop/db"]),
        pending: ["creating main/shop/other", "updating main/shop/db"],
        last: { kind: "update", result: "failed", startedAt: "2026-02-28T00:00:00.000Z" },
      },
    });
    assert.deepEqual((await readFile(path.join(folder, "asked"), "utf8")).trim().split("\n"), [
      "stack export --stack dev --non-interactive",
      "stack history --json --page-size 1 --page 1 --stack dev --non-interactive",
    ]);
  });

  it("has no answer where the CLI is missing, refuses, or prints something else", async () => {
    assert.deepEqual(await pulumiReader({ root: folder, program: path.join(folder, "nowhere") })("dev"), {
      refused: "pulumi is not installed",
    });
    const refusing = await cli("refusing", `echo "error: no stack named 'dev' found" >&2; exit 255`);
    assert.deepEqual(await pulumiReader({ root: folder, program: refusing })("dev"), {
      refused: "no stack named 'dev' found",
    });
    const warning = await cli("warning", `echo "warning: A new version of Pulumi is available" >&2; exec ${refusing}`);
    assert.deepEqual(await pulumiReader({ root: folder, program: warning })("dev"), {
      refused: "no stack named 'dev' found",
    });
    const other = await cli("other", "echo '{\"c4nary\": 1}'");
    assert.deepEqual(await pulumiReader({ root: folder, program: other })("dev"), {
      refused: "pulumi gave no answer that is understood",
    });
  });
});
