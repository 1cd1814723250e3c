import type { ComponentResourceOptions, Resource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import type { ClusterTarget } from "../clusters/contract.ts";
import { ownedBy } from "../clusters/owner.ts";
import { Component } from "../support/component.ts";
import type { AlertedCluster } from "./contract.ts";
import { dashboardMap, prometheusRules } from "./manifests.ts";

export interface AlertsArgs {
  readonly cluster: ClusterTarget;
  readonly alerted: AlertedCluster;
  /** Where the rules go. */
  readonly namespace: string;
  /** What makes that namespace. Default: it is there. */
  readonly dependsOn?: readonly Resource[];
}

/** The alerts of one cluster, and the dashboard. */
export class Alerts extends Component {
  constructor(
    name: string,
    { cluster, alerted, namespace, dependsOn = [] }: AlertsArgs,
    opts?: ComponentResourceOptions,
  ) {
    super("secrets:alerts:Alerts", name, opts);
    const options = this.child({
      provider: cluster.provider,
      dependsOn: [...dependsOn],
      hooks: { onError: [cluster.refusal] },
    });
    for (const { resource, manifest } of prometheusRules(alerted, namespace)) {
      const annotations = ownedBy(cluster.owner);
      new CustomResource(resource, { ...manifest, metadata: { ...manifest.metadata, annotations } }, options);
    }
    const shown = dashboardMap(alerted, namespace);
    if (shown !== undefined) {
      const annotations = { ...shown.metadata.annotations, ...ownedBy(cluster.owner) };
      new ConfigMap(shown.resource, { metadata: { ...shown.metadata, annotations }, data: shown.data }, options);
    }
    this.registerOutputs({});
  }
}
