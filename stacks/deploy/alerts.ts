import type { Resource } from "@pulumi/pulumi";
import { firstExpiry } from "../../components/alerts/certificates.ts";
import type { AlertedCluster, AlertedOperator, DueSecret, KnownCertificate } from "../../components/alerts/contract.ts";
import { dashboardMap, prometheusRules, rulesType } from "../../components/alerts/manifests.ts";
import { Alerts } from "../../components/alerts/resources.ts";
import type { ClusterSpec, ClusterTarget } from "../../components/clusters/contract.ts";
import { ownedBy } from "../../components/clusters/owner.ts";
import type { Manifest } from "../../components/delivery/gitops.ts";
import type { WantedObject } from "../../components/delivery/wanted.ts";
import { chartJobs } from "../../components/external-secrets/operator/values.ts";
import type { SealingCertificate } from "../../components/sealed-secrets/certificate.ts";
import { fetchCertificateCommand } from "../../components/sealed-secrets/kubeseal.ts";
import { configPath } from "../../components/support/messages/config-command.ts";
import { consumersOf, everyNamespaceOf, wholeOf, type Cluster, type Environment } from "../config/environment.ts";
import { storesUsedBy } from "../config/store-use.ts";
import { isSealedFor } from "./sealing.ts";

interface AlertedArgs {
  readonly environment: Environment;
  readonly cluster: Cluster;
  /** The stack: `<project>/<stack>`. */
  readonly owner: string;
  /** What values are sealed with for the cluster, if any are. */
  readonly certificate?: Pick<SealingCertificate, "validFrom" | "validTo"> | undefined;
}

/** What the alerts of a cluster are made of; `undefined` where facts want none. Pure. */
export function alertedCluster({
  environment: own,
  cluster,
  owner,
  certificate,
}: AlertedArgs): AlertedCluster | undefined {
  const { spec, needsOperator } = cluster;
  if (spec.alerts === undefined) return undefined;
  const environment = wholeOf(own);
  const operator = needsOperator ? alertedOperator(spec) : undefined;
  return {
    cluster: spec.name,
    ...(spec.context === undefined ? {} : { context: spec.context }),
    owner,
    spec: spec.alerts,
    ...(operator === undefined ? {} : { operator }),
    due: dueIn(environment, cluster),
    certificates: [
      ...certificatesOf(cluster),
      ...(certificate === undefined
        ? []
        : [
            {
              name: configPath(["clusters", spec.name, "sealedSecrets"]),
              notAfter: certificate.validTo,
              sealsSince: certificate.validFrom,
            },
          ]),
    ],
    ...(certificate === undefined ? {} : { sealing: { fetchCertificate: fetchCertificateCommand(plain(spec)) } }),
  };
}

/** Without what is true on the machine of one run alone. */
function plain({ sealedSecrets, context }: ClusterSpec): Pick<ClusterSpec, "sealedSecrets" | "context"> {
  return { ...(context === undefined ? {} : { context }), ...(sealedSecrets === undefined ? {} : { sealedSecrets }) };
}

/** The operator as it is scraped: by the chart's ServiceMonitor, or by a job that facts name; `undefined` where neither is known. */
function alertedOperator({ alerts, externalSecrets, traits }: ClusterSpec): AlertedOperator | undefined {
  const { install, namespace, serviceMonitor, webhook, clusterSecretStore, pushSecrets } = externalSecrets;
  const ours = install && serviceMonitor && traits.operatorManager === "helm";
  const job = alerts?.job ?? (ours ? chartJobs.controller : undefined);
  if (job === undefined) return undefined;
  return {
    namespace,
    job,
    ...(ours && webhook ? { webhook: { job: chartJobs.webhook, certificateJob: chartJobs.certController } } : {}),
    clusterStores: clusterSecretStore !== undefined,
    pushSecrets,
  };
}

/** The secrets that the cluster's namespaces get. What no namespace gets is told of in the first cluster with alerts. */
function dueIn(environment: Environment, { spec }: Cluster): readonly DueSecret[] {
  const first = [...environment.clusters.values()].find((each) => each.spec.alerts !== undefined);
  return environment.secrets
    .flatMap((secret) => {
      const consumers = consumersOf(environment, secret);
      const here =
        consumers.length === 0
          ? first?.spec.name === spec.name
          : consumers.some(({ cluster }) => cluster.name === spec.name);
      return secret.rotateBy === undefined || !here ? [] : [{ id: secret.id, rotateBy: secret.rotateBy }];
    })
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Certificates that facts bring for what is used in the cluster. */
function certificatesOf(cluster: Cluster): readonly KnownCertificate[] {
  const { spec } = cluster;
  const { name, externalSecrets } = spec;
  const bundles = [
    [["clusters", name, "externalSecrets", "caBundle"], externalSecrets.caBundle] as const,
    ...storesUsedBy(everyNamespaceOf(cluster)).map(
      (store) => [["stores", store.name, "caBundle"], "caBundle" in store ? store.caBundle : undefined] as const,
    ),
  ];
  return bundles.flatMap(([names, bundle]) => {
    const notAfter = bundle === undefined ? undefined : firstExpiry(bundle);
    return notAfter === undefined ? [] : [{ name: configPath(names), notAfter }];
  });
}

function rulesNamespace({ spec }: Cluster): string {
  return spec.alerts?.namespace ?? spec.externalSecrets.namespace;
}

/** The rules that a run will make in a cluster, and the dashboard. Pure. */
export function wantedAlerts(environment: Environment, owner: string, cluster: Cluster): readonly WantedObject[] {
  // Names do not depend on when it expires.
  const certificate = isSealedFor(cluster) ? { validFrom: new Date(0), validTo: new Date(0) } : undefined;
  const alerted = alertedCluster({ environment, cluster, owner, certificate });
  if (alerted === undefined || alerted.spec.appliedBy === "gitops") return [];
  const namespace = rulesNamespace(cluster);
  const rules = prometheusRules(alerted, namespace).map(({ resource, manifest }): WantedObject => ({
    kind: "PrometheusRule",
    namespace,
    name: manifest.metadata.name,
    resource: { type: rulesType, name: resource },
  }));
  const shown = dashboardMap(alerted, namespace);
  if (shown === undefined) return rules;
  const { name, namespace: place } = shown.metadata;
  const resource = { type: "kubernetes:core/v1:ConfigMap", name: shown.resource };
  return [...rules, { kind: "ConfigMap", namespace: place, name, resource }];
}

interface DeployAlertsArgs extends AlertedArgs {
  readonly target: ClusterTarget;
  /** What makes the operator's namespace. */
  readonly ready: readonly Resource[];
}

/**
 * Makes the alerts of a cluster, where facts want them.
 *
 * @returns what is rendered for a GitOps tool instead of being applied. It follows from the description alone, so that the
 *   same description gives the same files: the certificate that values are sealed with is no part of it.
 */
export function deployAlerts({ target, ready, certificate, ...args }: DeployAlertsArgs): readonly Manifest[] {
  const { name, alerts } = args.cluster.spec;
  const isRendered = alerts?.appliedBy === "gitops";
  const alerted = alertedCluster({ ...args, certificate: isRendered ? undefined : certificate });
  if (alerted === undefined) return [];
  const namespace = rulesNamespace(args.cluster);
  if (isRendered) return renderedAlerts(alerted, namespace);
  new Alerts(name, { cluster: target, alerted, namespace, dependsOn: ready });
  return [];
}

/** The objects of the alerts as a GitOps tool applies them. Pure. */
function renderedAlerts(alerted: AlertedCluster, namespace: string): readonly Manifest[] {
  const annotations = ownedBy(alerted.owner);
  const rules = prometheusRules(alerted, namespace).map(({ manifest }) => ({
    ...manifest,
    metadata: { ...manifest.metadata, annotations },
  }));
  const shown = dashboardMap(alerted, namespace);
  if (shown === undefined) return rules;
  const metadata = { ...shown.metadata, annotations: { ...shown.metadata.annotations, ...annotations } };
  return [...rules, { apiVersion: "v1", kind: "ConfigMap", metadata, data: shown.data }];
}
