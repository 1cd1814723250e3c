import { all, secret, type CustomResourceOptions } from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { SecretPatch } from "@pulumi/kubernetes/core/v1/secretPatch.js";
import type { StoredSecret } from "../stores/contract.ts";
import { ownedBy } from "../clusters/owner.ts";
import { isMerged, type Delivery, type DeliverySpec } from "./contract.ts";

export interface PlainDeliveryArgs {
  readonly namespaceKey: string;
  /** The stack that makes them. */
  readonly owner: string;
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
    const { namespaceKey, owner, retain, options } = this.#args;
    const values = spec.keys.map(({ key, secret: id, from }) => {
      const source = stored.get(id);
      if (source?.kind !== "embedded")
        throw new Error(`${spec.namespace}/${spec.secretName} reads ${id}, which is not embedded`);
      return source.values.apply((all) => [key, all[from] ?? ""] as const);
    });
    const metadata = { name: spec.secretName, namespace: spec.namespace };
    const stringData = secret(all(values).apply((entries) => Object.fromEntries(entries)));
    const name = `${namespaceKey}/${spec.secretName}`;
    if (isMerged(spec)) {
      // By force: the keys belong to whoever wrote them last, and would be refused with a conflict otherwise.
      const forced = { ...metadata, annotations: { "pulumi.com/patchForce": "true" } };
      new SecretPatch(name, { metadata: forced, stringData }, { ...options, retainOnDelete: retain });
      return;
    }
    new Secret(
      name,
      { metadata: { ...metadata, annotations: ownedBy(owner) }, stringData, type: "Opaque" },
      { ...options, retainOnDelete: retain },
    );
  }
}
