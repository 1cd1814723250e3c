import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { main } from "../../ci/comment.ts";
import { root } from "../support/project.ts";
import { fixture, fixtureText } from "./fixtures.ts";

describe("ci/comment.ts", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "comment-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (name: string) => path.join(folder, name);

  it("writes the comment of all environments, and counts for the workflow", () => {
    writeFileSync(file("cost.json"), JSON.stringify({ before: { total: "1.00" }, after: { total: "2.00" } }));
    const outputs = main([
      ...["--environment", `dev=${fixture("rotation.json")}`],
      ...["--environment", `prod=${fixture("refused.json")}`],
      ...["--cost", `dev=${file("cost.json")}`, "--cost", `prod=${file("missing.json")}`],
      ...["--out", file("comment.md")],
    ]);
    assert.equal(outputs, "changes=5\nfailures=1\ndrift=6\n");
    const text = readFileSync(file("comment.md"), "utf8");
    assert.match(text, /^\| `dev` .* \$1\.00 → \$2\.00 \(\+\$1\.00\) \|$/m);
    assert.match(text, /^\| ❌ `prod` .* unknown \|$/m);
  });

  it("finds the files of each stack in a folder", () => {
    const stacks = JSON.stringify([
      { stack: "dev", environment: "dev" },
      { stack: "prod.data", environment: "prod" },
    ]);
    copyFileSync(fixture("rotation.json"), file("preview-dev.json"));
    copyFileSync(fixture("refused.json"), file("preview-prod.data.json"));
    writeFileSync(file("cost-dev.json"), JSON.stringify({ before: { total: "1.00" }, after: { total: "2.00" } }));
    const args = ["--stacks", stacks, "--results", folder, "--out", file("comment.md")];
    assert.equal(main(args), "changes=5\nfailures=1\ndrift=6\n");
    const text = readFileSync(file("comment.md"), "utf8");
    assert.match(text, /^\| `dev` .* \$1\.00 → \$2\.00 \(\+\$1\.00\) \|$/m);
    assert.match(text, /^\| ❌ `prod\.data` .* unknown \|$/m);
    main([...args, "--kind", "drift"]);
    assert.doesNotMatch(readFileSync(file("comment.md"), "utf8"), /Cost a month/);
  });

  it("joins the parts of an environment, and leaves a stack alone that is called as if it were one", () => {
    const stacks = [{ stack: "prod" }, { stack: "prod.p1", part: true }, { stack: "prod.own", part: "yes" }];
    const args = ["--stacks", JSON.stringify(stacks), "--results", folder, "--out", file("comment.md")];
    main(args);
    const rows = readFileSync(file("comment.md"), "utf8").match(/^\| ❌ [^|]*/gm);
    assert.deepEqual(rows, ["| ❌ `prod`, 2 stacks ", "| ❌ `prod.own` "]);
  });

  it("takes names of stacks from the list, and nothing else", () => {
    for (const list of ["", "[]", "{}", '[{"stack":"../x"}]', '[{"stack":"a|b"}]', '["dev"]', '[{"stack":"dev"},{}]']) {
      assert.throws(() => main(["--stacks", list, "--results", folder, "--out", file("x.md")]), {
        message: `--stacks must be what ci/environments.ts writes, such as [{"stack":"dev"}], received "${list}"`,
      });
    }
    assert.throws(() => main(["--stacks", '[{"stack":"dev"}]', "--out", file("x.md")]), /^Error: usage: /);
  });

  it("says so when the job of an environment left no file", () => {
    main(["--environment", `dev=${file("missing.json")}`, "--out", file("comment.md")]);
    assert.match(readFileSync(file("comment.md"), "utf8"), /The preview produced no readable JSON/);
  });

  it("counts the program's own warnings of drift", () => {
    const diagnostics = [
      { severity: "warning", message: 'warning: drift: "a/b" (a/b) in store vault was changed outside this program.' },
    ];
    writeFileSync(file("drift.json"), JSON.stringify({ changeSummary: { same: 3 }, diagnostics }));
    const outputs = main([
      "--kind",
      "drift",
      "--environment",
      `dev=${file("drift.json")}`,
      "--out",
      file("comment.md"),
    ]);
    assert.equal(outputs, "changes=0\nfailures=0\ndrift=1\n");
  });

  it("refuses a wrong command line with what is allowed", () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ["--no-warnings", path.join(root, "ci/comment.ts"), ...args], { encoding: "utf8" });
    const none = run();
    assert.equal(none.status, 2);
    assert.match(none.stderr, /^usage: node ci\/comment\.ts --stacks <list> --results <folder>/);
    const wrong = run("--environment", "Dev|x=a.json", "--out", file("x.md"));
    assert.equal(wrong.status, 2);
    assert.equal(
      wrong.stderr,
      '--environment must be <environment>=<file>, such as dev=preview-dev.json, received "Dev|x=a.json"\n',
    );
  });

  it("needs nothing but Node: the job that may write to the pull request installs no packages", () => {
    const imports = globSync("ci/*.ts", { cwd: root }).flatMap((name) =>
      [...readFileSync(path.join(root, name), "utf8").matchAll(/from "(?<from>[^"]+)"/g)].map(
        ({ groups }) => groups?.["from"] ?? "",
      ),
    );
    assert.ok(imports.length > 10);
    assert.deepEqual(
      imports.filter((from) => !/^(?:node:[\w/]+|\.\/[\w-]+\.ts)$/.test(from)),
      [],
    );
  });
});

describe("values in a preview", () => {
  /** Every text of a document becomes a canary, but the few fields that are read by name. */
  const canaries: string[] = [];
  const poisoned = (value: unknown, key = ""): unknown => {
    if (readByName.has(key)) return value;
    if (Array.isArray(value)) return value.map((each) => poisoned(each));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poisoned(each, name)]));
    }
    if (typeof value !== "string") return value;
    canaries.push(`canary${canaries.length}`);
    return `canary${canaries.length - 1}`;
  };
  const readByName = new Set([
    "op",
    "urn",
    "diffReasons",
    "replaceReasons",
    "changeSummary",
    "resourceChanges",
    "severity",
  ]);
  const leaky = [
    'password: "canaryA"',
    "token=canaryB",
    "postgres://user:canaryC@db",
    "could not write Xk29canaryDq8Z1",
    '{"dataJson":"{\\"password\\":\\"canaryE\\"}"}',
    "-----BEGIN RSA PRIVATE KEY-----\ncanaryF",
  ];

  for (const name of ["rotation.json", "rotation.events.jsonl"] as const) {
    it(`do not come through reduction or comment (${name})`, () => {
      const documents = name.endsWith("jsonl") ? fixtureText(name).trim().split("\n") : [fixtureText(name)];
      const text = documents.map((each) => JSON.stringify(poisoned(JSON.parse(each)))).join("\n");
      const withErrors = name.endsWith("jsonl")
        ? [text, ...leaky.map((message) => JSON.stringify({ diagnosticEvent: { severity: "error", message } }))].join(
            "\n",
          )
        : JSON.stringify({
            ...(JSON.parse(text) as object),
            diagnostics: leaky.map((message) => ({ severity: "error", message })),
          });
      assert.ok(canaries.length > 100, "the document holds texts in many places");
      const reduced = execFileSync(process.execPath, ["--no-warnings", path.join(root, "ci/reduce.ts")], {
        input: withErrors,
        encoding: "utf8",
      });
      assert.doesNotMatch(reduced, /canary/);
      assert.match(reduced, /mlflow\/db-password\/password@2026-12-01/, "names come through");
      const folder = mkdtempSync(path.join(tmpdir(), "comment-"));
      writeFileSync(path.join(folder, "in.json"), withErrors);
      main(["--environment", `dev=${path.join(folder, "in.json")}`, "--out", path.join(folder, "out.md")]);
      assert.doesNotMatch(readFileSync(path.join(folder, "out.md"), "utf8"), /canary/);
      rmSync(folder, { recursive: true });
    });
  }
});
