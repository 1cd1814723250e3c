import { SandboxError } from "./support/errors.ts";

/**
 * Every port of the platform, as its distance from the base. All listen on 127.0.0.1 only.
 * With the default base the Kubernetes API is on 16443.
 */
export const PORT_OFFSETS = {
  etcdClient: 0,
  etcdPeer: 1,
  kwok: 2,
  kubeApiserver: 3,
  kubeControllerManager: 4,
  kubeScheduler: 5,
  vault: 6,
  vaultCluster: 7,
  externalSecretsMetrics: 8,
  externalSecretsHealth: 9,
  gateway: 10,
  cloudsHealth: 11,
  moto: 12,
} as const;

/** Name of a port. */
export type PortName = keyof typeof PORT_OFFSETS;

/** Every port's number. */
export type Ports = Readonly<Record<PortName, number>>;

/** Below the ranges from which Linux (32768) and macOS (49152) hand out client ports, so nothing takes one by chance. */
export const DEFAULT_PORT_BASE = 16440;

const PORT_COUNT = Object.keys(PORT_OFFSETS).length;

/** The port table for a base. Two platforms run side by side when their bases are at least twenty apart. */
export function portsFrom(portBase: number): Ports {
  if (!Number.isInteger(portBase) || portBase < 1024 || portBase + PORT_COUNT > 65_536) {
    throw new SandboxError({
      what: `The port base ${portBase} cannot be used.`,
      why: `It must be a whole number from 1024 to ${65_536 - PORT_COUNT}: the platform takes the ${PORT_COUNT} ports from it on.`,
      fix: `Unset SANDBOX_PORT_BASE (default ${DEFAULT_PORT_BASE}), or set it to a number in that range.`,
    });
  }
  const entries = Object.entries(PORT_OFFSETS).map(([name, offset]) => [name, portBase + offset] as const);
  return Object.fromEntries(entries) as Record<PortName, number>;
}
