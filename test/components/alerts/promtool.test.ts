import assert from "node:assert/strict";
import { execa } from "execa";
import type { AlertRule } from "../../../components/alerts/contract.ts";
import { ruleSets } from "../../../components/alerts/rules/index.ts";
import { findPromtool, promtoolFolder } from "../../support/promtool.ts";
import { alertedCluster, alertsOf, rulesOf } from "./cluster.ts";
import { dashboardQueries } from "./queries.ts";

interface Case {
  /** Series by their selector, as promtool writes them. */
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  /** Labels by which it fires there, each with what its value is called in its texts. None: it does not fire. */
  readonly fires: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value?: string }[];
}

const ready = (metric: string, status: string, labels: string) =>
  `${metric}{job="external-secrets-metrics",condition="Ready",status="${status}",${labels}}`;
const scraped = (name: string) => `namespace="operators",exported_namespace="shop",name="${name}"`;
const honoured = (name: string) => `namespace="shop",name="${name}"`;
const shop = (name: string) => ({ labels: { secret_namespace: "shop", name } });
const calls = (status: string, provider = "AWS/SecretsManager") =>
  `externalsecret_provider_api_calls_count{job="external-secrets-metrics",provider="${provider}",call="GetSecretValue",status="${status}"}`;
const up = (job: string, pod: string) => `up{job="${job}",namespace="operators",pod="${pod}"}`;
const certErrors = `controller_runtime_reconcile_errors_total{job="external-secrets-cert-controller-metrics",controller="secret"}`;
const sealed = `sealed_secrets_controller_condition_info{condition="Synced",ss_app_kubernetes_io_instance="",namespace="sealed",exported_namespace="shop",name="db"}`;

/** Each alert at a moment in which it must fire, and at one in which it must not. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  SecretsNotSynced: [
    {
      series: {
        [ready("externalsecret_status_condition", "False", scraped("db"))]: "0 1x30",
        [ready("externalsecret_status_condition", "False", honoured("honoured"))]: "1x30",
        // A replica that was the leader before has an old value.
        [ready("externalsecret_status_condition", "False", `pod="old",${scraped("db")}`)]: "0x30",
      },
      at: "20m",
      fires: [shop("db"), shop("honoured")],
    },
    {
      series: {
        [ready("externalsecret_status_condition", "False", scraped("db"))]: "1x10 0x20",
        [ready("externalsecret_status_condition", "True", scraped("other"))]: "1x30",
      },
      at: "20m",
      fires: [],
    },
    // Not for a moment only.
    { series: { [ready("externalsecret_status_condition", "False", scraped("db"))]: "1x30" }, at: "14m", fires: [] },
  ],
  SecretsStoreNotReady: [
    {
      series: {
        [ready("secretstore_status_condition", "False", scraped("secrets-reader"))]: "1x30",
        [ready("clustersecretstore_status_condition", "False", `namespace="operators",name="acme"`)]: "1x30",
      },
      at: "10m",
      // In no namespace: what the scrape left as one is the operator's own.
      fires: [shop("secrets-reader"), { labels: { name: "acme" } }],
    },
    {
      series: { [ready("secretstore_status_condition", "False", scraped("secrets-reader"))]: "0x30" },
      at: "20m",
      fires: [],
    },
  ],
  SecretsSyncErrors: [
    {
      series: { [`externalsecret_sync_calls_error{job="external-secrets-metrics",${scraped("db")}}`]: "0+1x60" },
      at: "40m",
      fires: [{ ...shop("db"), value: "30" }],
    },
    {
      series: { [`externalsecret_sync_calls_error{job="external-secrets-metrics",${scraped("db")}}`]: "7x60" },
      at: "40m",
      fires: [],
    },
  ],
  SecretsNotPushed: [
    {
      series: { [ready("pushsecret_status_condition", "False", scraped("made"))]: "1x30" },
      at: "16m",
      fires: [shop("made")],
    },
    { series: { [ready("pushsecret_status_condition", "True", scraped("made"))]: "1x30" }, at: "16m", fires: [] },
  ],
  SecretsProviderErrors: [
    {
      series: {
        [calls("error")]: "0+1x60",
        [calls("success")]: "0+3x60",
        [calls("success", "GCP/SecretManager")]: "0+3x60",
      },
      at: "40m",
      fires: [{ labels: { provider: "AWS/SecretsManager", call: "GetSecretValue" }, value: "25" }],
    },
    // One failure of one call says nothing yet.
    { series: { [calls("error")]: "0x30 1x30", [calls("success")]: "0x60" }, at: "40m", fires: [] },
    { series: { [calls("error")]: "0+1x60", [calls("success")]: "0+30x60" }, at: "40m", fires: [] },
  ],
  SecretsOperatorDown: [
    { series: { [up("external-secrets-metrics", "a")]: "1 0x30" }, at: "10m", fires: [{}] },
    { series: { [up("another", "a")]: "1x30" }, at: "10m", fires: [{}] },
    {
      series: { [up("external-secrets-metrics", "a")]: "0x30", [up("external-secrets-metrics", "b")]: "1x30" },
      at: "10m",
      fires: [],
    },
  ],
  SecretsWebhookDown: [
    { series: { [up("external-secrets-webhook", "a")]: "0x30" }, at: "10m", fires: [{}] },
    { series: { [up("external-secrets-webhook", "a")]: "1x30" }, at: "10m", fires: [] },
  ],
  SecretsWebhookCertificateNotRenewed: [
    {
      series: { [up("external-secrets-cert-controller-metrics", "a")]: "1x120", [certErrors]: "0+1x120" },
      at: "80m",
      fires: [{}],
    },
    { series: { [up("external-secrets-cert-controller-metrics", "a")]: "0x120" }, at: "80m", fires: [{}] },
    {
      series: { [up("external-secrets-cert-controller-metrics", "a")]: "1x120", [certErrors]: "4x120" },
      at: "80m",
      fires: [],
    },
  ],
  SecretsNotUnsealed: [
    { series: { [sealed]: "-1x30" }, at: "16m", fires: [shop("db")] },
    { series: { [sealed]: "1x30" }, at: "16m", fires: [] },
  ],
  // Due on 20 January 1970, all of it: time runs from the first of that month.
  SecretsRotationOverdue: [
    {
      series: {},
      at: "20d",
      fires: [{ labels: { secret: "shop/db" }, value: "1970-01-21 00:00:00 +0000 UTC" }],
    },
    { series: {}, at: "19d23h", fires: [] },
  ],
  SecretsRotationDue: [
    {
      series: {},
      at: "6d1h",
      fires: [{ labels: { secret: "shop/db" }, value: "1970-01-21 00:00:00 +0000 UTC" }],
    },
    { series: {}, at: "5d", fires: [] },
    { series: {}, at: "21d", fires: [] },
  ],
  SecretsCertificateExpires: [
    {
      series: {},
      at: "31d",
      fires: [{ labels: { certificate: "stores.vault.caBundle" }, value: "1970-03-02 00:00:00 +0000 UTC" }],
    },
    { series: {}, at: "29d", fires: [] },
  ],
  SecretsSealingKeyOld: [
    {
      series: {},
      at: "92d",
      fires: [{ labels: { certificate: "clusters.main.sealedSecrets" }, value: "1970-01-02 00:00:00 +0000 UTC" }],
    },
    { series: {}, at: "90d", fires: [] },
  ],
};

/** A text of an alert as Prometheus fills it in. */
function filled(text: string, labels: Readonly<Record<string, string>>, value = ""): string {
  const isSet = (label: string) => (labels[label] ?? "") !== "";
  return text
    .replaceAll(
      /\{\{ if \$labels\.(\w+) \}\}(.*?)\{\{ else \}\}(.*?)\{\{ end \}\}/g,
      (_, label: string, one: string, other: string) => (isSet(label) ? one : other),
    )
    .replaceAll(/\{\{ with \$labels\.(\w+) \}\}(.*?)\{\{ end \}\}/g, (_, label: string, inner: string) =>
      isSet(label) ? inner.replaceAll("{{ . }}", labels[label] ?? "") : "",
    )
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "")
    .replaceAll(/\{\{ \$value \| humanize(?:Timestamp)? \}\}/g, value);
}

function testOf(rule: AlertRule, { series, at, fires }: Case) {
  return {
    interval: Object.keys(series).length === 0 ? "1h" : "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      {
        eval_time: at,
        alertname: rule.alert,
        exp_alerts: fires.map(({ labels = {}, value }) => ({
          exp_labels: { ...rule.labels, ...labels },
          exp_annotations: Object.fromEntries(
            Object.entries(rule.annotations).map(([key, text]) => [key, filled(text, labels, value)]),
          ),
        })),
      },
    ],
  };
}

describe("alerts in Prometheus", () => {
  const all = alertsOf(alertedCluster);
  const groups = ruleSets(alertedCluster).flatMap((set) => set.groups);
  let promtool = "";
  before(async function () {
    this.timeout(120_000);
    const found = await findPromtool();
    if ("path" in found) return void (promtool = found.path);
    console.log(`    skipped: ${found.missing}`);
    this.skip();
  });

  const run = async (args: readonly string[], files: Readonly<Record<string, unknown>>) => {
    const { folder, remove } = await promtoolFolder(files);
    try {
      const { all: output, exitCode } = await execa(promtool, args, { cwd: folder, all: true, reject: false });
      assert.equal(exitCode, 0, output);
      return output;
    } finally {
      await remove();
    }
  };

  it("are rules that Prometheus takes", async () => {
    const output = await run(["check", "rules", "--lint=all", "--lint-fatal", "rules.json"], {
      "rules.json": { groups },
    });
    assert.match(output, /SUCCESS: \d+ rules found/);
  });

  it("and the queries of the dashboard are ones that it reads", async () => {
    const rules = dashboardQueries(alertedCluster).map((expr, index) => ({ record: `query:${index}`, expr }));
    const output = await run(["check", "rules", "rules.json"], {
      "rules.json": { groups: [{ name: "queries", rules }] },
    });
    assert.match(output, new RegExp(`SUCCESS: ${rules.length} rules found`));
  });

  it("each have a case that fires and one that does not", () => {
    assert.deepEqual(Object.keys(cases).sort(), all.map(({ alert }) => alert).sort());
    for (const [name, each] of Object.entries(cases)) {
      assert.ok(each.some(({ fires }) => fires.length > 0) && each.some(({ fires }) => fires.length === 0), name);
    }
  });

  for (const rule of all) {
    it(`${rule.alert} fires when it must, with its texts, and only then`, async () => {
      const tests = (cases[rule.alert] ?? []).map((each) => testOf(rule, each));
      const interval = tests[0]?.interval ?? "1m";
      const records = rulesOf(alertedCluster).filter((each) => "record" in each);
      const one = [
        { name: "records", rules: records },
        { name: "alert", rules: [rule] },
      ];
      const file = {
        rule_files: ["rules.json"],
        evaluation_interval: interval,
        // An hour is longer than Prometheus looks back: what is recorded in it must come first.
        group_eval_order: one.map(({ name }) => name),
        tests,
      };
      await run(["test", "rules", "test.json"], { "rules.json": { groups: one }, "test.json": file });
    });
  }
});
