import assert from "node:assert/strict";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import { reportedStack } from "../../cli/report/options.ts";
import { stackOf } from "../../cli/stack.ts";
import { repositoryRoot } from "../../sandbox/layout.ts";

const ask = (chosen: string, target?: string) => stackOf({ root: repositoryRoot, target, chosen });

describe("--stack", () => {
  it("takes the name that the engine prints for a state of one's own", async () => {
    for (const name of ["prod", "organization/prod", "organization/multicloud-secrets/prod"]) {
      assert.deepEqual(await ask(name), { stack: "prod" }, name);
      assert.deepEqual(await ask(name, "prod"), { stack: "prod" }, name);
      assert.deepEqual(await ask(name, "mlflow"), { stack: "prod", rest: "mlflow" }, name);
    }
    assert.deepEqual(await ask("organization/multicloud-secrets/prod.p1"), { stack: "prod.p1" });
    const full = "organization/multicloud-secrets/prod";
    assert.deepEqual(await stackOf({ root: repositoryRoot, target: full, chosen: undefined }), { stack: "prod" });
    assert.equal(await reportedStack({ root: repositoryRoot, target: full, chosen: undefined }), "prod");
  });

  it("refuses another organization, which the engine would not use", async () => {
    await assert.rejects(ask("acme/multicloud-secrets/prod"), (error) => {
      assert.ok(error instanceof ExpectedError);
      assert.equal(
        error.message,
        '--stack is "acme/multicloud-secrets/prod": a stack is named without its organization, which is the default one of the CLI\n' +
          "    fix: pulumi org set-default acme, then --stack prod",
      );
      return true;
    });
  });

  it("refuses what is no name at all", async () => {
    for (const name of ["organization/", "a/b/c/d", "ac me/prod"]) {
      await assert.rejects(ask(name), /\n {4}fix: --stack <environment>$/, name);
    }
  });
});
