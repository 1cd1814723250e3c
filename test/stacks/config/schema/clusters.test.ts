import assert from "node:assert/strict";
import { environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";
import { up } from "../../../support/stack.ts";

const withOperator = (externalSecrets: object) => ({
  facts: { ...facts, clusters: { main: { ...facts.clusters.main, externalSecrets } } },
});

describe("facts of a cluster with Red Hat's operator", () => {
  const externalSecrets = { version: "2.9.0" };
  const openshift = { flavour: "openshift", manager: "operator-lifecycle-manager", externalSecrets };
  const chartOnly = {
    chart: "our-chart",
    repository: "https://charts.example",
    webhook: false,
    concurrency: 12,
    priorityClassName: "platform",
    serviceMonitor: true,
    pushSecrets: true,
    webhookPort: 9443,
    webhookHostNetwork: true,
  };
  const untold = (received: unknown) =>
    `must be left out: it has no effect with Red Hat's operator (manager)${typeof received === "string" ? "" : `, received ${String(received)}`}`;

  it("are taken as they are where they tell it nothing", () => {
    const main = { ...openshift, externalSecrets: { ...externalSecrets, concurrency: 10, clusterSecretStore: {} } };
    assert.equal(environment({ facts: { ...facts, clusters: { main } } }).clusters.size, 1);
  });

  it("are refused where it would not hear them, all at once", () => {
    const main = { ...openshift, trustedCaBundle: true, externalSecrets: { ...externalSecrets, ...chartOnly } };
    assert.equal(
      refusalOf({ facts: { ...facts, clusters: { main } } }),
      refusal(
        10,
        `  clusters.main.trustedCaBundle: ${untold(true)}`,
        ...Object.entries(chartOnly).map(
          ([fact, value]) => `  clusters.main.externalSecrets.${fact}: ${untold(value)}`,
        ),
      ),
    );
  });

  it("say which stores it may reach", () => {
    const networkPolicy = { stores: ["10.0.40.0/24"], storePorts: [443, 8200] };
    const main = { ...openshift, externalSecrets: { ...externalSecrets, networkPolicy } };
    const spec = environment({ facts: { ...facts, clusters: { main } } }).clusters.get("main")?.spec;
    assert.deepEqual(spec?.externalSecrets.networkPolicy, { apiServer: [], ...networkPolicy });
  });

  it("are refused where Red Hat's own network policies decide, with the reason", () => {
    const networkPolicy = { apiServer: ["10.0.0.1/32"], apiServerPorts: [6443], monitoringNamespace: "monitoring" };
    const main = { ...openshift, externalSecrets: { ...externalSecrets, networkPolicy } };
    const path = "  clusters.main.externalSecrets.networkPolicy";
    assert.equal(
      refusalOf({ facts: { ...facts, clusters: { main } } }),
      refusal(
        3,
        `${path}.apiServer: must be left out: Red Hat's own policies let every program reach port 6443 of any address, and can't be narrowed`,
        `${path}.apiServerPorts: must be left out: Red Hat's own policies let every program reach port 6443 of any address, and can't be narrowed`,
        `${path}.monitoringNamespace: must be left out: Red Hat's own policies let only OpenShift's monitoring read metrics`,
      ),
    );
  });

  /** What the chart is installed with. */
  const releaseWith = async (changes: object) => {
    const main = { ...openshift, manager: "helm", externalSecrets: { ...externalSecrets, ...changes } };
    const { resources } = await up({ facts: { clusters: { main } } });
    return resources.find("kubernetes:helm.sh/v3:Release", "main/operator").inputs;
  };

  /** What a fact is refused without. */
  const beside: Readonly<Record<string, object>> = {
    chart: { repository: "https://charts.example" },
    webhookHostNetwork: { webhookPort: 10260 },
  };

  for (const [fact, value] of Object.entries(chartOnly)) {
    it(`mean something to the chart: ${fact}`, async () => {
      assert.notDeepEqual(
        await releaseWith({ ...beside[fact], [fact]: value }),
        await releaseWith({ ...beside[fact] }),
      );
    });
  }
});

describe("facts of the network around the operator", () => {
  const networkOf = (networkPolicy: object) => withOperator({ version: "2.9.0", networkPolicy });
  const path = "  clusters.main.externalSecrets";

  it("leave the ports of stores to the stores", () => {
    const spec = environment(networkOf({})).clusters.get("main")?.spec?.externalSecrets.networkPolicy;
    assert.deepEqual(spec, { apiServer: [], stores: [] });
  });

  for (const fact of ["storePorts", "apiServerPorts"]) {
    it(`reject an empty list of ${fact}, which a NetworkPolicy takes for every port`, () => {
      assert.equal(
        refusalOf(networkOf({ [fact]: [] })),
        refusal(
          1,
          `${path}.networkPolicy.${fact}: must name at least one port, or be left out: an empty list would mean every port, received a list`,
        ),
      );
    });
  }

  for (const port of [443, 8080, 8081]) {
    it(`reject port ${port} for the webhook`, () => {
      assert.equal(
        refusalOf(withOperator({ version: "2.9.0", webhookPort: port })),
        refusal(
          1,
          `${path}.webhookPort: must be from 1024 to 65535, and not 8080 or 8081, which the webhook's metrics and health have, received ${port}`,
        ),
      );
    });
  }

  it("take another port for the webhook", () => {
    const spec = environment(withOperator({ version: "2.9.0", webhookPort: 9443 })).clusters.get("main")?.spec;
    assert.equal(spec?.externalSecrets.webhookPort, 9443);
  });
});
