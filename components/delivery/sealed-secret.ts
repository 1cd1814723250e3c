// eslint-disable-next-line no-restricted-syntax -- for ciphertexts and keyed fingerprints alone
import { all, unsecret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { EmbeddedSecret, StoredSecret } from "../backends/contract.ts";
import { ownedBy } from "../clusters/owner.ts";
import type { SealingCertificate } from "../sealed-secrets/certificate.ts";
import { sealedTimeouts, waitForSynced, type SealingHooks } from "../sealed-secrets/hooks.ts";
import { sealedSecretFrame } from "../sealed-secrets/manifest.ts";
import { fingerprintsAnnotation, sealedKey, type SealedBefore, type SealedKey } from "../sealed-secrets/resealing.ts";
import type { SealingScope } from "../sealed-secrets/seal.ts";
import { canonicalJson } from "../support/canonical-json.ts";
import { own } from "../support/own.ts";
import type { Entropy } from "../values/entropy.ts";
import { defaultSecretType, isMerged, type DeliveredKey, type Delivery, type DeliverySpec } from "./contract.ts";

/** How values are sealed for one cluster. */
export interface Sealing {
  readonly certificate: SealingCertificate;
  readonly scope: SealingScope;
  readonly hooks: SealingHooks;
  readonly entropy: Entropy;
  /** What the state has of SealedSecrets, by resource. */
  readonly before: ReadonlyMap<string, SealedBefore>;
}

export interface SealedSecretDeliveryArgs {
  readonly namespaceKey: string;
  readonly sealing: Sealing;
  /** The stack that makes them. */
  readonly owner: string;
  /** Whether Secrets outlive their SealedSecret. Those that keys are merged into always do. */
  readonly retain: boolean;
  /** Resources by which ExternalSecrets of this stack have delivered so far what is sealed now. */
  readonly formerly: ReadonlySet<string>;
  readonly options: CustomResourceOptions;
}

/** Delivers through the Sealed Secrets controller. */
export class SealedSecretDelivery implements Delivery {
  readonly #args: SealedSecretDeliveryArgs;

  constructor(args: SealedSecretDeliveryArgs) {
    this.#args = args;
  }

  deliver(spec: DeliverySpec, stored: ReadonlyMap<string, StoredSecret>): void {
    const { namespaceKey, sealing, owner, retain, options } = this.#args;
    const { namespace, secretName, type = defaultSecretType, labels = {}, annotations = {} } = spec;
    const name = `${namespaceKey}/${secretName}`;
    const merged = isMerged(spec);
    // What an ExternalSecret may still have is sealed anew: the controller takes it over when the spec changes.
    const known = this.#args.formerly.has(name) ? undefined : sealing.before.get(name);
    const before = known ?? new Map<string, SealedKey>();
    const sealed = spec.keys.map((each) => [each.key, this.#seal(spec, each, stored, before)] as const);
    const fingerprints = all(Object.fromEntries(sealed.map(([key, output]) => [key, output.fingerprint])));
    const frame = sealedSecretFrame({
      namespace,
      name: secretName,
      scope: sealing.scope,
      ownership: merged ? "patched" : retain ? "kept" : "owned",
      type,
      labels,
      secretAnnotations: { ...annotations, ...(merged ? {} : ownedBy(owner)) },
      annotations: { ...ownedBy(owner), ...waitForSynced },
    });
    const takeOver = this.#takeOver(name, spec);
    new CustomResource(
      name,
      {
        ...frame,
        metadata: {
          ...frame.metadata,
          annotations: {
            ...frame.metadata.annotations,
            [fingerprintsAnnotation]: unsecret(fingerprints.apply(canonicalJson)),
          },
        },
        spec: {
          ...frame.spec,
          encryptedData: Object.fromEntries(sealed.map(([key, { ciphertext }]) => [key, unsecret(ciphertext)])),
        },
      },
      {
        ...options,
        customTimeouts: sealedTimeouts,
        hooks: {
          onError: [sealing.hooks.explain],
          beforeCreate: takeOver,
          beforeUpdate: takeOver,
          afterUpdate: [sealing.hooks.awaitSynced],
        },
      },
    );
  }

  /** What lets the controller write to a Secret that is there already; nothing for one that it makes. */
  #takeOver(name: string, spec: DeliverySpec) {
    const { replace, patch } = this.#args.sealing.hooks;
    if (isMerged(spec)) return [patch];
    return spec.existing === "overwrite" || this.#args.formerly.has(name) ? [replace] : [];
  }

  #seal(
    { namespace, secretName }: DeliverySpec,
    { key, secret: id, from }: DeliveredKey,
    stored: ReadonlyMap<string, StoredSecret>,
    before: SealedBefore,
  ): Output<SealedKey> {
    const { certificate, scope, entropy } = this.#args.sealing;
    const { values, digestKey } = sealable(`${namespace}/${secretName}`, id, stored.get(id));
    return all([values, digestKey]).apply(([each, hmacKey]) =>
      sealedKey({
        key,
        value: own(each, from) ?? "",
        digestKey: hmacKey,
        certificate,
        place: { namespace, secretName, scope },
        before: before.get(key),
        entropy,
      }),
    );
  }
}

function sealable(where: string, id: string, source: StoredSecret | undefined) {
  if (source?.kind !== "embedded") throw new Error(`${where} reads ${id}, which is not embedded`);
  const { values, digestKey }: EmbeddedSecret = source;
  if (digestKey === undefined) throw new Error(`${where} seals ${id}, which has no key for its fingerprints`);
  return { values, digestKey };
}
