import { all, secret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { SecretPatch } from "@pulumi/kubernetes/core/v1/secretPatch.js";
import type { StoredSecret } from "../backends/contract.ts";
import { byForce, ownedBy } from "../clusters/owner.ts";
import { own } from "../support/own.ts";
import { defaultSecretType, isMerged, type Delivery, type DeliverySpec } from "./contract.ts";

export interface PlainDeliveryArgs {
  readonly namespaceKey: string;
  /** The stack that makes them. */
  readonly owner: string;
  /** Whether Secrets that this program owns outlive `destroy`. Those that it merges into always do. */
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
    if (spec.templates !== undefined) throw new Error(`${spec.secretName} is composed by the operator`);
    const values = spec.keys.map(({ key, secret: id, from }) => {
      const source = stored.get(id);
      if (source?.kind !== "embedded")
        throw new Error(`${spec.namespace}/${spec.secretName} reads ${id}, which is not embedded`);
      return source.values.apply((all) => [key, own(all, from) ?? ""] as const);
    });
    const { labels = {}, annotations = {}, type } = spec;
    const metadata = {
      name: spec.secretName,
      namespace: spec.namespace,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      annotations: { ...annotations, ...byForce },
    };
    const stringData = secret(all(values).apply((entries) => Object.fromEntries(entries)));
    const name = `${namespaceKey}/${spec.secretName}`;
    if (isMerged(spec)) {
      this.#patch(name, { metadata, ...(type === undefined ? {} : { type }) }, stringData);
      return;
    }
    new Secret(
      name,
      {
        metadata: { ...metadata, annotations: { ...metadata.annotations, ...ownedBy(owner) } },
        stringData,
        type: type ?? defaultSecretType,
      },
      { ...options, retainOnDelete: retain },
    );
  }

  /** Adds keys to a Secret that this program does not own. */
  #patch(name: string, body: SecretBody, stringData: Output<Readonly<Record<string, string>>>): void {
    // Not as `stringData`: the API server keeps no field manager for its keys (tried on 1.37). One that the catalogue drops
    // would stay in the Secret, and whoever wrote a value before us would still count as its manager.
    const data = stringData.apply((entries) =>
      Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, encode(value)])),
    );
    // Ending a patch removes the keys that it alone manages, which are those whose values it changed, and makes an empty
    // Secret where there is none any more. The Secret was there before, and an application uses it: it keeps every key.
    new SecretPatch(name, { ...body, data }, { ...this.#args.options, retainOnDelete: true });
  }
}

/** What a Secret is besides its keys. */
interface SecretBody {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly type?: string;
}

function encode(value: string): string {
  return Buffer.from(value, "utf8").toString("base64");
}
