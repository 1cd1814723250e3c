import type { V1Deployment } from "@kubernetes/client-node";

/** Where the Pulumi program installs the operator. */
export const OPERATOR = { namespace: "external-secrets", name: "external-secrets" } as const;

/** How the operator's process is run for a Deployment. */
export interface OperatorSpec {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Service account whose rights the process has. */
  readonly serviceAccount: string;
}

/** Loopback ports in place of the pod's own. */
export interface OperatorPorts {
  readonly metrics: number;
  readonly health: number;
}

/**
 * Flags that mean something only in a pod. Addresses are replaced; the election needs the pod's namespace file and there is one
 * process whatever the replica count; the metrics certificate is a mounted volume. Everything else, a misspelt flag too, is passed on.
 */
const POD_ONLY = [
  "metrics-addr",
  "live-addr",
  "enable-leader-election",
  "metrics-secure",
  "metrics-cert-dir",
  "metrics-cert-name",
  "metrics-key-name",
];

/** The process that the kubelet would run for this Deployment; undefined when there should be none. */
export function operatorSpec(deployment: V1Deployment | undefined, ports: OperatorPorts): OperatorSpec | undefined {
  if (deployment?.spec === undefined || deployment.metadata?.deletionTimestamp !== undefined) return undefined;
  if (deployment.spec.replicas === 0) return undefined;
  const pod = deployment.spec.template.spec;
  const container = pod?.containers.find(({ name }) => name === OPERATOR.name) ?? pod?.containers[0];
  return {
    args: [
      ...withoutFlags(container?.args ?? [], POD_ONLY),
      `--metrics-addr=127.0.0.1:${ports.metrics}`,
      `--live-addr=127.0.0.1:${ports.health}`,
    ],
    environment: Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value ?? ""])),
    serviceAccount: pod?.serviceAccountName ?? "default",
  };
}

/** Arguments without some flags, written as `--flag=value`, `--flag value` or `--flag`. */
export function withoutFlags(args: readonly string[], names: readonly string[]): string[] {
  const kept: string[] = [];
  let dropValue = false;
  for (const arg of args) {
    const isFlag = arg.startsWith("-");
    const [name, value] = arg.replace(/^--?/, "").split("=", 2);
    const dropped = isFlag && name !== undefined && names.includes(name);
    if (!dropped && !(dropValue && !isFlag)) kept.push(arg);
    dropValue = dropped && value === undefined;
  }
  return kept;
}
