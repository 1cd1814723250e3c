import assert from "node:assert/strict";
import { links } from "../../../operations/doctor/model.ts";
import { cli } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { deployShared, shared } from "../support/shared-small-stack.ts";
import { run } from "../support/stacks.ts";
import { vaultOk } from "../support/vault.ts";
import { examined, firstOf, isContent, mend, named, told } from "./scene.ts";

const up = "pulumi up --refresh --stack shared";

/** Takes something away or changes it by hand. */
async function kubectl(...args: readonly string[]): Promise<void> {
  const { code, output } = await cli("kubectl", args);
  assert.equal(code, 0, output);
}

const patch = (kind: string, name: string, change: object, namespace = "shared") =>
  kubectl("patch", kind, name, `--namespace=${namespace}`, "--type=merge", "-p", JSON.stringify(change));

describe("the doctor, on a stack in which something was broken by hand", () => {
  before(deployShared);
  // What a test that fails leaves broken must not fail the next one.
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await run("up", shared, { refresh: true });
  });

  it("finds nothing at first, and saw every link", async () => {
    const report = await examined(shared);
    assert.deepEqual(report.problems, []);
    assert.deepEqual(report.unchecked, []);
    const quiet = ["quota", "dates"];
    for (const { verdict, chain } of report.secrets) {
      assert.equal(verdict, "sound");
      assert.deepEqual(
        chain.map(({ link }) => link),
        links.filter((link) => !quiet.includes(link)),
      );
    }
  });

  symptom("names four objects of the store and one ExternalSecret, each with its own fix", async () => {
    const at = (name: string) => `mlops-platform-shared/shared/${name}`;
    await vaultOk(`secret/metadata/${at("secret-0")}`, { method: "DELETE" });
    await vaultOk(`secret/data/${at("secret-1")}`, { method: "DELETE" });
    await vaultOk(`secret/data/${at("secret-2")}`, { method: "POST", body: { data: { username: "user" } } });
    await vaultOk(`secret/destroy/${at("secret-3")}`, { method: "PUT", body: { versions: [1] } });
    await kubectl("delete", "externalsecret", "secret-4", "--namespace=shared");
    const report = await examined(shared);
    const undelete = `vault kv undelete -mount=secret -versions=1 ${at("secret-1")}`;
    assert.deepEqual(told(firstOf(report, "secret-0")), [
      "object",
      `"${at("secret-0")}" in Vault (mount secret) does not exist`,
      up,
    ]);
    const [, deleted = "", fix] = told(firstOf(report, "secret-1"));
    assert.match(deleted, /^"\S+" in Vault \(mount secret\) has a newest version, 1, that was deleted at 20/);
    assert.equal(fix, undelete);
    assert.deepEqual(told(firstOf(report, "secret-2")), [
      "object",
      `"${at("secret-2")}" in Vault (mount secret) lacks keys hub, password, token, uri in version 2: it was changed outside this program`,
      `vault kv rollback -mount=secret -version=<last version written by this program> ${at("secret-2")}`,
    ]);
    assert.deepEqual(told(firstOf(report, "secret-3")), [
      "object",
      `"${at("secret-3")}" in Vault (mount secret) has no version 1 any more: it was destroyed`,
      up,
    ]);
    assert.deepEqual(told(firstOf(report, "secret-4")), [
      "delivery",
      "ExternalSecret shared/secret-4 does not exist",
      up,
    ]);
    await mend(shared, undelete);
    await mend(shared, `vault kv rollback -mount=secret -version=1 ${at("secret-2")}`);
    await mend(shared, up);
  });

  symptom("names a SecretStore that is gone, before its account and binding", async () => {
    await kubectl("delete", "secretstore", "secrets-reader", "--namespace=shared");
    await kubectl("delete", "rolebinding", "secrets-reader-token-request", "--namespace=shared");
    await kubectl("delete", "serviceaccount", "secrets-reader", "--namespace=shared");
    const report = await examined(shared);
    assert.deepEqual(told(firstOf(report)), ["store", "SecretStore shared/secrets-reader does not exist", up]);
    assert.ok(report.secrets.every(({ firstBroken }) => firstBroken === "store"));
    const login = report.problems.filter(({ link }) => link === "identity");
    assert.deepEqual(
      login.map(({ subject, problem, fix, first }) => ({ told: `${subject} ${problem}`, fix, first })),
      ["ServiceAccount shared/secrets-reader", "RoleBinding shared/secrets-reader-token-request"].map((subject) => ({
        told: `${subject} does not exist`,
        fix: up,
        first: false,
      })),
    );
    await mend(shared, up);
  });

  symptom("names a Role that no longer lets the operator mint tokens", async () => {
    await patch("role", "secrets-reader-token-request", { rules: [] });
    assert.deepEqual(told(firstOf(await examined(shared))), [
      "identity",
      "Role shared/secrets-reader-token-request no longer lets the operator mint tokens of the service account",
      up,
    ]);
    await mend(shared, up);
  });

  symptom("names an operator that is scaled to 0, before what it leaves undone", async () => {
    await kubectl("scale", "deployment", "external-secrets", "--namespace=external-secrets", "--replicas=0");
    await operatorStopped();
    await kubectl("delete", "secret", "secret-0", "--namespace=shared");
    await kubectl("delete", "externalsecret", "secret-1", "--namespace=shared", "--wait=false");
    const report = await examined(shared);
    const [link, sentence, fix] = told(firstOf(report));
    assert.deepEqual(
      [link, sentence],
      ["operator", "Deployment external-secrets/external-secrets is scaled to 0: nothing is read from any store"],
    );
    const behind = report.problems.filter(({ first }) => !first).map(({ subject, problem }) => `${subject} ${problem}`);
    assert.ok(behind.includes("Secret shared/secret-0 does not exist"), behind.join("\n"));
    await mend(shared, fix);
    // What was deleted without an operator goes when it is back.
    await named(shared, "delivery", "shared/secret-1");
    await mend(shared, up);
  });
});

/** A test that breaks something, and at whose end the doctor finds nothing any more. */
function symptom(name: string, breakAndMend: () => Promise<void>): void {
  it(name, async () => {
    await breakAndMend();
    await isContent(shared, "shared");
  });
}

async function operatorStopped(): Promise<void> {
  await eventually("the operator's Pods are gone", async () => {
    const { stdout } = await cli("kubectl", ["get", "pods", "--namespace=external-secrets", "-o", "name"]);
    return stdout.trim() === "";
  });
}
