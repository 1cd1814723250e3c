import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import type { Connection } from "../../connection.ts";
import { mergeValues, projectName, type ConfigValue } from "../../engine/project.ts";
import { repositoryRoot } from "../../layout.ts";
import { proofCatalogue } from "../../stores/catalogue.ts";
import { storesFacts } from "../../stores/facts.ts";
import { storeRows } from "../../stores/rows.ts";
import { resolveEnvironment } from "../../../stacks/config/resolve/environment.ts";
import { sandbox } from "../../../stacks/environments/sandbox.ts";

const connection = {
  kubeconfig: "/platform/admin.yaml",
  kubernetesServer: "https://127.0.0.1:16443",
  externalSecretsChart: "/platform/chart",
  externalSecretsChartVersion: "0.20.3",
} as Connection;

async function environment() {
  const text = await readFile(path.join(repositoryRoot, "Pulumi.sandbox.yaml"), "utf8");
  const { config } = parse(text) as { config: Record<string, ConfigValue> };
  const committed = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.slice(projectName.length + 1), value]),
  );
  return resolveEnvironment({
    environment: "sandbox",
    environments: ["sandbox"],
    facts: mergeValues(committed, storesFacts(connection)),
    secretKeys: new Set(["vaultToken"]),
    catalogue: proofCatalogue(),
    policy: sandbox,
  });
}

describe("the environment with every store", () => {
  it("is one that the program takes, with a namespace for each store and identity and no other", async () => {
    const { namespaces } = await environment();
    assert.deepEqual(
      namespaces.map(({ name, cluster, storeLabel }) => ({
        namespace: name,
        cluster: cluster.name,
        store: storeLabel,
      })),
      storeRows.map(({ namespace, cluster, store }) => ({ namespace, cluster, store })),
    );
  });

  it("has a store of every kind that there is", async () => {
    const { stores } = await environment();
    // One of kind kubernetes is no store of the environment: what names it is delivered plain.
    const used = new Set(storeRows.map(({ store }) => stores.get(store)?.kind ?? "kubernetes"));
    assert.deepEqual([...used].sort(), [
      "aws-parameter-store",
      "aws-secrets-manager",
      "azure-key-vault",
      "gcp-secret-manager",
      "kubernetes",
      "vault-kv",
    ]);
  });

  it("declares one secret, which goes to every store", async () => {
    const { secrets, namespaces } = await environment();
    assert.deepEqual(
      secrets.map(({ id }) => id),
      ["proof/credentials"],
    );
    assert.deepEqual(
      namespaces.map(({ name }) => name),
      storeRows.map(({ namespace }) => namespace),
    );
  });

  it("leaves the operator to the stack of the sandbox, which is there first", async () => {
    const { clusters } = await environment();
    assert.ok(clusters.size > 0);
    assert.ok([...clusters.values()].every(({ spec: { externalSecrets } }) => !externalSecrets.install));
  });
});
