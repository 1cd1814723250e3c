import assert from "node:assert/strict";
import { rsaCertificate } from "../../components/sealed-secrets/certificates.ts";
import { canary, failing, up, type Changes } from "../../support/stack.ts";
import { facts, issuesOf } from "../../support/fixtures.ts";
import { surveyOf } from "../../support/survey.ts";

const type = "kubernetes:monitoring.coreos.com/v1:PrometheusRule";
const { main } = facts.clusters;
const monitored = { ...main.externalSecrets, serviceMonitor: true };
const clusters = (alerts: object = {}, externalSecrets: object = monitored) => ({
  main: { ...main, externalSecrets, alerts },
});
const alerting = (alerts: object = {}, externalSecrets: object = monitored): Changes => ({
  facts: { clusters: clusters(alerts, externalSecrets) },
});

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}
interface Inputs {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: object;
    readonly annotations: object;
  };
  readonly spec: { readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[] };
}

const run = async (changes: Changes) => {
  const { resources } = await up(changes);
  const inputs = resources.names(type).map((name) => resources.find(type, name).inputs as unknown as Inputs);
  return { resources, inputs, rules: inputs.flatMap(({ spec }) => spec.groups.flatMap(({ rules }) => rules)) };
};

describe("alerts of a stack", () => {
  it("are none where facts want none", async () => {
    const { resources } = await up();
    resources.assertNone(type);
    resources.assertNone("secrets:alerts:Alerts");
  });

  it("are applied by nobody here where facts leave them to a GitOps tool, in a cluster that need not serve the kind", async () => {
    const { resources } = await up({
      ...alerting({ appliedBy: "gitops", dashboard: {} }),
      external: { servesAlerts: () => Promise.reject(new Error("was asked")) },
    });
    resources.assertNone(type);
    resources.assertNone("secrets:alerts:Alerts");
    resources.assertNone("kubernetes:core/v1:ConfigMap");
  });

  it("are rules about the operator, and dates as series", async () => {
    const { resources, inputs, rules } = await run(
      alerting({ labels: { release: "prometheus" }, namespace: "monitoring" }),
    );
    assert.deepEqual(resources.names(type), ["main/alerts/alerts", "main/alerts/dates"]);
    for (const { metadata } of inputs) {
      assert.match(metadata.name, /^secrets-test-(alerts|dates)-[0-9a-f]{8}$/);
      assert.deepEqual(metadata, {
        name: metadata.name,
        namespace: "monitoring",
        labels: { release: "prometheus" },
        annotations: { "multicloud-secrets/stack": "multicloud-secrets/test" },
      });
    }
    assert.deepEqual(
      rules.flatMap(({ alert = [] }) => alert),
      [
        "SecretsNotSynced",
        "SecretsStoreNotReady",
        "SecretsSyncErrors",
        "SecretsProviderErrors",
        "SecretsOperatorDown",
        "SecretsWebhookDown",
        "SecretsWebhookCertificateNotRenewed",
        "SecretsRotationOverdue",
        "SecretsRotationDue",
      ],
    );
    assert.deepEqual(
      rules.filter(({ record }) => record !== undefined),
      [
        {
          record: "secrets_rotation_due_timestamp_seconds",
          // 2026-01-31, and 90 days, and the whole of that day.
          expr: `vector(${Date.parse("2026-05-02") / 1000})`,
          labels: { stack: "multicloud-secrets/test", stack_cluster: "main", secret: "shop/db" },
        },
      ],
    );
    assert.ok(!JSON.stringify(inputs).includes(canary));
  });

  it("lie beside the operator, and wait for its namespace, unless facts name another", async () => {
    const { resources, inputs } = await run(alerting());
    assert.deepEqual(
      inputs.map(({ metadata }) => metadata.namespace),
      ["external-secrets", "external-secrets"],
    );
    assert.ok(resources.find(type, "main/alerts/alerts").options.dependsOn.includes("main/operator"));
  });

  it("follow a rotation, and nothing else", async () => {
    const dates = async (changes: object) => {
      const { rules } = await run({ facts: { clusters: clusters(), ...changes } });
      return rules.flatMap(({ record, expr }) => (record === undefined ? [] : [expr]));
    };
    assert.deepEqual(await dates({}), await dates({ refreshSeconds: 7200 }));
    assert.deepEqual(await dates({ rotations: { "shop/db": "2026-03-01" } }), [
      `vector(${Date.parse("2026-05-31") / 1000})`,
    ]);
  });

  it("have the severities, thresholds and links of the facts", async () => {
    const { rules } = await run(
      alerting({
        severities: { critical: "page" },
        runbooks: "https://wiki.example/alerts",
        thresholds: { storeMinutes: 3 },
      }),
    );
    const store = rules.find(({ alert }) => alert === "SecretsStoreNotReady");
    assert.deepEqual(store?.labels, { severity: "page", stack: "multicloud-secrets/test", stack_cluster: "main" });
    assert.equal((store as { readonly for?: string }).for, "3m");
    assert.equal(
      (store as { readonly annotations?: Record<string, string> }).annotations?.["runbook_url"],
      "https://wiki.example/alerts#secretsstorenotready",
    );
  });

  it("are about dates alone where another stack installs the operator, unless facts name its scrape job", async () => {
    const names = async (changes: Changes) => (await run(changes)).rules.flatMap(({ alert = [] }) => alert);
    const installed = { ...main.externalSecrets, install: false };
    assert.deepEqual(await names(alerting({}, installed)), ["SecretsRotationOverdue", "SecretsRotationDue"]);
    const { rules } = await run(alerting({ job: "platform/eso" }, installed));
    const down = rules.find(({ alert }) => alert === "SecretsOperatorDown");
    assert.equal(down?.expr, 'absent(up{job="platform/eso"} == 1)');
    assert.ok(rules.every(({ alert }) => alert !== "SecretsWebhookDown"));
  });

  it("tell of certificates that facts bring, by the path of the fact", async () => {
    const { rules } = await run(alerting({}, { ...monitored, caBundle: rsaCertificate }));
    const series = rules.find(({ record }) => record === "secrets_certificate_not_after_timestamp_seconds");
    assert.equal(series?.labels["certificate"], "clusters.main.externalSecrets.caBundle");
    assert.ok(rules.some(({ alert }) => alert === "SecretsCertificateExpires"));
  });

  it("come with a dashboard where facts want one, by the labels of Grafana's sidecar", async () => {
    const configMap = "kubernetes:core/v1:ConfigMap";
    const { resources: without } = await run(alerting());
    without.assertNone(configMap);
    const folder = { grafana_folder: "Platform" };
    const { resources } = await run(alerting({ dashboard: { namespace: "monitoring", annotations: folder } }));
    const { metadata, data } = resources.find(configMap, "main/alerts/dashboard").inputs as {
      readonly metadata: { readonly name: string };
      readonly data: Readonly<Record<string, string>>;
    };
    assert.match(metadata.name, /^secrets-test-dashboard-[0-9a-f]{8}$/);
    assert.deepEqual(metadata, {
      name: metadata.name,
      namespace: "monitoring",
      labels: { grafana_dashboard: "1" },
      annotations: { grafana_folder: "Platform", "multicloud-secrets/stack": "multicloud-secrets/test" },
    });
    assert.deepEqual(Object.keys(data), [`${metadata.name}.json`]);
    const existing = { kind: "ConfigMap", namespace: "monitoring", name: metadata.name } as const;
    const { error } = await failing({
      ...alerting({ dashboard: { namespace: "monitoring" } }),
      clusters: surveyOf({ main: [existing] }),
    });
    assert.match(
      error.message,
      /ConfigMap monitoring\/secrets-test-dashboard-\w{8} exists and is not managed by this stack/,
    );
  });

  it("are refused before the first write where the cluster knows no rules", async () => {
    const { error, resources } = await failing({
      ...alerting(),
      external: { servesAlerts: () => Promise.resolve(false) },
    });
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        "  clusters.main.alerts: cluster main serves no PrometheusRule (monitoring.coreos.com/v1): it has no Prometheus Operator",
        "    fix: install its CRDs first (docs/alerts.md#before)",
        "    or have no alerts: pulumi config rm --path 'clusters.main.alerts'",
      ].join("\n"),
    );
    resources.assertNone(type);
    resources.assertNone("kubernetes:helm.sh/v3:Release");
  });

  it("are no PrometheusRule of somebody else", async () => {
    const { inputs } = await run(alerting());
    const [{ metadata } = { metadata: { name: "", namespace: "" } }] = inputs;
    const existing = { kind: "PrometheusRule", namespace: metadata.namespace, name: metadata.name } as const;
    const { error } = await failing({ ...alerting(), clusters: surveyOf({ main: [existing] }) });
    assert.match(
      error.message,
      /clusters\.main: PrometheusRule external-secrets\/secrets-test-alerts-[0-9a-f]{8} exists and is not managed by this stack/,
    );
  });

  it("need metrics, and a namespace", () => {
    assert.deepEqual(issuesOf({ facts: { ...facts, clusters: clusters({}, main.externalSecrets) } }), [
      {
        path: "clusters.main.alerts.job",
        problem: "is missing: nothing says how Prometheus scrapes the operator, whose metrics the alerts read",
        fix:
          "let the chart make a ServiceMonitor: pulumi config set --path 'clusters.main.externalSecrets.serviceMonitor' true" +
          "\n    or name the job that scrapes its controller: pulumi config set --path 'clusters.main.alerts.job' <job>",
      },
    ]);
    assert.deepEqual(issuesOf({ facts: { ...facts, via: "plain", clusters: clusters() } }), [
      {
        path: "clusters.main.alerts.namespace",
        problem: "is missing: the rules lie in the operator's namespace, and this cluster has no operator",
        fix: "pulumi config set --path 'clusters.main.alerts.namespace' <namespace>",
      },
    ]);
  });
});
