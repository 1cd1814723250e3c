import assert from "node:assert/strict";
import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import { namespaceType } from "../../../components/clusters/namespace-names.ts";
import { literal, provided } from "../../../components/values/recipe.ts";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import { waitUntil } from "../../../sandbox/support/wait.ts";
import { applicationSecrets, cluster } from "../support/cluster.ts";
import { destroyMain } from "../support/main-stack.ts";
import { operatorObjects } from "../support/operator.ts";
import { connection } from "../support/platform.ts";
import { onlyNamespaces, smallApplication, smallStack } from "../support/small-stack.ts";
import { open, run, succeed, type StackOptions, recordedUrns } from "../support/stacks.ts";

const names = ["kept-edited", "kept-alone", "kept-emptied"] as const;
const [edited, alone, emptied] = names;
const stack = smallStack("kept", names);
const withFacts = (facts: Readonly<Record<string, ConfigValue>>): StackOptions => ({
  ...stack,
  facts: { ...stack.facts, ...facts },
});

/** Edits after which a namespace is not declared any more. */
const edits: readonly (readonly [string, string, StackOptions])[] = [
  [
    "create is taken back",
    edited,
    withFacts({ namespaces: { ...onlyNamespaces(names), [edited]: { cluster: "local", store: "vault" } } }),
  ],
  ["its application leaves the environment", alone, withFacts({ applications: [edited, emptied] })],
  [
    "its last delivery leaves the catalogue",
    emptied,
    {
      ...stack,
      catalogue: {
        [edited]: smallApplication(edited),
        [alone]: smallApplication(alone),
        [emptied]: {
          ...smallApplication(emptied),
          deliveries: Object.keys(smallApplication(emptied).secrets).map((name) => ({
            namespace: alone,
            secretName: `moved-${name}`,
            from: [name],
          })),
        },
      },
    },
  ],
];

/** Whether a step is of more than the stack and its providers, which are there before anything is asked. */
const isOurs = (step: string) => step.includes("/");

/** What somebody else has there. */
const workload = "of-somebody-else";
async function putWorkload(namespace: string): Promise<void> {
  const { core } = await cluster();
  await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: workload }, data: { kept: "yes" } } });
}
async function assertStands(namespace: string): Promise<void> {
  const { core } = await cluster();
  const { metadata, status } = await core.readNamespace({ name: namespace });
  assert.deepEqual([metadata?.deletionTimestamp, status?.phase], [undefined, "Active"]);
  assert.deepEqual((await core.readNamespacedConfigMap({ namespace, name: workload })).data, { kept: "yes" });
}
async function removeNamespaces(...wanted: readonly string[]): Promise<void> {
  const { core } = await cluster();
  for (const name of wanted) await core.deleteNamespace({ name });
  await untilGone(...wanted);
}
async function untilGone(...wanted: readonly string[]): Promise<void> {
  const { core } = await cluster();
  const gone = async () => {
    const { items } = await core.listNamespace();
    return !items.some(({ metadata }) => wanted.includes(metadata?.name ?? ""));
  };
  assert.ok(await waitUntil(gone, { timeoutMs: 60_000 }), `${wanted.join(", ")} did not go within 60 s`);
}

interface Recorded {
  readonly urn: string;
  readonly type: string;
  readonly retainOnDelete?: boolean;
}
/** The namespaces in the state, and whether the engine would leave each in the cluster. */
async function recordedNamespaces(): Promise<Readonly<Record<string, boolean>>> {
  const exported = await (await open(stack)).exportStack();
  const { resources } = exported.deployment as { readonly resources: readonly Recorded[] };
  const namespaces = resources.filter(({ type }) => type === namespaceType);
  return Object.fromEntries(
    namespaces.map(({ urn, retainOnDelete }) => [urn.split("::")[3], retainOnDelete ?? false]).sort(),
  ) as Readonly<Record<string, boolean>>;
}
/** Makes the state what an earlier version left: other names, and the engine would delete them. */
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

describe("a namespace with what others put into it", () => {
  before(async () => {
    await destroyMain();
    await succeed("up", stack);
    for (const name of names) await putWorkload(name);
  });

  for (const [title, namespace, options] of edits) {
    it(`stays when ${title}, and is delivered to again when that is undone`, async () => {
      const { steps } = await succeed("up", options);
      assert.ok(steps.includes(`delete local/${namespace}/namespace-kept`), steps.join("\n"));
      await assertStands(namespace);
      assert.deepEqual((await succeed("up", options)).changes, {});
      const undone = await succeed("up", stack);
      assert.deepEqual([undone.warnings, undone.steps.filter((step) => step.endsWith("/namespace-kept"))], [[], []]);
      await assertStands(namespace);
      assert.equal((await applicationSecrets([namespace])).size, 5);
      assert.deepEqual((await succeed("up", stack)).changes, {});
    });
  }

  it("stays when the environment is destroyed, which says so before and while it does", async () => {
    const up = await succeed("up", stack);
    assert.deepEqual(up.outputs?.leftByDestroy, {
      namespaces: { local: ["external-secrets", ...[...names].sort()] },
      crds: ["local"],
      secrets: {},
      objects: {},
      stores: [],
      auditLogs: [],
    });
    // Those that were there before, or were let go of and declared again, are used as they are and not in the state.
    const owned = (await recordedUrns(stack)).filter((urn) => urn.endsWith("namespace-kept"));
    const { output } = await succeed("destroy", stack);
    const said = output
      .split("\n")
      .filter((line) => line.includes("Namespace ") && line.includes("namespace-kept deleted"));
    assert.equal(said.length, owned.length, said.join("\n"));
    assert.ok(
      said.every((line) => line.includes("[retain]")),
      said.join("\n"),
    );
    for (const name of names) await assertStands(name);
    assert.equal((await applicationSecrets(names)).size, 0);
    assert.deepEqual(await operatorObjects("externalsecrets"), []);
  });

  it("is found by the next environment of that name, which changes nothing about it", async () => {
    const { steps, warnings } = await succeed("up", stack);
    assert.deepEqual([warnings, steps.filter((step) => /namespace/.test(step))], [[], []]);
    for (const name of names) await assertStands(name);
    await succeed("destroy", stack);
    for (const name of names) await assertStands(name);
  });

  it("is refused while somebody deletes it, until it is gone; then it is made", async () => {
    const { core } = await cluster();
    await core.patchNamespacedConfigMap({
      namespace: alone,
      name: workload,
      body: [{ op: "add", path: "/metadata/finalizers", value: ["example.com/slow"] }],
    });
    await core.deleteNamespace({ name: alone });
    const refused = await run("up", stack);
    assert.equal(refused.ok, false);
    assert.match(
      refused.errors.join("\n"),
      /namespaces\["kept-alone"\]: namespace kept-alone of cluster local is being deleted, and nothing can be made in it until it is gone\n {4}fix: kubectl wait/,
    );
    assert.deepEqual(refused.steps.filter(isOurs), []);
    await core.patchNamespacedConfigMap({
      namespace: alone,
      name: workload,
      body: [{ op: "remove", path: "/metadata/finalizers" }],
    });
    await untilGone(alone);
    const { steps } = await succeed("up", stack);
    assert.deepEqual(
      steps.filter((step) => /namespace/.test(step)),
      [`create local/${alone}/namespace-kept`],
    );
    await succeed("destroy", stack);
  });
});

describe("a namespace that an earlier version made, and whose state would have it deleted", () => {
  const kept = (yes: boolean) =>
    Object.fromEntries(
      ["local/operator-namespace", ...names.map((name) => `local/${name}/namespace`)]
        .sort()
        .map((name) => [`${name}${yes ? "-kept" : ""}`, yes]),
    );

  before(async () => {
    await removeNamespaces(...names, "external-secrets");
    await succeed("up", stack);
    await makeStateOld();
    assert.deepEqual(await recordedNamespaces(), kept(false));
    for (const name of names) await putWorkload(name);
  });
  after(() => succeed("destroy", stack));

  for (const [title, namespace, options] of edits) {
    it(`stays when ${title}: the run is refused`, async () => {
      const refused = await run("up", options);
      assert.equal(refused.ok, false);
      assert.match(
        refused.errors.join("\n"),
        new RegExp(`local/${namespace}/namespace: an earlier version of this program made this namespace`),
      );
      assert.deepEqual(refused.steps.filter(isOurs), []);
      await assertStands(namespace);
    });
  }

  it("is kept once a run has declared it as before, which changes nothing, and may then be edited away", async () => {
    assert.deepEqual((await succeed("up", stack)).changes, {});
    assert.deepEqual(await recordedNamespaces(), kept(true));
    for (const [, namespace, options] of edits) {
      await succeed("up", options);
      await assertStands(namespace);
    }
  });
});

describe("a namespace that moves to another cluster", () => {
  const moving = "kept-moving";
  const at = (where: string): StackOptions => ({
    stack: "moving",
    catalogue: {
      [moving]: {
        secrets: { db: { keys: { username: literal("user"), hub: provided("huggingfaceToken") } } },
        deliveries: [{ namespace: moving, secretName: "db", from: ["db"] }],
      },
    },
    facts: {
      stores: { vault: null, plain: { kind: "kubernetes" } },
      clusters: {
        next: {
          flavour: "kubeconfig",
          kubeconfig: connection().kubeconfig,
          externalSecrets: { version: connection().externalSecretsChartVersion, install: false },
          // The platform has one cluster, which stands for both: what is in the old place is in the new one, too.
          upsertExistingObjects: true,
        },
      },
      namespaces: {
        ...onlyNamespaces([]),
        [moving]: { cluster: where, store: "plain", create: true },
      },
    },
  });

  it("stays where it was", async () => {
    await succeed("up", at("local"));
    await putWorkload(moving);
    const { steps } = await succeed("up", at("next"));
    assert.ok(steps.includes(`delete local/${moving}/namespace-kept`), steps.join("\n"));
    await assertStands(moving);
    await succeed("destroy", at("next"));
    await assertStands(moving);
  });
});
