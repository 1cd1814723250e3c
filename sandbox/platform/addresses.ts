import type { Ports } from "../ports.ts";

/** Address of the Kubernetes API. Also the issuer of service account tokens, so it is part of the platform's identity. */
export function kubernetesServer(ports: Ports): string {
  return `https://127.0.0.1:${ports.kubeApiserver}`;
}

/** Address of Vault. */
export function vaultAddress(ports: Ports): string {
  return `http://127.0.0.1:${ports.vault}`;
}
