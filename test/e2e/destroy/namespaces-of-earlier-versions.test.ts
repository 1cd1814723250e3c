import assert from "node:assert/strict";
import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import { namespaceType } from "../../../components/clusters/namespace-names.ts";
import { open, run, succeed } from "../support/stacks.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { removeNamespaces } from "../support/namespaces.ts";
import { assertStands, edits, isOurs, names, putWorkload, stack } from "./scene.ts";

describe("a namespace that an earlier version made, in a state that would delete it", () => {
  const kept = (yes: boolean) =>
    Object.fromEntries(
      ["local/operator-namespace", ...names.map((name) => `local/${name}/namespace`)]
        .sort()
        .map((name) => [`${name}${yes ? "-kept" : ""}`, yes]),
    );

  before(async () => {
    await makeRoom();
    await removeNamespaces(...names, "external-secrets");
    await succeed("up", stack);
    await makeStateOld();
    assert.deepEqual(await recordedNamespaces(), kept(false));
    for (const name of names) await putWorkload(name);
  });
  after(() => succeed("destroy", stack));

  for (const [title, namespace, options] of edits) {
    it(`stays when ${title}, since the run is refused`, async () => {
      const refused = await run("up", options);
      assert.equal(refused.ok, false);
      assert.match(
        refused.errors.join("\n"),
        new RegExp(`local/${namespace}/namespace: an earlier version of this program created this namespace`),
      );
      assert.deepEqual(refused.steps.filter(isOurs), []);
      await assertStands(namespace);
    });
  }

  it("is marked as retained by a run without edits, which changes nothing, and stays when edited away after that", async () => {
    assert.deepEqual((await succeed("up", stack)).changes, {});
    assert.deepEqual(await recordedNamespaces(), kept(true));
    for (const [, namespace, options] of edits) {
      await succeed("up", options);
      await assertStands(namespace);
    }
  });
});

interface Recorded {
  readonly urn: string;
  readonly type: string;
  readonly retainOnDelete?: boolean;
}

/** The namespaces in the state by logical name, and whether the engine would leave each in the cluster. */
async function recordedNamespaces(): Promise<Readonly<Record<string, boolean>>> {
  const exported = await (await open(stack)).exportStack();
  const { resources } = exported.deployment as { readonly resources: readonly Recorded[] };
  const namespaces = resources.filter(({ type }) => type === namespaceType);
  return Object.fromEntries(
    namespaces.map(({ urn, retainOnDelete }) => [urn.split("::")[3], retainOnDelete ?? false]).sort(),
  ) as Readonly<Record<string, boolean>>;
}

/** Turns the state into that of an earlier version: other logical names, and nothing that keeps the engine from deleting. */
async function makeStateOld(): Promise<void> {
  const opened = await open(stack);
  const exported = await opened.exportStack();
  const text = JSON.stringify(exported.deployment).replaceAll(/(::[^":]*namespace)-kept"/g, '$1"');
  const deployment = JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null || !("urn" in value)) return value;
    const { retainOnDelete, aliases: _aliases, ...others } = value as Recorded & { readonly aliases?: unknown };
    return others.type === namespaceType || retainOnDelete === undefined ? others : { ...others, retainOnDelete };
  }) as unknown;
  await opened.importStack(Object.assign(exported, { deployment }) satisfies Deployment);
}
