import assert from "node:assert/strict";
import type { Problem } from "../../../operations/doctor/report.ts";
import { typed } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { removeNamespaces, untilGone } from "../support/namespaces.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { smallApplication } from "../support/small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { apply, examined, firstOf, isContent, kubectl, mend, told } from "./scene.ts";

const namespace = "ending";
const stack = tenantStack(namespace, [namespace]);
const operator = "--namespace=external-secrets";

/** The stack with one more Secret in its namespace. */
function withAnother(): StackOptions {
  const { secrets, deliveries } = smallApplication(namespace);
  const [first] = Object.values(secrets);
  assert.ok(first !== undefined);
  const added = { namespace, secretName: "added", from: ["added"] };
  return {
    ...stack,
    catalogue: { [namespace]: { secrets: { ...secrets, added: first }, deliveries: [...deliveries, added] } },
  };
}

/**
 * Waits until the doctor says of the namespace that it waits for this, and no more for what it waited for before. Its
 * controller tries again after longer and longer pauses, but five seconds after each change of the namespace.
 */
async function heldBy(words: string, before?: string): Promise<Problem> {
  let found: Problem | undefined;
  await eventually(`the doctor says that the namespace waits for ${words}`, async () => {
    await kubectl("annotate", "namespace", namespace, "--overwrite", `nudged=${Date.now()}`);
    found = (await examined(stack)).problems.find(({ link }) => link === "namespace");
    const evidence = found?.evidence.join("\n") ?? "";
    return evidence.includes(words) && (before === undefined || !evidence.includes(before));
  });
  assert.ok(found !== undefined);
  assert.equal(told(found)[1], `Namespace ${namespace} is being deleted, and takes no new object`);
  return found;
}

/** The commands of a fix that names several, in their order: `to see it: kubectl …; once it is gone: pulumi …`. */
function commandsOf(fix: string | undefined): readonly string[] {
  return (fix ?? "").split("; ").map((each) => each.slice(each.indexOf(": ") + 2));
}

/** What a command prints that a message names. */
async function printed(command: string | undefined): Promise<string> {
  const { code, output } = await typed(command ?? "", stack.stack);
  assert.equal(code, 0, output);
  return output;
}

describe("a namespace that is Terminating for ever, for three reasons", () => {
  before(async () => {
    await deployShared();
    await succeed("up", stack);
    await apply({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "held", namespace, finalizers: ["example.com/hold"] },
    });
    await kubectl("scale", "deployment", "external-secrets", operator, "--replicas=0");
    await apply({
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1.gone.example" },
      spec: {
        group: "gone.example",
        version: "v1",
        service: { name: "gone", namespace: "default" },
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    });
    await kubectl("delete", "namespace", namespace, "--wait=false");
  });
  after(async () => {
    // Where a test has failed, this keeps the namespace from going.
    await typed(
      `kubectl patch configmap held -n ${namespace} --type=merge -p '{"metadata":{"finalizers":null}}'`,
      "shared",
    );
    await kubectl("delete", "apiservice", "v1.gone.example", "--ignore-not-found");
    await kubectl("scale", "deployment", "external-secrets", operator, "--replicas=1");
    await succeed("destroy", stack);
    await removeNamespaces(namespace);
  });

  it("waits for an API that nobody serves, which the doctor names", async () => {
    const [see] = commandsOf((await heldBy("gone.example/v1")).fix);
    assert.match(await printed(see), /^v1\.gone\.example\s+default\/gone\s+False/m);
    await kubectl("delete", "apiservice", "v1.gone.example");
  });

  it("waits for an operator that does not run, which the doctor names first", async () => {
    const { fix, first } = await heldBy(
      "externalsecrets.external-secrets.io/externalsecret-cleanup in 5",
      "gone.example",
    );
    assert.equal(first, false);
    assert.match(await printed(commandsOf(fix)[0]), /^ExternalSecret\s+secret-0\s+\[\S*externalsecret-cleanup\]$/m);
    const cause = firstOf(await examined(stack));
    assert.equal(cause?.link, "operator");
    await mend(stack, cause.fix);
  });

  it("waits for a finalizer of others, which the doctor and up name with what takes it away", async () => {
    await heldBy("example.com/hold in 1 resource instances", "external-secrets.io");
    const failed = await run("up", withAnother());
    assert.equal(failed.ok, false);
    const [, seen] =
      /Namespace ending is being deleted, and takes no new object\n\s*fix: see what holds it: (.+); once it is gone: pulumi up --refresh/.exec(
        failed.errors.join("\n"),
      ) ?? [];
    assert.match(await printed(seen), /example\.com\/hold in 1 resource instances/);
    const [see, remove, again] = commandsOf((await heldBy("example.com/hold")).fix);
    assert.match(await printed(see), /^ConfigMap\s+held\s+\[example\.com\/hold\]$/m);
    await kubectl("annotate", "namespace", namespace, "--overwrite", `nudged=${Date.now()}`);
    await printed(remove);
    await untilGone(namespace);
    assert.equal(again, `pulumi up --refresh --stack ${stack.stack}`);
    await mend(stack, again);
    await isContent(stack, namespace);
  });
});
