import assert from "node:assert/strict";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { removeNamespaces } from "../support/namespaces.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { secretsPerApplication, smallStack } from "../support/small-stack.ts";
import { open, succeed } from "../support/stacks.ts";

const namespace = "unrecorded";
const stack = smallStack("unrecorded", [namespace]);

/** Kinds of object that a namespace gets. */
const kinds = ["Namespace", "ServiceAccount", "Role", "RoleBinding", "SecretStore", "ExternalSecret"];

describe("objects that a killed run made after its state was last written", () => {
  before(async () => {
    await makeRoom();
    await succeed("up", stack);
    await forgetObjects();
  });
  after(async () => {
    await succeed("destroy", stack);
    await removeNamespaces(namespace);
  });

  it("are finished by the next run, and no Secret changes", async () => {
    const before = fingerprints(await applicationSecrets([namespace]));
    const { changes } = await succeed("up", stack);
    // A namespace that exists is used as it is.
    assert.equal(changes["create"], secretsPerApplication + kinds.length - 2);
    assert.equal(changes["delete"], undefined);
    assert.equal(changes["replace"], undefined);
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), before);
  });

  it("leave nothing to do for the run after that, but to tell the provider to stop again at what exists", async () => {
    assert.deepEqual((await succeed("up", stack)).steps, ["update local"]);
    assert.deepEqual((await succeed("up", stack)).changes, {});
  });
});

/** Takes them out of the state, as if the run had ended between the API server's answer and the engine's note of it. */
async function forgetObjects(): Promise<void> {
  const opened = await open(stack);
  const exported = await opened.exportStack();
  const { resources, ...rest } = exported.deployment as {
    readonly resources: readonly { readonly type: string; readonly id?: string }[];
  };
  const isForgotten = ({ type, id = "" }: (typeof resources)[number]) =>
    type.startsWith("kubernetes:") &&
    kinds.includes(type.split(":").at(-1) ?? "") &&
    (id === namespace || id.startsWith(`${namespace}/`));
  const kept = resources.filter((each) => !isForgotten(each));
  assert.equal(resources.length - kept.length, secretsPerApplication + kinds.length - 1);
  await opened.importStack({ ...exported, deployment: { ...rest, resources: kept } });
}
