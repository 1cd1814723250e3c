import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { root } from "./project.ts";

/** The list that sets the order of the end-to-end tests, and what has to hold of it. */
const { spec, sort } = parse(readFileSync(path.join(root, ".mocharc.e2e.yaml"), "utf8")) as {
  readonly spec: readonly string[];
  readonly sort: boolean;
};
/** The scripts of package.json that run one part each. */
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const scenarioOf = (file: string) => file.split("/").slice(0, 3).join("/");

describe("the order of the end-to-end tests", () => {
  it("lists each file once, and only files that exist", () => {
    const files = globSync("test/e2e/**/*.test.ts", { cwd: root });
    assert.deepEqual([...spec].sort(), files.sort());
  });

  it("is the order that mocha keeps", () => {
    assert.equal(sort, false);
  });

  it("starts on a cluster that nothing was ever installed in", () => {
    assert.equal(spec[0], "test/e2e/first-day/empty-cluster.test.ts");
  });

  it("runs the files of a scenario one after the other", () => {
    const turns = spec.map(scenarioOf).filter((scenario, index, all) => scenario !== all[index - 1]);
    assert.deepEqual(turns, [...new Set(turns)]);
  });

  it("runs in three parts, each scenario in one of them", () => {
    const parts = ["test:e2e:first", "test:e2e:official", "test:e2e:second"].map((script) => {
      const ignored = /--ignore '([^']+)'/.exec(scripts[script] ?? "")?.[1];
      assert(ignored !== undefined, script);
      return spec.filter((file) => !path.posix.matchesGlob(file, ignored)).map(scenarioOf);
    });
    const scenarios = parts.flatMap((part) => [...new Set(part)]);
    assert.deepEqual(scenarios.sort(), [...new Set(spec.map(scenarioOf))].sort());
  });

  it("is the order in which the README describes the scenarios", () => {
    const readme = readFileSync(path.join(root, "test/e2e/README.md"), "utf8");
    const described = [...readme.matchAll(/^\| \[`([\w-]+)`\]/gm)].map(([, scenario]) => `test/e2e/${scenario}`);
    assert.deepEqual(described, [...new Set(spec.map(scenarioOf))]);
  });
});
