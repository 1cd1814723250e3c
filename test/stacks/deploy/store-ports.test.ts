import assert from "node:assert/strict";
import { required } from "../../../stacks/deploy/required.ts";
import { storePorts } from "../../../stacks/deploy/store-ports.ts";
import { environment, facts } from "../../support/fixtures.ts";

const portsOf = (stores: object, namespace: object = { cluster: "main", store: "store" }, cluster = "main") => {
  const clusters = { main: facts.clusters.main, other: { ...facts.clusters.main, context: "other" } };
  const spec = environment({ facts: { ...facts, stores, clusters, namespaces: { shop: namespace } } });
  return storePorts(required(spec.clusters.get(cluster), cluster));
};
const vault = { kind: "vault-kv", address: "https://vault.example" };
const parameters = { kind: "aws-parameter-store", region: "eu-central-1", accountId: "111122223333" };

describe("ports of the stores that a cluster reads", () => {
  for (const [address, ports] of [
    ["https://vault.example:8200", [443, 8200]],
    ["http://vault.vault.svc:8200", [443, 8200]],
    ["https://vault.example", [443]],
    ["http://vault.example", [80, 443]],
    ["https://[fd00::1]:8201", [443, 8201]],
  ] as const) {
    it(`have that of a Vault at ${address} beside that of clouds`, () => {
      assert.deepEqual(
        portsOf({ store: { ...vault, address: "https://elsewhere:1", clusterAddress: address } }),
        ports,
      );
    });
  }

  it("have that of a proxy", () => {
    const externalSecrets = { version: "2.9.0", proxy: { url: "http://proxy.example:3128" } };
    const main = { ...facts.clusters.main, externalSecrets };
    const spec = environment({ facts: { ...facts, clusters: { main } } });
    assert.deepEqual(storePorts(required(spec.clusters.get("main"), "main")), [443, 3128, 8200]);
  });

  it("leave out a Vault that another cluster reads", () => {
    const store = { ...vault, address: "https://vault.example:8200" };
    assert.deepEqual(portsOf({ store }, { cluster: "main", store: "store" }, "other"), [443]);
  });

  for (const [what, pushSecrets, ports] of [
    ["have those of stores that its operator pushes to", true, [443, 8200]],
    ["leave out stores that its operator neither reads nor pushes to", false, [443]],
  ] as const) {
    it(what, () => {
      const stores = { store: parameters, second: { ...vault, address: "https://vault.example:8200" } };
      const main = {
        ...facts.clusters.main,
        issuer: "https://issuer.example",
        externalSecrets: { version: "2.9.0", pushSecrets },
      };
      const namespaces = { shop: { cluster: "main", store: "store", alsoStores: ["second"] } };
      const spec = environment({ facts: { ...facts, stores, clusters: { main }, namespaces } });
      assert.deepEqual(storePorts(required(spec.clusters.get("main"), "main")), ports);
    });
  }
});
