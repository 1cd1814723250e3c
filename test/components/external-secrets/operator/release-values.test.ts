import assert from "node:assert/strict";
import type { ClusterSpec, ExternalSecretsSpec } from "../../../../components/clusters/contract.ts";
import { clusterSpec, clusterFacts } from "../../../../components/clusters/flavours/index.ts";
import { operatorValues, releaseValues } from "../../../../components/external-secrets/operator/values.ts";

const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/** A cluster with these facts of its operator. */
const clusterOf = (externalSecrets: object): ClusterSpec =>
  clusterSpec(
    "main",
    clusterFacts.parse({ flavour: "kubeconfig", externalSecrets: { version: "2.9.0", ...externalSecrets } }),
  );
const plain = operatorValues(clusterOf({}), { replicas: 1 });
const valuesOf = (externalSecrets: object) => releaseValues(clusterOf(externalSecrets), { replicas: 1 });

describe("Helm values of the release", () => {
  it("are the program's own where the facts add nothing", () => {
    assert.deepEqual(valuesOf({}), { ...plain, webhook: plain.webhook, certController: plain.certController });
  });

  it("name image and pull secrets for each of the three programs", () => {
    const images = { image: { repository: "mirror.example:5000/eso/external-secrets" } };
    const pulls = { imagePullSecrets: [{ name: "mirror" }] };
    assert.deepEqual(valuesOf({ image: { repository: images.image.repository, pullSecrets: ["mirror"] } }), {
      ...plain,
      ...images,
      ...pulls,
      webhook: { ...plain.webhook, ...images, ...pulls },
      certController: { ...plain.certController, ...images, ...pulls },
    });
    assert.equal("imagePullSecrets" in valuesOf({ image: images.image }), false);
  });

  it("send the controller alone through the proxy, but not to the API server, the cluster and metadata services", () => {
    const { extraEnv, webhook, certController } = valuesOf({
      proxy: { url: "http://proxy.example:3128", bypass: ["vault.example", "10.0.0.0/8", ".corp.example"] },
    });
    assert.deepEqual(extraEnv, [
      { name: "HTTPS_PROXY", value: "http://proxy.example:3128" },
      { name: "HTTP_PROXY", value: "http://proxy.example:3128" },
      {
        name: "NO_PROXY",
        value:
          "$(KUBERNETES_SERVICE_HOST),.svc,.cluster.local,localhost,127.0.0.1,::1,169.254.169.254,169.254.170.23,fd00:ec2::23,metadata.google.internal,vault.example,10.0.0.0/8,.corp.example",
      },
    ]);
    assert.deepEqual([webhook, certController], [plain.webhook, plain.certController]);
  });

  it("mount the certificates beside those of the image, and restart the Pods when they change", () => {
    const values = valuesOf({ caBundle: certificate });
    const annotations = (of: object) => (of as { readonly podAnnotations: object }).podAnnotations;
    assert.deepEqual(values, {
      ...plain,
      extraEnv: [{ name: "SSL_CERT_DIR", value: "/etc/ssl/certs:/etc/ca-bundle" }],
      extraVolumes: [{ name: "ca-bundle", configMap: { name: "external-secrets-ca-bundle" } }],
      extraVolumeMounts: [{ name: "ca-bundle", mountPath: "/etc/ca-bundle", readOnly: true }],
      podAnnotations: annotations(values),
      webhook: plain.webhook,
      certController: plain.certController,
    });
    assert.notDeepEqual(annotations(valuesOf({ caBundle: `${certificate}\n` })), annotations(values));
  });

  it("put the webhook on its node's network", () => {
    const { webhook, hostNetwork } = valuesOf({ webhookHostNetwork: true, webhookPort: 9443 });
    assert.deepEqual(webhook, { ...plain.webhook, hostNetwork: true, port: 9443 });
    assert.equal(hostNetwork, undefined);
  });

  it("join other values of the chart with the program's: objects are merged, lists joined, the facts' leaves count", () => {
    const values = valuesOf({
      proxy: { url: "http://proxy.example" },
      values: {
        extraEnv: [{ name: "GODEBUG", value: "netdns=go" }],
        resources: { limits: { memory: "1Gi" } },
        global: { tolerations: [{ key: "infra", operator: "Exists" }] },
        extraArgs: { loglevel: "debug" },
        webhook: { failurePolicy: "Ignore" },
      },
    });
    assert.deepEqual(
      (values["extraEnv"] as readonly { readonly name: string }[]).map(({ name }) => name),
      ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "GODEBUG"],
    );
    assert.deepEqual(values["resources"], { ...plain.resources, limits: { memory: "1Gi" } });
    assert.deepEqual(values["global"], { tolerations: [{ key: "infra", operator: "Exists" }] });
    assert.deepEqual(values["extraArgs"], { ...plain.extraArgs, loglevel: "debug" });
    assert.deepEqual(values["webhook"], { ...plain.webhook, failurePolicy: "Ignore" });
  });

  it("give the controller memory for its ExternalSecrets", () => {
    const memory = (externalSecrets: number) => {
      const { requests, limits } = operatorValues(clusterOf({}), { replicas: 1, externalSecrets }).resources;
      return [requests.memory, limits.memory];
    };
    assert.deepEqual([0, 500, 501, 1500, 1501, 5000].map(memory), [
      ["128Mi", "256Mi"],
      ["128Mi", "256Mi"],
      ["256Mi", "512Mi"],
      ["256Mi", "512Mi"],
      ["384Mi", "768Mi"],
      ["768Mi", "1536Mi"],
    ]);
  });
});

describe("values of the chart in facts", () => {
  const messagesOf = (values: unknown) => {
    const parsed = clusterFacts.safeParse({ flavour: "kubeconfig", externalSecrets: { version: "2.9.0", values } });
    return parsed.error?.issues.map(({ path, message }) => `${path.slice(2).join(".")}: ${message}`) ?? [];
  };
  const own = (path: string, instead = "") => `${path}: must be left out: this program sets it${instead}`;

  for (const [values, message] of [
    [{ replicaCount: 3 }, own("replicaCount", "; use operatorReplicas in the environment's policy")],
    [{ rbac: { create: true } }, own("rbac")],
    [{ image: { repository: "x" } }, own("image.repository", "; use the fact externalSecrets.image.repository")],
    [{ webhook: { port: 9443 } }, own("webhook.port", "; use the fact externalSecrets.webhookPort")],
    [
      { webhook: { image: { repository: "x" } } },
      own("webhook.image.repository", "; use the fact externalSecrets.image.repository"),
    ],
    [{ processClusterStore: true }, own("processClusterStore", "; use the fact externalSecrets.clusterSecretStore")],
    [{ extraObjects: [{}] }, own("extraObjects", "; use a stack of your own, which makes these objects")],
    [{ extraArgs: { "client-qps": 5 } }, "extraArgs.client-qps: must be left out: this program sets this argument"],
    [
      { extraEnv: [{ name: "https_proxy" }] },
      "extraEnv.0.name: must not set https_proxy: use the fact externalSecrets.proxy",
    ],
  ] as const) {
    it(`may not hold ${JSON.stringify(values)}`, () => {
      assert.deepEqual(messagesOf(values), [message]);
    });
  }

  it("may not hold what the chart has no value for, at any depth, and all problems are found at once", () => {
    const values = { tolerance: [], webhook: { failurPolicy: "Fail", create: false }, tolerations: {} };
    assert.deepEqual(messagesOf(values).length, 4);
  });

  it("may hold every other value", () => {
    const values = { nodeSelector: { pool: "infra" }, webhook: { tolerations: [] }, certController: { resources: {} } };
    assert.deepEqual(messagesOf(values), []);
  });
});

describe("facts of the operator's surroundings", () => {
  const parse = (externalSecrets: object): ExternalSecretsSpec => clusterOf(externalSecrets).externalSecrets;

  it("ask for another port where the webhook shares its node's with the kubelet", () => {
    assert.throws(
      () => parse({ webhookHostNetwork: true }),
      /is missing: with webhookHostNetwork the webhook can't listen on 10250/,
    );
  });

  for (const repository of [
    "https://mirror.example/eso",
    "mirror.example/eso:2.9.0",
    "mirror.example",
    "mirror.example/eso@sha256:00",
  ]) {
    it(`refuse the image ${repository}`, () => {
      assert.throws(() => parse({ image: { repository } }), /without a scheme and a tag/);
    });
  }
});
