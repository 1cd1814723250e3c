import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "../support/project.ts";
import { sourcesOfWords, sourceWords } from "../../cli/migrate/options.ts";
import { secrets } from "./command-line.ts";

const canary = "c4nary-Vq8Zt2";

describe("npx secrets migrate run, retire and rollback", () => {
  let folder = "";
  const file = (name: string) => path.join(folder, name);
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "migrate-"));
    await writeFile(file(".env"), `HF_TOKEN=${canary}\n`);
    for (const name of ["Pulumi.yaml", "Pulumi.sandbox.yaml"]) await cp(path.join(root, name), file(name));
  });
  after(() => rm(folder, { recursive: true }));
  const migrate = (...words: readonly string[]) => secrets("migrate", ...words, "--stack", "sandbox", "--root", folder);

  it("shows the plan alone with --dry-run, and changes nothing", async () => {
    const planned = await migrate("plan", file(".env"));
    assert.deepEqual(await migrate("run", file(".env"), "--dry-run"), planned);
    assert.equal(planned.code, 0);
    assert.equal(existsSync(file(".secrets")), false);
  });

  it("refuses before the first change, with the reason and no value", async () => {
    // No cluster is where the facts say that one is.
    const { code, stdout, stderr } = await migrate("run", file(".env"), "--json");
    const kubeconfig = file(".sandbox/kubeconfigs/admin.yaml");
    const message =
      `Nothing was changed. kubeconfig ${kubeconfig}: ENOENT: no such file or directory, open '${kubeconfig}'\n` +
      "    fix: check the cluster's facts (kubeconfig, context), that it answers, and what its user may do: kubectl auth can-i --list";
    assert.deepEqual({ code, stderr }, { code: 2, stderr: `${message}\n` });
    assert.deepEqual(JSON.parse(stdout), { error: { kind: "refused", message } });
    assert.equal(existsSync(file(".secrets")), false);
  });

  it("says that no migration runs, where one is to be ended or taken back", async () => {
    const message = "No migration runs in this environment: there is nothing to retire.";
    assert.deepEqual(await migrate("retire"), { code: 2, stdout: "", stderr: `${message}\n` });
    const stdout = "No migration runs: there is nothing to take back.\n";
    assert.deepEqual(await migrate("rollback"), { code: 0, stdout, stderr: "" });
  });

  it("refuses to write files and to keep them at once", async () => {
    const { code, stderr } = await migrate("retire", "--write", "--keep");
    assert.equal(code, 2);
    assert.match(stderr, /option '--write' cannot be used with option '--keep'/);
  });

  it("refuses a phase that does not exist", async () => {
    const { code, stderr } = await migrate("run", file(".env"), "--until", "delete");
    assert.equal(code, 2);
    assert.match(stderr, /Allowed choices are install, store, beside, prove, switch\./);
  });

  it("names sources and options again as they have to be typed", () => {
    const none = { json: false, root: ".", take: [], only: [], leave: [] };
    assert.deepEqual(sourceWords([".env"], none), [".env"]);
    const words = sourceWords(["my values.yaml", "live:shop/a"], {
      ...none,
      to: "shop/a",
      take: ["a[0].key=KEY", "B"],
    });
    assert.equal(words.join(" "), "'my values.yaml' live:shop/a --to shop/a --take 'a[0].key=KEY' B");
    const { sources, options } = sourcesOfWords(words);
    assert.deepEqual(
      [sources, options.to, options.take],
      [["my values.yaml", "live:shop/a"], "shop/a", ["a[0].key=KEY", "B"]],
    );
    const quoted = sourceWords(["it's"], none);
    assert.deepEqual([quoted, sourcesOfWords(quoted).sources], [["'it'\\''s'"], ["it's"]]);
  });
});
