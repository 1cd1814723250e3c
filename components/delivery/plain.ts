import { all, output, secret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { SecretPatch } from "@pulumi/kubernetes/core/v1/secretPatch.js";
import type { StoredSecret } from "../backends/contract.ts";
import { byForce, ownedBy } from "../clusters/owner.ts";
import { own } from "../support/own.ts";
import {
  defaultSecretType,
  isMerged,
  type Delivered,
  type DeliveredKey,
  type Delivery,
  type DeliverySpec,
} from "./contract.ts";
import type { Switching } from "./switching.ts";

export interface PlainDeliveryArgs {
  readonly namespaceKey: string;
  /** The stack that makes them. */
  readonly owner: string;
  /** Whether Secrets that this program owns outlive `destroy`. Those that it merges into always do. */
  readonly retain: boolean;
  readonly switching: Switching;
  readonly options: CustomResourceOptions;
}

/** Delivers plain Secrets, for stores of kind `kubernetes`. */
export class PlainDelivery implements Delivery {
  readonly #args: PlainDeliveryArgs;

  constructor(args: PlainDeliveryArgs) {
    this.#args = args;
  }

  deliver(spec: DeliverySpec, stored: ReadonlyMap<string, StoredSecret>): Delivered {
    const { namespaceKey, owner, retain, options } = this.#args;
    if (spec.templates !== undefined) throw new Error(`${spec.secretName} is composed by the operator`);
    const valuesOf = (keys: readonly DeliveredKey[]): Output<Readonly<Record<string, string>>> => {
      const values = keys.map(({ key, secret: id, from }) => {
        const source = stored.get(id);
        if (source?.kind !== "embedded")
          throw new Error(`${spec.namespace}/${spec.secretName} reads ${id}, which is not embedded`);
        return source.values.apply((each) => [key, own(each, from) ?? ""] as const);
      });
      return secret(all(values).apply((entries) => Object.fromEntries(entries)));
    };
    const bytes = spec.keys.filter((each) => each.bytes === true);
    const stringData = valuesOf(spec.keys.filter((each) => each.bytes !== true));
    const data = bytes.length === 0 ? undefined : valuesOf(bytes);
    const { labels = {}, annotations = {}, type } = spec;
    const metadata = {
      name: spec.secretName,
      namespace: spec.namespace,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      annotations: { ...annotations, ...byForce },
    };
    const name = `${namespaceKey}/${spec.secretName}`;
    if (isMerged(spec)) {
      const patch = this.#patch(name, { metadata, ...(type === undefined ? {} : { type }) }, { stringData, data });
      return { resources: [patch], isAwaited: true };
    }
    const { hooks } = this.#args.switching.takeOver(spec);
    const resource = new Secret(
      name,
      {
        metadata: { ...metadata, annotations: { ...metadata.annotations, ...ownedBy(owner) } },
        stringData,
        ...(data === undefined ? {} : { data }),
        type: type ?? defaultSecretType,
      },
      { ...options, retainOnDelete: retain, ...(hooks.length === 0 ? {} : { hooks: { beforeCreate: [...hooks] } }) },
    );
    return { resources: [resource], isAwaited: true };
  }

  /** Adds keys to a Secret that this program does not own. */
  #patch(name: string, body: SecretBody, { stringData, data: bytes }: SecretContent): SecretPatch {
    // Not as `stringData`: the API server keeps no field manager for its keys (tried on 1.37). One that the catalogue drops
    // would stay in the Secret, and whoever wrote a value before us would still count as its manager.
    const data = all([stringData, bytes ?? output(undefined)]).apply(([texts, encoded]) => ({
      ...Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, encode(value)])),
      ...encoded,
    }));
    // Ending a patch removes the keys that it alone manages, which are those whose values it changed, and makes an empty
    // Secret where there is none any more. The Secret was there before, and an application uses it: it keeps every key.
    return new SecretPatch(name, { ...body, data }, { ...this.#args.options, retainOnDelete: true });
  }
}

/** The keys of a Secret: texts, and bytes in base64. */
interface SecretContent {
  readonly stringData: Output<Readonly<Record<string, string>>>;
  readonly data: Output<Readonly<Record<string, string>>> | undefined;
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
