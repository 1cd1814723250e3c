import type { NetworkPolicySpec } from "../clusters/contract.ts";
import { programs } from "./operator-values.ts";

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
export interface ClusterTraits {
  readonly openshift?: boolean;
  readonly podIdentity?: boolean;
}

/** Port that the API server calls the webhook at (the chart's `webhook.port`), and that metrics are read at. */
const webhookPort = 10_250;
const metricsPort = 8080;

/**
 * Policies of the operator's namespace: nothing in and nothing out, then exactly what its programs need. They are
 * written here and not taken from the chart, which has them in some versions only. A NetworkPolicy can't name the API
 * server nor a host: without addresses in the facts, egress is limited to the ports. Pure.
 */
export function networkPolicies(
  spec: NetworkPolicySpec,
  cluster: ClusterTraits = {},
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
          { ports: dnsPorts(cluster).flatMap((port) => [{ protocol: "UDP", port }, tcp(port)]) },
          // 6443 is where the API server itself listens, behind the service's 443.
          { ...to(spec.apiServer), ports: [tcp(443), tcp(6443)] },
        ],
      },
    },
    {
      name: programs.controller,
      spec: {
        podSelector: named(programs.controller),
        policyTypes: both,
        ingress: scraping,
        egress: [
          { ...to(spec.stores), ports: spec.storePorts.map(tcp) },
          ...(cluster.podIdentity === true ? [podIdentityAgent] : []),
        ],
      },
    },
    {
      name: programs.webhook,
      spec: {
        podSelector: named(programs.webhook),
        policyTypes: ["Ingress"],
        // From anywhere: the API server has no Pod whose labels could be named.
        ingress: [{ ports: [tcp(webhookPort)] }, ...scraping],
      },
    },
  ];
}

/** DNS Pods of OpenShift listen on 5353 behind the service's 53, and a policy sees the Pod's port. */
function dnsPorts({ openshift = false }: ClusterTraits): readonly number[] {
  return openshift ? [53, 5353] : [53];
}

/** The agent of EKS Pod Identity on each node, which hands out the operator's credentials. */
const podIdentityAgent = { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }], ports: [tcp(80)] };

function named(program: string): object {
  return { matchLabels: { "app.kubernetes.io/name": program } };
}

function to(addresses: readonly string[]): object {
  return addresses.length === 0 ? {} : { to: addresses.map((cidr) => ({ ipBlock: { cidr } })) };
}

function tcp(port: number) {
  return { protocol: "TCP", port };
}
