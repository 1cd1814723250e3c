import assert from "node:assert/strict";
import { failing, up } from "../../../support/stack.ts";

const externalSecrets = { version: "2.9.0" };
const facts = (changes: Readonly<Record<string, unknown>>) => ({
  clusters: { main: { flavour: "kubeconfig", externalSecrets, ...changes } },
});
const google = { flavour: "gke", project: "acme-test", location: "europe-west3", clusterName: "main" };
const identifierOf = async (changes: Readonly<Record<string, unknown>>) => {
  const { resources } = await up({ facts: facts(changes) });
  return resources.find("pulumi:providers:kubernetes", "main").inputs["clusterIdentifier"];
};
/** What becomes of a cluster whose facts change between two runs. */
const after = async (before: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>) => {
  const { state } = await up({ facts: facts(before) });
  return { state, facts: facts(now) };
};

describe("a cluster's identity", () => {
  it("is the cloud's own name where the facts hold one, else the context, else its name", async () => {
    assert.equal(await identifierOf({ flavour: "eks", clusterName: "Main_1", identity: "pod-identity" }), "eks/Main_1");
    assert.equal(await identifierOf(google), "gke/acme-test/europe-west3/main");
    for (const flavour of ["kubeconfig", "aks", "openshift"]) {
      assert.equal(await identifierOf({ flavour, context: "admin" }), "admin", flavour);
      assert.equal(await identifierOf({ flavour }), "main", flavour);
    }
    assert.equal(await identifierOf({ context: "admin", identifier: "datacenter-1" }), "datacenter-1");
  });

  it("stays when it is reached in another way, or more is known of it", async () => {
    const ways: readonly Readonly<Record<string, unknown>>[] = [
      { context: "admin", kubeconfig: "/elsewhere" },
      { context: "admin", flavour: "aks" },
      { context: "admin", issuer: "https://issuer.example/main" },
    ];
    for (const now of ways) await up(await after({ context: "admin" }, now));
    await up(await after(google, { ...google, context: "admin" }));
  });

  it("is not changed by accident: the run is refused before anything is registered", async () => {
    const { error, resources } = await failing(await after({ context: "admin" }, { context: "other admin" }));
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  clusters.main: the state has its objects in cluster "admin", but the facts now name "other admin": all of them but the namespaces would be deleted and created again',
        "    fix: for the same cluster: pulumi config set --path 'clusters.main.identifier' admin; for a different cluster, use a new name: docs/clusters/kubeconfig.md#which-cluster-it-is",
      ].join("\n"),
    );
    assert.deepEqual(resources.contents, []);
  });

  it("is kept under a new context by its identifier", async () => {
    const changed = await after({ context: "admin" }, { context: "other", identifier: "admin" });
    const { resources } = await up(changed);
    const { inputs } = resources.find("pulumi:providers:kubernetes", "main");
    assert.deepEqual([inputs["context"], inputs["clusterIdentifier"]], ["other", "admin"]);
  });

  it("is given to a cluster that an older version made without", async () => {
    const { state } = await up({ facts: facts({ context: "admin" }) });
    const older = Object.fromEntries(
      Object.entries(state).map(([urn, { type, outputs = {} }]) => {
        return [urn, { type, outputs: { ...outputs, clusterIdentifier: undefined } }];
      }),
    );
    await up({ state: older, facts: facts({ context: "other admin" }) });
  });
});
