import assert from "node:assert/strict";
import type { V1Deployment } from "@kubernetes/client-node";
import { hexToken } from "../../../components/values/recipe.ts";
import { loadClient } from "../../../sandbox/platform/kubernetes.ts";
import { eventually } from "../support/eventually.ts";
import { connection } from "../support/platform.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { succeed, type StackOptions } from "../support/stacks.ts";

const namespace = "restarts";
const annotation = "multicloud-secrets/secret.token";

const stackAt = (epoch?: string): StackOptions => ({
  stack: "restarts",
  demo: false,
  catalogue: {
    restarts: {
      secrets: { token: { keys: { TOKEN: hexToken() } } },
      deliveries: [
        { namespace, secretName: "token", from: ["token"], restarts: ["Deployment/web", "StatefulSet/not-there"] },
      ],
    },
  },
  facts: {
    namespaces: onlyNamespaces([namespace]),
    clusters: { local: { externalSecrets: { install: false } } },
    ...(epoch === undefined ? {} : { rotations: { "restarts/token": epoch } }),
  },
});

describe("restarting the workloads that read a Secret", () => {
  const apps = async () => {
    const { client, config } = await loadClient(connection().kubeconfig);
    return config.makeApiClient(client.AppsV1Api);
  };
  const read = async (): Promise<V1Deployment> => (await apps()).readNamespacedDeployment({ namespace, name: "web" });
  const versionOf = ({ spec }: V1Deployment) => spec?.template.metadata?.annotations?.[annotation];

  before(async () => {
    await deployShared();
    await succeed("up", stackAt());
    const labels = { app: "web" };
    await (
      await apps()
    ).createNamespacedDeployment({
      namespace,
      body: {
        metadata: { name: "web", annotations: { theirs: "kept" } },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels, annotations: { theirs: "kept" } },
            spec: { containers: [{ name: "web", image: "web:1", envFrom: [{ secretRef: { name: "token" } }] }] },
          },
        },
      },
    });
    await eventually("the Deployment is available", async () => (await read()).status?.availableReplicas === 2);
  });
  after(async () => {
    await (await apps()).deleteNamespacedDeployment({ namespace, name: "web" });
    await succeed("destroy", stackAt());
  });

  it("does nothing while the Secret stays as it is", async () => {
    assert.deepEqual((await succeed("up", stackAt())).changes, {});
    assert.equal(versionOf(await read()), undefined);
  });

  it("replaces the Pods after a rotation, waits for the new ones, and leaves the rest as it was", async () => {
    const before = await read();
    const { steps } = await succeed("up", stackAt("2026-12-01"));
    assert.ok(steps.includes("update local/restarts/token/restarts"), steps.join("\n"));
    const after = await read();
    assert.equal(versionOf(after), "2");
    assert.deepEqual(after.metadata?.annotations?.["theirs"], "kept");
    assert.deepEqual(
      { ...after.spec, template: { ...after.spec?.template, metadata: undefined } },
      { ...before.spec, template: { ...before.spec?.template, metadata: undefined } },
    );
    assert.equal(after.spec?.template.metadata?.annotations?.["theirs"], "kept");
    const { observedGeneration, updatedReplicas, availableReplicas, replicas } = after.status ?? {};
    assert.deepEqual(
      { observedGeneration, updatedReplicas, availableReplicas, replicas },
      { observedGeneration: after.metadata?.generation, updatedReplicas: 2, availableReplicas: 2, replicas: 2 },
    );
  });

  it("does it once", async () => {
    const before = await read();
    assert.deepEqual((await succeed("up", stackAt("2026-12-01"))).changes, {});
    assert.equal((await read()).metadata?.generation, before.metadata?.generation);
  });
});
