import assert from "node:assert/strict";
import { z } from "zod";
import { dashboard } from "../../../components/alerts/dashboard/index.ts";
import { metrics, recorded } from "../../../components/alerts/metrics.ts";
import { ruleSets } from "../../../components/alerts/rules/index.ts";
import { alertedCluster, alertsOf, rulesOf, specOf } from "./cluster.ts";
import { dashboardQueries, queriesOf, selectorsIn, wordsIn } from "./queries.ts";

/** What Prometheus 2.42 knows, and is used here. */
const functions = [
  "absent", "and", "bottomk", "count", "increase", "label_replace", "max", "min", "or", "rate", "sort", "sum", "time", "vector",
]; // prettier-ignore
const ofTarget = ["job", "namespace"];
const ofStack = ["stack", "stack_cluster"];

describe("queries of alerts and dashboard", () => {
  it("read metrics that their programs have, by labels that these have", () => {
    for (const query of queriesOf(alertedCluster)) {
      for (const { metric, labels } of selectorsIn(query)) {
        const isRecorded = Object.values<string>(recorded).includes(metric);
        assert.ok(isRecorded || Object.hasOwn(metrics, metric), `${metric} of ${query}`);
        const known = isRecorded ? ofStack : [...ofTarget, ...metrics[metric as keyof typeof metrics]];
        assert.deepEqual(
          labels.filter((label) => !known.includes(label)),
          [],
          query,
        );
      }
    }
  });

  it("read no metric without saying which series of it, and use functions that Prometheus has had for long", () => {
    for (const query of queriesOf(alertedCluster)) {
      assert.deepEqual(
        wordsIn(query).filter(
          (word) =>
            !functions.includes(word) &&
            !Object.hasOwn(metrics, word) &&
            !Object.values<string>(recorded).includes(word),
        ),
        [],
        query,
      );
      const selected = selectorsIn(query).map(({ metric }) => metric);
      const named = wordsIn(query).filter((word) => !functions.includes(word));
      assert.deepEqual(
        named.filter((metric) => !selected.includes(metric)),
        [],
        query,
      );
    }
  });

  it("use every metric of the table", () => {
    const read = new Set(queriesOf(alertedCluster).flatMap((query) => selectorsIn(query).map(({ metric }) => metric)));
    assert.deepEqual(
      Object.keys(metrics).filter((metric) => !read.has(metric)),
      [],
    );
  });

  it("keep a scrape job with quotation marks in its place", () => {
    // Facts allow none; the text is built so all the same.
    const [rule] = alertsOf({
      ...alertedCluster,
      operator: { namespace: "a", job: 'a"} or up{b="', clusterStores: false, pushSecrets: false },
    });
    assert.match(rule?.expr ?? "", /job="a\\"\} or up\{b=\\""/);
  });
});

describe("rules of a cluster", () => {
  it("are few to an object, however many dates there are", () => {
    const due = Array.from({ length: 2300 }, (_, index) => ({ id: `app/secret-${index}`, rotateBy: "2027-01-01" }));
    const sets = ruleSets({ ...alertedCluster, due, certificates: [] });
    assert.deepEqual(
      sets.map(({ name }) => name),
      ["alerts", "dates", "dates-2", "dates-3"],
    );
    for (const set of sets) assert.ok(JSON.stringify(set).length < 500_000, `${set.name} is large`);
    assert.equal(
      new Set(sets.flatMap(({ groups }) => groups.map(({ name }) => name))).size,
      sets.flatMap(({ groups }) => groups).length,
    );
  });

  it("are none where there is nothing to tell of", () => {
    const { operator: _, sealing: __, ...nothing } = alertedCluster;
    assert.deepEqual(ruleSets({ ...nothing, due: [], certificates: [] }), []);
  });

  it("have a severity, a summary, a description, a command, and a link where facts have one", () => {
    for (const { alert, labels, annotations } of alertsOf(alertedCluster)) {
      assert.deepEqual(Object.keys(labels), ["severity", "stack", "stack_cluster"], alert);
      assert.deepEqual(Object.keys(annotations), ["summary", "description", "command", "runbook_url"], alert);
    }
    for (const { annotations } of alertsOf({ ...alertedCluster, spec: specOf() })) {
      assert.deepEqual(Object.keys(annotations), ["summary", "description", "command"]);
    }
  });

  it("hold times that no clock is asked for", () => {
    assert.deepEqual(
      rulesOf(alertedCluster).flatMap((rule) =>
        "record" in rule
          ? [`${rule.labels["secret"] ?? rule.labels["certificate"] ?? ""} ${rule.record} ${rule.expr}`]
          : [],
      ),
      [
        "shop/db secrets_rotation_due_timestamp_seconds vector(1728000)",
        "till/api secrets_rotation_due_timestamp_seconds vector(13132800)",
        "stores.vault.caBundle secrets_certificate_not_after_timestamp_seconds vector(5184000)",
        "clusters.main.sealedSecrets secrets_certificate_not_after_timestamp_seconds vector(315532800)",
        "clusters.main.sealedSecrets secrets_sealing_key_not_before_timestamp_seconds vector(86400)",
      ],
    );
  });
});

/**
 * What Grafana asks of a dashboard's JSON, for the fields and panels that are used here: its `kinds/dashboard/dashboard_kind.cue`
 * and the JSON model in its documentation, read on 2026-11-29. Nothing else may be in it.
 */
const prometheus = z.strictObject({ type: z.literal("prometheus"), uid: z.literal("${datasource}") });
const panelSchema = z.strictObject({
  id: z.int().min(1),
  type: z.enum(["stat", "table", "timeseries"]),
  title: z.string().min(1),
  description: z.string().min(1),
  gridPos: z
    .strictObject({ h: z.int().min(1), w: z.int().min(1).max(24), x: z.int().min(0).max(23), y: z.int().min(0) })
    .refine(({ x, w }) => x + w <= 24),
  datasource: prometheus,
  targets: z
    .array(
      z.strictObject({
        refId: z.string().regex(/^[A-Z]$/),
        datasource: prometheus,
        expr: z.string().min(1),
        legendFormat: z.string().optional(),
        instant: z.literal(true).optional(),
        range: z.literal(false).optional(),
        format: z.literal("table").optional(),
      }),
    )
    .min(1),
  fieldConfig: z.strictObject({
    defaults: z.strictObject({
      unit: z.enum(["s", "ops", "short"]).optional(),
      color: z.strictObject({ mode: z.literal("thresholds") }).optional(),
      thresholds: z
        .strictObject({
          mode: z.literal("absolute"),
          steps: z.array(z.strictObject({ color: z.string(), value: z.number().nullable() })).min(1),
        })
        .optional(),
    }),
    overrides: z.tuple([]),
  }),
  options: z.record(z.string(), z.unknown()),
  transformations: z
    .array(z.strictObject({ id: z.literal("organize"), options: z.record(z.string(), z.unknown()) }))
    .optional(),
});
const dashboardSchema = z.strictObject({
  uid: z.string().regex(/^[\w-]{1,40}$/),
  title: z.string().min(1),
  tags: z.array(z.string()),
  schemaVersion: z.int().min(36),
  version: z.int(),
  editable: z.boolean(),
  timezone: z.enum(["browser", "utc"]),
  refresh: z.string().regex(/^\d+[smh]$/),
  time: z.strictObject({ from: z.string(), to: z.literal("now") }),
  templating: z.strictObject({
    list: z.array(
      z.strictObject({
        name: z.literal("datasource"),
        label: z.string(),
        type: z.literal("datasource"),
        query: z.literal("prometheus"),
        hide: z.literal(0),
      }),
    ),
  }),
  panels: z.array(panelSchema).min(1),
});

describe("the dashboard", () => {
  it("is what Grafana reads", () => {
    const { panels } = dashboardSchema.parse(dashboard(alertedCluster));
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  });

  it("has no two panels in one place", () => {
    const cells = dashboard(alertedCluster).panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    );
    assert.equal(new Set(cells).size, cells.length);
  });

  it("shows what is broken first, and nothing that the cluster does not have", () => {
    const titles = (cluster: typeof alertedCluster) => dashboard(cluster).panels.map(({ title }) => title);
    assert.deepEqual(titles(alertedCluster), [
      "ExternalSecrets that are synced",
      "ExternalSecrets that fail",
      "SecretStores that fail",
      "Secrets overdue for rotation",
      "First certificate expires in",
      "ExternalSecrets that fail",
      "Rotations that are due next",
      "Syncs",
      "Calls to stores",
      "Pods of the operator that answer",
    ]);
    const { operator: _, ...others } = alertedCluster;
    assert.deepEqual(titles({ ...others, certificates: [] }), [
      "Secrets overdue for rotation",
      "Rotations that are due next",
    ]);
  });

  it("counts ClusterSecretStores that fail among the stores, where there are any", () => {
    const counted = (clusterStores: boolean) => {
      const { operator } = alertedCluster;
      assert.ok(operator !== undefined);
      const [query = ""] = dashboardQueries({ ...alertedCluster, operator: { ...operator, clusterStores } }).filter(
        (each) => each.includes("secretstore_status_condition"),
      );
      return query.includes(
        'or max by (name) (clustersecretstore_status_condition{job="external-secrets-metrics",condition="Ready",status="False"}) == 1',
      );
    };
    assert.deepEqual([counted(true), counted(false)], [true, false]);
  });

  it("has another name in Grafana for each stack and cluster", () => {
    const uid = (changes: object) => dashboard({ ...alertedCluster, ...changes }).uid;
    assert.equal(new Set([uid({}), uid({ cluster: "other" }), uid({ owner: "acme/live" })]).size, 3);
  });
});
