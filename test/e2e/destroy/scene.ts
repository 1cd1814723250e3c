import assert from "node:assert/strict";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import { cluster } from "../support/cluster.ts";
import { onlyNamespaces, smallApplication, smallStack } from "../support/small-stack.ts";
import type { StackOptions } from "../support/stacks.ts";

/** Namespaces of the stack, named after the edit that removes each from it. */
export const names = ["kept-edited", "kept-alone", "kept-emptied"] as const;
export const [edited, alone, emptied] = names;
export const stack = smallStack("kept", names);
const withFacts = (facts: Readonly<Record<string, ConfigValue>>): StackOptions => ({
  ...stack,
  facts: { ...stack.facts, ...facts },
});

/** Edits after which the stack no longer declares a namespace: what is edited, the namespace, the stack. */
export const edits: readonly (readonly [string, string, StackOptions])[] = [
  [
    "its `create` is removed",
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

/** Whether a step concerns more than the stack and its providers, which every run registers before it asks anything. */
export const isOurs = (step: string) => step.includes("/");

/** Name of a ConfigMap that stands for what somebody else has in the namespace. */
export const workload = "of-somebody-else";

export async function putWorkload(namespace: string): Promise<void> {
  const { core } = await cluster();
  await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: workload }, data: { kept: "yes" } } });
}

/** The namespace is active, and holds the workload unchanged. */
export async function assertStands(namespace: string): Promise<void> {
  const { core } = await cluster();
  const { metadata, status } = await core.readNamespace({ name: namespace });
  assert.deepEqual([metadata?.deletionTimestamp, status?.phase], [undefined, "Active"]);
  assert.deepEqual((await core.readNamespacedConfigMap({ namespace, name: workload })).data, { kept: "yes" });
}
