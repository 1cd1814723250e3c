import assert from "node:assert/strict";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RotationReport } from "../../operations/rotate/model.ts";
import { root } from "../support/project.ts";
import { secrets } from "./command-line.ts";

const today = new Date().toISOString().slice(0, 10);

describe("npx secrets rotate", () => {
  let folder = "";
  let before = "";
  const file = (name: string) => path.join(folder, name);
  const rotate = (...words: readonly string[]) => secrets("rotate", ...words, "--stack", "dev", "--root", folder);
  const facts = () => readFile(file("Pulumi.dev.yaml"), "utf8");
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "rotate-"));
    for (const name of ["Pulumi.yaml", "Pulumi.dev.yaml"]) await cp(path.join(root, name), file(name));
    before = await facts();
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Puts an engine into the search path that knows this state, and fails an `up` in these words. */
  async function withEngine(kept: readonly string[], said: string, work: () => Promise<void>): Promise<void> {
    const resources = kept.map((name) => ({ urn: `urn:pulumi:dev::multicloud-secrets::pulumi:index:Stash::${name}` }));
    await mkdir(file("bin"));
    await writeFile(
      file("bin/pulumi"),
      `#!/bin/sh\ncase "$1 $2" in\n"stack export") echo '${JSON.stringify({ deployment: { resources } })}';;\n` +
        `"stack history") echo null;;\nup*) echo '${said}' >&2; exit 255;;\nesac\n`,
    );
    await chmod(file("bin/pulumi"), 0o755);
    const found = process.env["PATH"];
    process.env["PATH"] = `${file("bin")}:${found ?? ""}`;
    try {
      await work();
    } finally {
      process.env["PATH"] = found;
    }
  }

  it("moves epochs alone with --config-only, and changes nothing else of the file", async () => {
    const { code, stdout, stderr } = await rotate("mlflow/db-password", "minio/root", "--config-only", "--json");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const { outcome, rotations } = JSON.parse(stdout) as RotationReport;
    assert.deepEqual(
      { outcome, rotations: rotations.map(({ id, from, to }) => ({ id, from, to })) },
      {
        outcome: "moved",
        rotations: ["mlflow/db-password", "minio/root"].map((id) => ({ id, from: "initial", to: today })),
      },
    );
    const added = `  multicloud-secrets:rotations:\n    mlflow/db-password: "${today}"\n    minio/root: "${today}"\n`;
    const after = await facts();
    assert.ok(after.includes(added), after);
    assert.equal(after.replace(added, ""), before);
    // A second one on the day gets a time.
    assert.equal((await rotate("minio/root", "--no-up")).code, 0);
    assert.match(await facts(), new RegExp(`    minio/root: "${today}T\\d{2}:\\d{2}:\\d{2}Z"\n`));
  });

  it("leaves out what --except names", async () => {
    const { stdout } = await rotate("--all", "--application", "mlflow", "--config-only", "--json");
    const whole = (JSON.parse(stdout) as RotationReport).rotations.map(({ id }) => id);
    const some = await rotate(
      "--all",
      "--application",
      "mlflow",
      "--except",
      "mlflow/db-password",
      "--dry-run",
      "--json",
    );
    const { rotations } = JSON.parse(some.stdout) as RotationReport;
    assert.deepEqual(
      rotations.map(({ id }) => id),
      whole.filter((id) => id !== "mlflow/db-password"),
    );
  });

  it("shows the steps with --dry-run, without an engine at hand, and changes nothing", async () => {
    const { code, stdout } = await rotate("mlflow/db-password", "--dry-run");
    assert.equal(code, 0);
    assert.ok(
      stdout.startsWith("dev: 1 secret would be rotated. Nothing was changed.\n\nmlflow/db-password: initial → "),
    );
    assert.equal(await facts(), before);
  });

  it("says that nothing is due", async () => {
    await withEngine([], "", async () => {
      await writeFile(file("Pulumi.dev.yaml"), before.replace('created: "2026-11-22"', `created: "${today}"`));
      const text = "dev: there is nothing to rotate.\n";
      assert.deepEqual(await rotate("--due"), { code: 0, stdout: text, stderr: "" });
      assert.deepEqual(await rotate("--due", "--config-only"), { code: 0, stdout: text, stderr: "" });
    });
  });

  it("fails with what the engine says, keeps the epoch, and goes on with it", async () => {
    const kept = ["mlflow/db-password/password"];
    await withEngine(kept, "error: the store is down", async () => {
      const failed = await rotate("mlflow/db-password");
      const message =
        "The rotation is not finished:\n" +
        "  mlflow/db-password: not begun: no new value was made, and everything keeps the previous one\n" +
        "pulumi up ended with exit code 255:\n  error: the store is down\n" +
        "    fix: put right what is said above, then run the same command again: it goes on with the same new values\n";
      assert.deepEqual(failed, { code: 3, stdout: "", stderr: message });
      const moved = await facts();
      assert.ok(moved.includes(`    mlflow/db-password: "${today}"\n`));
      assert.deepEqual(await rotate("mlflow/db-password"), failed);
      assert.equal(await facts(), moved);
    });
  });

  it("says who is at work on the stack", async () => {
    const said =
      "error: the stack is currently locked by 1 lock(s). x.json: created by ci@runner-3 (pid 478) at 2026-12-01T10:00:00Z";
    await withEngine(["mlflow/db-password/password"], said, async () => {
      const { code, stderr } = await rotate("mlflow/db-password");
      assert.equal(code, 3);
      assert.match(
        stderr,
        /^Another run is at work on stack dev: ci@runner-3 \(process 478\), since 2026-12-01T10:00:00Z\./,
      );
    });
  });

  it("tries no target where no secret is the login of one, with --rehearse", async () => {
    const text = "dev: no secret is the login of a target. Nothing was tried.\n";
    assert.deepEqual(await rotate("--rehearse"), { code: 0, stdout: text, stderr: "" });
    assert.equal(await facts(), before);
  });

  const refusals: Readonly<Record<string, readonly [words: readonly string[], message: string]>> = {
    nothing: [
      [],
      "Nothing is named that is to be rotated. Nothing was changed.\n    fix: name <application>/<secret>, or --due, or --all\n",
    ],
    "two choices": [
      ["minio/root", "--due"],
      "Ids, --due and --all are different choices. Nothing was changed.\n    fix: give one of them\n",
    ],
    "--within without --due": [
      ["--all", "--within", "3"],
      "--within is a part of --due. Nothing was changed.\n    fix: add --due, or leave it out\n",
    ],
    "no number": [
      ["--due", "--within", "soon"],
      '--within is "soon", which is no whole number from 0 to 3650. Nothing was changed.\n    fix: --within 7\n',
    ],
    "--leaked for a pull request": [
      ["minio/root", "--leaked", "--config-only"],
      "--leaked carries out every rotation itself: two accounts by turns take two runs. Nothing was changed.\n    fix: leave out --config-only\n",
    ],
    "old versions without a leak": [
      ["minio/root", "--disable-old-versions", "--yes"],
      "--disable-old-versions is a part of --leaked: without a leak, versions are for going back. Nothing was changed.\n    fix: add --leaked, or leave it out\n",
    ],
    "old versions where nobody can be asked": [
      ["minio/root", "--leaked", "--disable-old-versions"],
      "--disable-old-versions asks before it changes anything, and there is no terminal to ask on. Nothing was changed.\n    fix: add --yes\n",
    ],
    "--yes to nothing": [
      ["minio/root", "--yes"],
      "--yes agrees to --disable-old-versions, and nothing else is asked. Nothing was changed.\n    fix: leave it out\n",
    ],
    "--rehearse with what would rotate": [
      ["--rehearse", "--leaked"],
      "--rehearse asks targets, and rotates nothing. Nothing was changed.\n    fix: leave out --leaked, --config-only and --dry-run\n",
    ],
    "an unknown id": [
      ["minio/rot", "--config-only"],
      "A rotation in environment dev was refused: 1 problem. Nothing was changed.\n  minio/rot: is no secret of this environment, as <application>/<secret>; did you mean minio/root? there are argocd/admin, deparrow/app, deparrow/postgres, deparrow/redis, grafana/admin, huggingface/token, minio/credentials, minio/root, mlflow/db-password, mlflow/tracking, model-registry/db, model-server/admin-token\n",
    ],
  };
  for (const [name, [words, message]] of Object.entries(refusals)) {
    it(`refuses ${name}`, async () => {
      assert.deepEqual(await rotate(...words), { code: 2, stdout: "", stderr: message });
      assert.equal(await facts(), before);
    });
  }
});
