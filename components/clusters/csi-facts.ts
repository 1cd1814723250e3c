import { z } from "zod";
import { chartOf, csiCharts, isPlace, type ChartSource, type CsiChart } from "../secrets-store-csi/charts.ts";
import { csiDrivers, gkeDriver, usualDriver } from "../secrets-store-csi/names.ts";
import { url } from "../support/facts.ts";
import { blank, configPath, removeCommand, setCommand } from "../support/messages/config-command.ts";
import type { Issue } from "../support/messages/errors.ts";
import { ruledText } from "../support/messages/text-rules.ts";
import type { ClusterSpec, SecretsStoreCsiSpec } from "./contract.ts";

const chart = z.strictObject({
  chart: z.string().min(1).optional(),
  repository: url.optional(),
  version: ruledText({
    pattern: /^(?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){2}$/,
    rule: "an exact version, such as 1.6.1: three numbers without leading zeros",
    characters: /[\d.]/,
    most: 20,
  }).optional(),
});

/** Facts of the Secrets Store CSI driver in a cluster. Absent: nothing is delivered via csi there. */
export const secretsStoreCsi = z
  .strictObject({
    install: z.boolean().default(true),
    driver: z.enum(csiDrivers).default(usualDriver),
    syncSecret: z.boolean().default(false),
    rotationPollSeconds: z
      .int()
      .min(30, "must be at least 30")
      .max(86_400, "must be at most 86400, a day")
      .default(120),
    pods: z.int().min(1).max(100_000).default(1),
    charts: z.partialRecord(z.enum(csiCharts), chart).default({}),
  })
  .superRefine(({ install, driver, syncSecret, charts }, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (driver === gkeDriver && install) issue("install", `must be false with ${gkeDriver}, which is an add-on of GKE`);
    if (driver === gkeDriver && syncSecret)
      issue("syncSecret", `must be false with ${gkeDriver}, which makes no Secrets`);
    if (!install && Object.keys(charts).length > 0)
      issue("charts", "must be left out: with install: false no chart is used");
  });

/** The spec of a driver, from its facts. */
export function secretsStoreCsiSpec({ charts, ...facts }: z.output<typeof secretsStoreCsi>): SecretsStoreCsiSpec {
  const chosen = csiCharts.flatMap((name) => {
    const found = chartOf(name, said(charts[name]));
    return found === undefined ? [] : [[name, found] as const];
  });
  return { ...facts, charts: new Map(chosen) };
}

/** What the charts of a driver get wrong. Pure. */
export function csiChartIssues({ name, secretsStoreCsi: spec }: ClusterSpec): readonly Issue[] {
  if (spec === undefined) return [];
  return [...spec.charts].flatMap(([which, { chart: source, repository }]): readonly Issue[] => {
    if (repository === undefined || !isPlace(source)) return [];
    const path = configPath(["clusters", name, "secretsStoreCsi", "charts", which, "repository"]);
    const problem = "has no effect: the chart is a folder or an OCI address, which is in no repository";
    return [{ path, problem, fix: removeCommand(path) }];
  });
}

/** A provider whose chart nobody publishes, and facts don't say where it is. */
export function missingChart({ name }: ClusterSpec, which: CsiChart): Issue {
  const names = ["clusters", name, "secretsStoreCsi", "charts", which, "chart"];
  return {
    path: configPath(names),
    problem: "is missing: Google publishes its provider's chart in no repository (docs/deliveries/csi.md#google-cloud)",
    fix: setCommand(names, blank("folder or OCI address of the chart")),
  };
}

/** What facts say of a chart, without what they leave open. */
function said({ chart: source, repository, version }: z.output<typeof chart> = {}): Partial<ChartSource> {
  return {
    ...(source === undefined ? {} : { chart: source }),
    ...(repository === undefined ? {} : { repository }),
    ...(version === undefined ? {} : { version }),
  };
}
