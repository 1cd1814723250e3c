import { all, secret, type CustomResourceOptions } from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { SecretPatch } from "@pulumi/kubernetes/core/v1/secretPatch.js";
import type { StoredSecret } from "../stores/contract.ts";
import type { Delivery, DeliverySpec } from "./contract.ts";

export interface PlainDeliveryArgs {
  readonly namespaceKey: string;
  readonly retain: boolean;
  readonly options: CustomResourceOptions;
}

/** Delivers plain Secrets, for stores of kind `kubernetes`. */
export class PlainDelivery implements Delivery {
  readonly #args: PlainDeliveryArgs;

  constructor(args: PlainDeliveryArgs) {
    this.#args = args;
  }

  deliver(spec: DeliverySpec, stored: ReadonlyMap<string, StoredSecret>): void {
    const { namespaceKey, retain, options } = this.#args;
    const values = spec.keys.map(({ key, secret: id, from }) => {
      const source = stored.get(id);
      if (source?.kind !== "embedded")
        throw new Error(`${spec.namespace}/${spec.secretName} reads ${id}, which is not embedded`);
      return source.values.apply((all) => [key, all[from] ?? ""] as const);
    });
    const metadata = { name: spec.secretName, namespace: spec.namespace };
    const stringData = secret(all(values).apply((entries) => Object.fromEntries(entries)));
    const resource = spec.merge ? SecretPatch : Secret;
    new resource(
      `${namespaceKey}/${spec.secretName}`,
      { metadata, stringData, ...(spec.merge ? {} : { type: "Opaque" }) },
      { ...options, retainOnDelete: retain },
    );
  }
}
