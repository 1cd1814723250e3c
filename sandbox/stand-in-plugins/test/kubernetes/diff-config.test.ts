import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { kubernetesProvider } from "../../kubernetes/provider.ts";
import { type PropertyMap, Unknown } from "../../support/values.ts";

const kubeconfig = (server: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "main", context: { cluster: "c", user: "u" } }],
    "current-context": "main",
  });
const [here, there] = [kubeconfig("https://127.0.0.1:6443"), kubeconfig("https://127.0.0.2:6443")];

/** What differs, and what for that reason is replaced. */
async function diff(olds: PropertyMap, news: PropertyMap) {
  const { detailed, replaces = [] } = await kubernetesProvider().diffConfig(olds, news);
  return [Object.keys(detailed).sort(), [...replaces].sort()];
}

// The cases of the official provider's own tests (provider/pkg/provider/testdata/diffconfig).
describe("the stand-in for the Kubernetes provider, when its settings change", () => {
  it("replaces for another cluster in the kubeconfig, where no identifier is given", async () => {
    assert.deepEqual(await diff({ kubeconfig: here }, { kubeconfig: there }), [["kubeconfig"], ["kubeconfig"]]);
  });

  it("replaces nothing where one of the two kubeconfigs names no cluster: it can't be told to be another", async () => {
    assert.deepEqual(await diff({ kubeconfig: here }, { kubeconfig: "" }), [["kubeconfig"], []]);
    assert.deepEqual(await diff({}, { kubeconfig: there }), [["kubeconfig"], []]);
    assert.deepEqual(await diff({ kubeconfig: here }, { kubeconfig: there, context: "none" }), [
      ["context", "kubeconfig"],
      [],
    ]);
  });

  it("replaces nothing while the identifier stays, whatever the kubeconfig holds", async () => {
    const clusterIdentifier = "a";
    assert.deepEqual(await diff({ clusterIdentifier, kubeconfig: here }, { clusterIdentifier, kubeconfig: there }), [
      ["kubeconfig"],
      [],
    ]);
    const unknown = { clusterIdentifier, kubeconfig: new Unknown() };
    assert.deepEqual(await diff({ clusterIdentifier, kubeconfig: here }, unknown), [["kubeconfig"], []]);
  });

  it("replaces for another identifier", async () => {
    const changed = [["clusterIdentifier"], ["clusterIdentifier"]];
    assert.deepEqual(await diff({ clusterIdentifier: "a" }, { clusterIdentifier: "b" }), changed);
  });

  it("replaces nothing for an identifier that comes or goes", async () => {
    assert.deepEqual(await diff({ kubeconfig: here }, { kubeconfig: here, clusterIdentifier: "a" }), [
      ["clusterIdentifier"],
      [],
    ]);
    assert.deepEqual(await diff({ kubeconfig: here, clusterIdentifier: "a" }, { kubeconfig: here }), [
      ["clusterIdentifier"],
      [],
    ]);
  });

  it("replaces nothing when the same cluster is reached by another file", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "diff-config-"));
    try {
      const file = path.join(folder, "kubeconfig");
      writeFileSync(file, here);
      assert.deepEqual(await diff({ kubeconfig: file }, { kubeconfig: here }), [["kubeconfig"], []]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses a kubeconfig of the state that is a path of another machine, whatever the identifier", async () => {
    const olds = { kubeconfig: "/of/another/machine", clusterIdentifier: "a" };
    await assert.rejects(diff(olds, { kubeconfig: "", clusterIdentifier: "a" }), {
      message: "failed to parse kubeconfig: neither a file of this machine nor the content of one",
    });
  });

  it("sees no change where there is none, without reading anything", async () => {
    const settings = { kubeconfig: "/of/another/machine" };
    assert.deepEqual(await diff(settings, settings), [[], []]);
  });
});
