import assert from "node:assert/strict";
import { clusterFacts, clusterSpec } from "../../../components/clusters/flavours/index.ts";
import { openCluster } from "../../../components/clusters/open.ts";
import { chartOf, csiCharts, usualCharts } from "../../../components/secrets-store-csi/charts.ts";
import { SecretsStoreCsiDriver, type SecretsStoreCsiDriverArgs } from "../../../components/secrets-store-csi/driver.ts";
import { driverValues, providerValues } from "../../../components/secrets-store-csi/values.ts";
import { runProgram } from "../../support/mocks.ts";

const release = "kubernetes:helm.sh/v3:Release";

async function install(facts: object, changes: Partial<SecretsStoreCsiDriverArgs> = {}) {
  const base = { flavour: "kubeconfig", externalSecrets: { version: "2.9.0" }, secretsStoreCsi: facts };
  const spec = clusterSpec("main", clusterFacts.parse(base));
  const { secretsStoreCsi } = spec;
  if (secretsStoreCsi === undefined) throw new Error("the fixture lost its driver");
  const args = { spec: secretsStoreCsi, providers: [], audiences: [], certificates: new Map(), ...changes };
  const { resources } = await runProgram(
    () => new SecretsStoreCsiDriver("main", { cluster: openCluster(spec, "acme/test", {}), ...args }),
  );
  return resources;
}

describe("the Secrets Store CSI driver", () => {
  it("is a release of its chart, at a fixed version, with nothing else", async () => {
    const resources = await install({});
    assert.deepEqual(resources.names(release), ["main/csi-driver"]);
    const { inputs } = resources.find(release, "main/csi-driver");
    const { values, ...others } = inputs;
    assert.deepEqual(others, {
      compat: "true",
      name: "csi-secrets-store",
      chart: "secrets-store-csi-driver",
      version: "1.6.1",
      namespace: "kube-system",
      repositoryOpts: { repo: "https://kubernetes-sigs.github.io/secrets-store-csi-driver/charts" },
      atomic: true,
      timeout: 300,
      maxHistory: 5,
    });
    assert.deepEqual(values, {
      syncSecret: { enabled: false },
      enableSecretRotation: true,
      rotationPollInterval: "120s",
      tokenRequests: [],
    });
    resources.assertNone("kubernetes:core/v1:ConfigMap");
  });

  it("brings the provider of each store that is mounted, and hands it tokens of the Pods", async () => {
    const resources = await install({}, { providers: ["aws", "vault"], audiences: ["sts.amazonaws.com", "vault"] });
    assert.deepEqual(resources.names(release), ["main/csi-aws", "main/csi-driver", "main/csi-vault"]);
    const { inputs } = resources.find(release, "main/csi-driver");
    assert.deepEqual((inputs["values"] as { readonly tokenRequests: unknown }).tokenRequests, [
      { audience: "sts.amazonaws.com" },
      { audience: "vault" },
    ]);
    const chart = ({ chart: name, version, repositoryOpts }: Readonly<Record<string, unknown>>) => [
      name,
      version,
      repositoryOpts,
    ];
    assert.deepEqual(chart(resources.find(release, "main/csi-aws").inputs), [
      "secrets-store-csi-driver-provider-aws",
      "3.2.0",
      { repo: "https://aws.github.io/secrets-store-csi-driver-provider-aws" },
    ]);
    assert.deepEqual(chart(resources.find(release, "main/csi-vault").inputs), [
      "vault",
      "0.32.0",
      { repo: "https://helm.releases.hashicorp.com" },
    ]);
  });

  it("gives the provider for Vault the certificates that stores are trusted by, each in a file", async () => {
    const certificates = new Map([["vault", "-----BEGIN CERTIFICATE-----"]]);
    const resources = await install({}, { providers: ["vault"], certificates });
    const { inputs } = resources.find("kubernetes:core/v1:ConfigMap", "main/csi-ca");
    assert.deepEqual(inputs["data"], { "vault.pem": "-----BEGIN CERTIFICATE-----" });
    const { csi } = resources.find(release, "main/csi-vault").inputs["values"] as { readonly csi: unknown };
    assert.deepEqual(csi, {
      enabled: true,
      agent: { enabled: false },
      volumes: [{ name: "store-certificates", configMap: { name: "secrets-store-csi-ca" } }],
      volumeMounts: [{ name: "store-certificates", mountPath: "/etc/secrets-store-csi/ca", readOnly: true }],
    });
  });

  it("follows the facts", () => {
    assert.deepEqual(driverValues({ syncSecret: true, rotationPollSeconds: 600 }, []), {
      syncSecret: { enabled: true },
      enableSecretRotation: true,
      rotationPollInterval: "600s",
      tokenRequests: [],
    });
  });

  it("takes no second driver from a provider's chart, and neither server nor injector from Vault's", () => {
    const trusts = { trusts: false };
    assert.deepEqual(providerValues("aws", trusts), { "secrets-store-csi-driver": { install: false } });
    assert.deepEqual(providerValues("azure", trusts), { "secrets-store-csi-driver": { install: false } });
    assert.deepEqual(providerValues("gcp", trusts), {});
    assert.deepEqual(providerValues("vault", trusts), {
      server: { enabled: false },
      injector: { enabled: false },
      csi: { enabled: true, agent: { enabled: false } },
    });
  });
});

describe("charts of the CSI driver", () => {
  it("have an exact version each, but for Google's, which is published nowhere", () => {
    assert.deepEqual(
      csiCharts.filter((name) => usualCharts[name] === undefined),
      ["gcp"],
    );
    for (const source of Object.values(usualCharts)) assert.match(source?.version ?? "0.0.0", /^\d+\.\d+\.\d+$/);
  });

  it("can be mirrored, at another version, or lie in a folder", () => {
    const repository = "https://charts.example.com";
    assert.deepEqual(chartOf("driver", { repository }), { ...usualCharts.driver, repository });
    assert.deepEqual(chartOf("driver", { version: "1.6.0" }), { ...usualCharts.driver, version: "1.6.0" });
    const oci = "oci://registry.example.com/charts/csi";
    assert.deepEqual(chartOf("driver", { chart: oci, version: "1.6.0" }), { chart: oci, version: "1.6.0" });
    assert.deepEqual(chartOf("gcp", { chart: "./charts/gcp" }), { chart: "./charts/gcp" });
    assert.equal(chartOf("gcp"), undefined);
  });
});
