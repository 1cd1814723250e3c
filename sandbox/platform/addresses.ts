import type { Ports } from "../ports.ts";

/** Address of the Kubernetes API. Also the issuer of service account tokens, so it is part of the platform's identity. */
export function kubernetesServer(ports: Ports): string {
  return `https://127.0.0.1:${ports.kubeApiserver}`;
}

/** Address of Vault. */
export function vaultAddress(ports: Ports): string {
  return `http://127.0.0.1:${ports.vault}`;
}

/** The door of the fake clouds: an HTTP proxy. */
export function gatewayAddress(ports: Ports): string {
  return `http://127.0.0.1:${ports.gateway}`;
}

/** Health, counters and faults of the fake clouds, and the EKS Pod Identity agent. */
export function cloudsHealthAddress(ports: Ports): string {
  return `http://127.0.0.1:${ports.cloudsHealth}`;
}
