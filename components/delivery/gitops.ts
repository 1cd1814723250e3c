import type { StoredSecret } from "../backends/contract.ts";
import type { Delivered, Delivery, DeliverySpec } from "./contract.ts";
import { externalSecretOf, type ExternalSecretPlace } from "./external-secret.ts";
import { remoteOnly } from "./selection.ts";

/** An object for a GitOps tool to apply. Plain data, without any value. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  /** Absent of a ConfigMap. */
  readonly spec?: unknown;
  /** Only of a ConfigMap. */
  readonly data?: Readonly<Record<string, string>>;
}

export interface GitOpsDeliveryArgs extends ExternalSecretPlace {
  /** Receives each manifest. */
  readonly render: (manifest: Manifest) => void;
}

/**
 * Renders ExternalSecrets for a GitOps tool, such as Argo CD or Flux, instead of applying them. A manifest follows from the
 * description alone: it names no version of a value, so a rotation changes no file, and arrives by the refresh interval.
 */
export class GitOpsDelivery implements Delivery {
  readonly #args: GitOpsDeliveryArgs;

  constructor(args: GitOpsDeliveryArgs) {
    this.#args = args;
  }

  deliver(spec: DeliverySpec, stored: ReadonlyMap<string, StoredSecret>): Delivered {
    const { render, ...place } = this.#args;
    render(externalSecretOf(spec, remoteOnly(stored), place));
    return { resources: [], isAwaited: false };
  }
}
