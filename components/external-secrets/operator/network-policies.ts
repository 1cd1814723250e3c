import type { NetworkPolicySpec } from "../../clusters/contract.ts";
import { defaultWebhookPort, programs } from "./values.ts";

/** One NetworkPolicy: its name, and its `spec`. */
export interface NetworkPolicyManifest {
  readonly name: string;
  readonly spec: {
    readonly podSelector: object;
    readonly policyTypes: string[];
    readonly ingress?: object[];
    readonly egress?: object[];
  };
}

/** What is special about a cluster, as far as the network goes. */
export interface NetworkTraits {
  /** Ports that its DNS Pods listen at. Default: 53. */
  readonly dnsPorts?: readonly number[];
  readonly podIdentity?: boolean;
  /** Port that the API server calls the webhook at. Default: the chart's. */
  readonly webhookPort?: number | undefined;
  /** Whether its webhook shares the network of its node, where no policy applies. */
  readonly webhookHostNetwork?: boolean;
}

/** An egress rule: to any address, if the facts name none. */
export interface EgressRule {
  readonly to?: readonly object[];
  readonly ports: readonly object[];
}

/** Port that metrics of each program are read at (the chart's `metrics.listen.port`). */
const metricsPort = 8080;
/** 6443 is where the API server itself listens, behind the service's 443. */
const apiServerPorts = [443, 6443];

/**
 * Policies of the operator's namespace: nothing in and nothing out, then exactly what its programs need. They are
 * written here and not taken from the chart, which has them in some versions only. A NetworkPolicy can't name the API
 * server nor a host: without addresses in the facts, egress is limited to the ports. Pure.
 */
export function networkPolicies(
  spec: NetworkPolicySpec & { readonly storePorts: readonly number[] },
  cluster: NetworkTraits = {},
): readonly NetworkPolicyManifest[] {
  const both = ["Ingress", "Egress"];
  const scraping =
    spec.monitoringNamespace === undefined
      ? []
      : [
          {
            from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": spec.monitoringNamespace } } }],
            ports: [tcp(metricsPort)],
          },
        ];
  return [
    { name: "default-deny", spec: { podSelector: {}, policyTypes: both } },
    {
      name: "dns-and-api-server",
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          { ports: (cluster.dnsPorts ?? [53]).flatMap((port) => [{ protocol: "UDP", port }, tcp(port)]) },
          egressTo(spec.apiServer, spec.apiServerPorts ?? apiServerPorts),
        ],
      },
    },
    {
      name: programs.controller,
      spec: {
        podSelector: named(programs.controller),
        policyTypes: both,
        ingress: scraping,
        egress: [egressTo(spec.stores, spec.storePorts), ...(cluster.podIdentity === true ? [podIdentityAgent] : [])],
      },
    },
    ...(cluster.webhookHostNetwork === true
      ? []
      : [
          {
            name: programs.webhook,
            spec: {
              podSelector: named(programs.webhook),
              policyTypes: ["Ingress"],
              // From anywhere: the API server has no Pod whose labels could be named.
              ingress: [{ ports: [tcp(cluster.webhookPort ?? defaultWebhookPort)] }, ...scraping],
            },
          },
        ]),
    ...(scraping.length === 0
      ? []
      : [
          {
            name: programs.certController,
            spec: { podSelector: named(programs.certController), policyTypes: ["Ingress"], ingress: scraping },
          },
        ]),
  ];
}

/**
 * Lets out to addresses (CIDR), any where there are none, at TCP ports.
 *
 * @throws Error without a port.
 */
export function egressTo(addresses: readonly string[], ports: readonly number[]): EgressRule {
  if (ports.length === 0) throw new Error("no ports: a NetworkPolicy would take that for every port");
  return {
    ...(addresses.length === 0 ? {} : { to: addresses.map((cidr) => ({ ipBlock: { cidr } })) }),
    ports: ports.map(tcp),
  };
}

/** The agent of EKS Pod Identity on each node, which hands out the operator's credentials, over IPv4 and IPv6. */
const podIdentityAgent = egressTo(["169.254.170.23/32", "fd00:ec2::23/128"], [80]);

function named(program: string): object {
  return { matchLabels: { "app.kubernetes.io/name": program } };
}

function tcp(port: number) {
  return { protocol: "TCP", port };
}
