import type { CsiProvider } from "./names.ts";

/** Where a chart is found, and which version of it is installed. */
export interface ChartSource {
  /** Name in the repository, a folder, or an OCI address. */
  readonly chart: string;
  /** Default: the chart says by itself where it is. */
  readonly repository?: string;
  /** Default: that of the folder or address. */
  readonly version?: string;
}

/** The driver itself, and the providers of it. */
export const csiCharts = ["driver", "aws", "azure", "gcp", "vault"] as const satisfies readonly (
  "driver" | CsiProvider
)[];
export type CsiChart = (typeof csiCharts)[number];

/**
 * The charts that are installed where facts name no others. Versions with their source, read on 2026-11-29:
 *
 * - driver: `charts/secrets-store-csi-driver-1.6.1.tgz` in kubernetes-sigs/secrets-store-csi-driver; 1.6.0 of 2026-04-29
 *   replaced the controller that rotated by `requiresRepublish`;
 * - aws: release 3.2.0 of 2026-11-18 in aws/secrets-store-csi-driver-provider-aws;
 * - azure: `charts/csi-secrets-store-provider-azure-1.8.2.tgz` in Azure/secrets-store-csi-driver-provider-azure;
 * - vault: chart 0.32.0 on https://developer.hashicorp.com/vault/docs/platform/k8s/helm;
 * - gcp: Google publishes no repository of its chart, which is a folder of
 *   GoogleCloudPlatform/secrets-store-csi-driver-provider-gcp: facts must say where it is.
 */
export const usualCharts: { readonly [C in CsiChart]: Required<ChartSource> | undefined } = {
  driver: {
    chart: "secrets-store-csi-driver",
    repository: "https://kubernetes-sigs.github.io/secrets-store-csi-driver/charts",
    version: "1.6.1",
  },
  aws: {
    chart: "secrets-store-csi-driver-provider-aws",
    repository: "https://aws.github.io/secrets-store-csi-driver-provider-aws",
    version: "3.2.0",
  },
  azure: {
    chart: "csi-secrets-store-provider-azure",
    repository: "https://azure.github.io/secrets-store-csi-driver-provider-azure/charts",
    version: "1.8.2",
  },
  gcp: undefined,
  vault: { chart: "vault", repository: "https://helm.releases.hashicorp.com", version: "0.32.0" },
};

/** Whether a chart says by itself where it is: a folder, or an OCI address. */
export function isPlace(chart: string): boolean {
  return chart.includes("/") || chart.startsWith(".");
}

/**
 * The chart of facts, completed with the usual one. A folder or an address is taken as it stands. Pure.
 *
 * @returns nothing where neither facts nor the table say which.
 */
export function chartOf(name: CsiChart, chosen: Partial<ChartSource> = {}): ChartSource | undefined {
  const usual = usualCharts[name];
  if (chosen.chart !== undefined && isPlace(chosen.chart)) return { ...chosen, chart: chosen.chart };
  return usual === undefined ? undefined : { ...usual, ...chosen };
}
