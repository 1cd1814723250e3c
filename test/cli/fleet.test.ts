import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "../support/project.ts";
import { typed } from "./captured.ts";

/** What stands in for the engine: notes what it is asked, and has the two stacks of the environment. */
const engine = `#!/bin/sh
echo "$*" >> "$ASKED"
case "$1 $2" in
  "stack ls") echo '[{"name":"dev"},{"name":"dev.blue"}]' ;;
  "stack export") echo '{"version":3,"deployment":{}}' ;;
esac
`;

describe("secrets fleet, where one stack has all, however it is called", () => {
  let folder: string;
  const saved = process.env["PATH"];
  const asked = async () => (await readFile(path.join(folder, "asked"), "utf8")).trim().split("\n");
  const fleet = (...words: readonly string[]) => typed("fleet", ...words, "--root", folder);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "fleet-"));
    await copyFile(path.join(root, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    for (const stack of ["dev", "dev.blue"]) {
      await copyFile(path.join(root, "Pulumi.dev.yaml"), path.join(folder, `Pulumi.${stack}.yaml`));
    }
    await writeFile(path.join(folder, "pulumi"), engine, { mode: 0o755 });
    process.env["PATH"] = `${folder}:${saved ?? ""}`;
    process.env["ASKED"] = path.join(folder, "asked");
  });
  afterEach(async () => {
    process.env["PATH"] = saved;
    delete process.env["ASKED"];
    await rm(folder, { recursive: true });
  });

  it("runs that one", async () => {
    const { code, stdout } = await fleet("destroy", "dev.blue", "--yes", "--json");
    const { parts } = JSON.parse(stdout) as { readonly parts: readonly { readonly stack: string }[] };
    assert.deepEqual({ code, stacks: parts.map(({ stack }) => stack) }, { code: 0, stacks: ["dev.blue"] });
    assert.equal(
      (await asked()).at(-1),
      "destroy --yes --skip-preview --json --non-interactive --color never --stack dev.blue",
    );
  });

  it("plans that one", async () => {
    const { code, stdout } = await fleet("plan", "dev.blue");
    assert.equal(code, 0);
    assert.match(stdout, /^dev\.blue is one stack\.\n[^]*│ base │ dev\.blue │/);
    assert.deepEqual(await asked(), [
      "stack ls --json --non-interactive",
      "stack export --stack dev.blue --non-interactive",
    ]);
  });

  it("spreads nothing, since parts are called as the environment", async () => {
    assert.deepEqual(await fleet("plan", "dev.blue", "--write", "--full", "5"), {
      code: 2,
      stdout: "",
      stderr:
        "Nothing was changed: dev.blue is about 137 resources, a part is full at 5, and only the environment's own stack, dev, has parts\n" +
        "    fix: leave it one stack, which may have 1000 (maximumResources); or deploy its applications in an environment of their own\n",
    });
    assert.deepEqual(await fleet("move", "dev.blue", "mlflow", "p1"), {
      code: 2,
      stdout: "",
      stderr:
        "Nothing was changed: dev.blue is one stack; only the environment's own stack, dev, has parts\n" +
        "    fix: npx secrets fleet move dev mlflow p1\n",
    });
  });

  it("is not taken for a part of it, and keeps its file", async () => {
    await rename(path.join(folder, "Pulumi.dev.blue.yaml"), path.join(folder, "Pulumi.dev.p1.yaml"));
    const files = () =>
      Promise.all(["dev", "dev.p1"].map((each) => readFile(path.join(folder, `Pulumi.${each}.yaml`), "utf8")));
    const before = await files();
    assert.deepEqual(await fleet("plan", "dev", "--write", "--full", "100"), {
      code: 2,
      stdout: "",
      stderr:
        "Pulumi.dev.p1.yaml is no link to Pulumi.dev.yaml, which all parts of the environment read. Nothing was changed.\n" +
        "    fix: if nobody needs what it has: ln -sf Pulumi.dev.yaml Pulumi.dev.p1.yaml\n",
    });
    assert.deepEqual(await files(), before);
  });

  it("says how an environment gets parts that has room in one stack", async () => {
    assert.deepEqual(await fleet("move", "dev", "mlflow", "p1"), {
      code: 2,
      stdout: "",
      stderr:
        "Nothing was changed: environment dev has no parts\n" +
        "    fix: npx secrets fleet plan dev --write; where one stack has room for all of it, with --full <resources>, a smaller number\n",
    });
  });

  it("prints files for that one", async () => {
    const words = [
      "--for",
      "operator",
      "--repository",
      "https://github.com/acme/secrets",
      "--backend",
      "gs://acme-state",
    ];
    const { stdout } = await fleet("files", "dev.blue", ...words);
    assert.deepEqual(/^ {2}stack: .+$/gm.exec(stdout)?.[0], "  stack: organization/multicloud-secrets/dev.blue");
  });
});
