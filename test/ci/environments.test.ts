import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { outputsOf, policies, stacksByStage } from "../../ci/environments.ts";
import { UsageError } from "../../ci/files.ts";

describe("ci/environments.ts", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "environments-"));
    mkdirSync(path.join(folder, policies), { recursive: true });
    write("package.json", '{ "type": "module" }');
    write("Pulumi.yaml", "name: x\n");
    environment("dev", "development");
    environment("prod", "production");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
  };
  const policy = (name: string, text: string) => {
    write(path.join(policies, `${name}.ts`), text);
  };
  function environment(name: string, stage: string): void {
    write(`Pulumi.${name}.yaml`, "config: {}\n");
    policy(name, `export const it: { readonly stage: string } = { stage: "${stage}" };\n`);
  }
  const problemsOf = async () => {
    const error = await stacksByStage(folder).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof UsageError);
    return error.message;
  };

  it("prints the stacks of each stage as entries of a matrix, production last", async () => {
    environment("another", "production");
    assert.equal(
      outputsOf(await stacksByStage(folder)),
      'all=[{"stack":"dev","environment":"dev"},{"stack":"another","environment":"another"},{"stack":"prod","environment":"prod"}]\n' +
        'development=[{"stack":"dev","environment":"dev","parts":[]}]\n' +
        "acceptance=[]\n" +
        'production=[{"stack":"another","environment":"another","parts":[]},{"stack":"prod","environment":"prod","parts":[]}]\n',
    );
  });

  it("lists every part of a split environment, under the environment's own policy", async () => {
    rmSync(path.join(folder, "Pulumi.prod.yaml"));
    for (const part of ["b", "a"]) write(`Pulumi.prod.${part}.yaml`, "config: {}\n");
    assert.deepEqual((await stacksByStage(folder)).get("production"), [
      { stack: "prod.a", environment: "prod" },
      { stack: "prod.b", environment: "prod" },
    ]);
  });

  it("previews every part of a fleet, and names all of them in the entry that deploys their environment", async () => {
    for (const part of ["p1", "p10", "p2"])
      symlinkSync("Pulumi.prod.yaml", path.join(folder, `Pulumi.prod.${part}.yaml`));
    const entry = (stack: string, more = "") =>
      `{"stack":"${stack}","environment":"${stack.split(".")[0] ?? ""}"${more}}`;
    assert.equal(
      outputsOf(await stacksByStage(folder)),
      `all=[${["dev", "prod"].map((stack) => entry(stack)).join(",")},` +
        `${["prod.p1", "prod.p10", "prod.p2"].map((stack) => entry(stack, ',"part":true')).join(",")}]\n` +
        `development=[${entry("dev", ',"parts":[]')}]\n` +
        "acceptance=[]\n" +
        `production=[${entry("prod", ',"parts":["p1","p2","p10"]')}]\n`,
    );
  });

  it("leaves out what is deployed by hand, and a policy without facts", async () => {
    environment("sandbox", "by-hand");
    policy("planned", 'export const planned = { stage: "production" };\n');
    assert.doesNotMatch(outputsOf(await stacksByStage(folder)), /sandbox|planned/);
  });

  it("says so when there is nothing to deploy", async () => {
    for (const name of ["dev", "prod"]) rmSync(path.join(folder, `Pulumi.${name}.yaml`));
    assert.equal(outputsOf(await stacksByStage(folder)), "all=[]\ndevelopment=[]\nacceptance=[]\nproduction=[]\n");
  });

  it("refuses facts without a policy: nobody would deploy them", async () => {
    write("Pulumi.qa.yaml", "config: {}\n");
    assert.equal(
      await problemsOf(),
      "Nothing is previewed or deployed: one stack has no stage.\n" +
        `  Pulumi.qa.yaml: environment "qa" has no policy\n` +
        `    fix: write ${policies}/qa.ts, see CONTRIBUTING.md, How to add`,
    );
  });

  it("refuses a stage that it does not know, a policy without one, and a name that can't be one, all at once", async () => {
    environment("qa", "testing");
    write("Pulumi.bare.yaml", "config: {}\n");
    policy("bare", "export const bare = { retain: true };\n");
    environment("Big", "production");
    const allowed = 'with a stage of "development", "acceptance", "production", "by-hand"';
    assert.equal(
      await problemsOf(),
      "Nothing is previewed or deployed: 3 stacks have no stage.\n" +
        '  Pulumi.Big.yaml: "Big" must be up to 40 lowercase letters, digits, "." or "-"\n' +
        `  Pulumi.bare.yaml: ${policies}/bare.ts must export one policy ${allowed}, received null\n` +
        `  Pulumi.qa.yaml: ${policies}/qa.ts must export one policy ${allowed}, received "testing"`,
    );
  });
});
