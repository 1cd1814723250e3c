// eslint-disable-next-line no-restricted-syntax -- for ciphertexts and keyed fingerprints alone
import { all, unsecret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { EmbeddedSecret, StoredSecret } from "../backends/contract.ts";
import { handedOver, ownedBy } from "../clusters/owner.ts";
import type { SealingCertificate } from "../sealed-secrets/certificate.ts";
import { sealedTimeouts, waitForSynced, type SealingHooks } from "../sealed-secrets/hooks.ts";
import type { SealedSecretsApplier } from "../sealed-secrets/facts.ts";
import { sealedManifestType, sealedSecretFrame, type SealedSecretFrame } from "../sealed-secrets/manifest.ts";
import { fingerprintsAnnotation, sealedKey, type SealedBefore, type SealedKey } from "../sealed-secrets/resealing.ts";
import type { SealingScope } from "../sealed-secrets/seal.ts";
import { canonicalJson } from "../support/canonical-json.ts";
import { Component } from "../support/component.ts";
import { own } from "../support/own.ts";
import type { Entropy } from "../values/entropy.ts";
import { asList } from "./depends-on.ts";
import type { Switching, TakingOver } from "./switching.ts";
import {
  defaultSecretType,
  isMerged,
  type Delivered,
  type DeliveredKey,
  type Delivery,
  type DeliverySpec,
} from "./contract.ts";

/** How values are sealed for one cluster. */
export interface Sealing {
  readonly certificate: SealingCertificate;
  readonly scope: SealingScope;
  readonly appliedBy: SealedSecretsApplier;
  readonly hooks: SealingHooks;
  readonly entropy: Entropy;
  /** What the state has of SealedSecrets, by resource. */
  readonly before: ReadonlyMap<string, SealedBefore>;
}

/** A SealedSecret for a GitOps tool to apply. Plain data without any value: the state has what is sealed. */
export interface SealedManifestFrame {
  readonly manifest: SealedSecretFrame;
  /** Keys of the Secret, sorted. */
  readonly keys: readonly string[];
}

export interface SealedSecretDeliveryArgs {
  readonly namespaceKey: string;
  readonly sealing: Sealing;
  /** The stack that makes them. */
  readonly owner: string;
  /** Whether Secrets outlive their SealedSecret. Those that keys are merged into always do. */
  readonly retain: boolean;
  /** Whether they stay in the cluster when this stack no longer has them: a GitOps tool goes on with them. */
  readonly handOver: boolean;
  /** Resources by which ExternalSecrets of this stack have delivered so far what is sealed now. */
  readonly formerly: ReadonlySet<string>;
  readonly switching: Switching;
  /** Receives each SealedSecret that a GitOps tool applies. */
  readonly render: (frame: SealedManifestFrame) => void;
  readonly options: CustomResourceOptions;
}

/**
 * Delivers through the Sealed Secrets controller: applies SealedSecrets, or keeps them in the state, from where they are
 * written into the folder of a GitOps tool.
 */
export class SealedSecretDelivery implements Delivery {
  readonly #args: SealedSecretDeliveryArgs;

  constructor(args: SealedSecretDeliveryArgs) {
    this.#args = args;
  }

  deliver(spec: DeliverySpec, stored: ReadonlyMap<string, StoredSecret>): Delivered {
    const { namespaceKey, sealing } = this.#args;
    const name = `${namespaceKey}/${spec.secretName}`;
    // What an ExternalSecret may still have is sealed anew: the controller takes it over when the spec changes.
    const taking = this.#args.switching.takeOver(spec);
    const known = this.#args.formerly.has(name) || taking.resumed ? undefined : sealing.before.get(name);
    const before = known ?? new Map<string, SealedKey>();
    const sealed = spec.keys.map((each) => [each.key, this.#seal(spec, each, stored, before)] as const);
    const fingerprints = all(Object.fromEntries(sealed.map(([key, output]) => [key, output.fingerprint])));
    const contents: SealedContents = {
      fingerprints: unsecret(fingerprints.apply(canonicalJson)),
      encryptedData: Object.fromEntries(sealed.map(([key, { ciphertext }]) => [key, unsecret(ciphertext)])),
    };
    if (sealing.appliedBy !== "gitops") {
      return { resources: [this.#apply(name, spec, { contents, taking })], isAwaited: true };
    }
    this.#keep(name, spec, contents);
    return { resources: [], isAwaited: false };
  }

  #apply(
    name: string,
    spec: DeliverySpec,
    { contents, taking }: { readonly contents: SealedContents; readonly taking: TakingOver },
  ): CustomResource {
    const { sealing, handOver, options } = this.#args;
    const takeOver = this.#takeOver(name, spec, taking);
    return new CustomResource(
      name,
      manifestOf(this.#frame(spec, { ...handedOver(handOver), ...waitForSynced }), contents),
      {
        ...options,
        ...(handOver ? { retainOnDelete: true } : {}),
        ...(taking.dependsOn.length === 0 ? {} : { dependsOn: [...asList(options.dependsOn), ...taking.dependsOn] }),
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

  #keep(name: string, spec: DeliverySpec, contents: SealedContents): void {
    const frame = this.#frame(spec);
    new SealedManifest(name, manifestOf(frame, contents), this.#args.options);
    this.#args.render({ manifest: frame, keys: Object.keys(contents.encryptedData).sort() });
  }

  #frame(spec: DeliverySpec, more: Readonly<Record<string, string>> = {}): SealedSecretFrame {
    const { sealing, owner, retain } = this.#args;
    const { namespace, secretName, type = defaultSecretType, labels = {}, annotations = {} } = spec;
    const merged = isMerged(spec);
    return sealedSecretFrame({
      namespace,
      name: secretName,
      scope: sealing.scope,
      ownership: merged ? "patched" : retain ? "kept" : "owned",
      type,
      labels,
      secretAnnotations: { ...annotations, ...(merged ? {} : ownedBy(owner)) },
      annotations: { ...ownedBy(owner), ...more },
    });
  }

  /** What lets the controller write to a Secret that is there already; nothing for one that it makes. */
  #takeOver(name: string, spec: DeliverySpec, { from }: TakingOver) {
    const { replace, patch } = this.#args.sealing.hooks;
    if (isMerged(spec)) return [patch];
    return spec.existing === "overwrite" || this.#args.formerly.has(name) || from.length > 0 ? [replace] : [];
  }

  #seal(
    { namespace, secretName }: DeliverySpec,
    { key, secret: id, from, bytes }: DeliveredKey,
    stored: ReadonlyMap<string, StoredSecret>,
    before: SealedBefore,
  ): Output<SealedKey> {
    const { certificate, scope, entropy } = this.#args.sealing;
    const { values, digestKey } = sealable(`${namespace}/${secretName}`, id, stored.get(id));
    return all([values, digestKey]).apply(([each, hmacKey]) =>
      sealedKey({
        key,
        value: own(each, from) ?? "",
        ...(bytes === true ? { encoding: "base64" as const } : {}),
        digestKey: hmacKey,
        certificate,
        place: { namespace, secretName, scope },
        before: before.get(key),
        entropy,
      }),
    );
  }
}

/** What is sealed, by key, with its fingerprints as JSON. */
interface SealedContents {
  readonly fingerprints: Output<string>;
  readonly encryptedData: Readonly<Record<string, Output<string>>>;
}

function manifestOf(frame: SealedSecretFrame, { fingerprints, encryptedData }: SealedContents) {
  return {
    ...frame,
    metadata: {
      ...frame.metadata,
      annotations: { ...frame.metadata.annotations, [fingerprintsAnnotation]: fingerprints },
    },
    spec: { ...frame.spec, encryptedData },
  };
}

/** A SealedSecret that the state holds, and that nobody applies here. */
class SealedManifest extends Component {
  constructor(name: string, manifest: ReturnType<typeof manifestOf>, { parent }: CustomResourceOptions) {
    super(sealedManifestType, name, parent === undefined ? {} : { parent });
    this.registerOutputs({ manifest });
  }
}

function sealable(where: string, id: string, source: StoredSecret | undefined) {
  if (source?.kind !== "embedded") throw new Error(`${where} reads ${id}, which is not embedded`);
  const { values, digestKey }: EmbeddedSecret = source;
  if (digestKey === undefined) throw new Error(`${where} seals ${id}, which has no key for its fingerprints`);
  return { values, digestKey };
}
