import { createHmac } from "node:crypto";
import { jsonObject } from "../support/json-object.ts";
import type { Entropy } from "../values/entropy.ts";
import type { SealingCertificate } from "./certificate.ts";
import { seal, sealingLabel, type SealedPlace } from "./seal.ts";

/**
 * Sealing is random, and a manifest must not change by itself. So what was sealed in an earlier run is used again as long
 * as its fingerprint is the same.
 */

/** Annotation of a SealedSecret: the fingerprint of each key, as JSON. */
export const fingerprintsAnnotation = "multicloud-secrets/sealed";

/** One key of a SealedSecret. */
export interface SealedKey {
  readonly ciphertext: string;
  readonly fingerprint: string;
}

/** What the state has of a SealedSecret, by key. Nothing of it is secret. */
export type SealedBefore = ReadonlyMap<string, SealedKey>;

export interface SealedKeyArgs {
  readonly key: string;
  readonly value: string;
  /** What the value is in, where the Secret has its bytes. Default: it is text. */
  readonly encoding?: "base64";
  /** Key of the HMAC, which only the state holds: nobody else can try values against a fingerprint. */
  readonly digestKey: string;
  readonly certificate: SealingCertificate;
  readonly place: SealedPlace;
  /** What the state has under this key. */
  readonly before: SealedKey | undefined;
  readonly entropy: Entropy;
}

/** The earlier ciphertext of a key while nothing that it depends on has changed, or else a new one. */
export function sealedKey(args: SealedKeyArgs): SealedKey {
  const { before, value, encoding, certificate, place, entropy } = args;
  const fingerprint = fingerprintOf(args);
  if (before?.fingerprint === fingerprint) return before;
  const label = sealingLabel(place);
  const encoded = encoding === undefined ? {} : { encoding };
  const ciphertext = seal({ value, ...encoded, publicKey: certificate.publicKey, label, entropy });
  return { ciphertext, fingerprint };
}

/** Equal for equal values of one key that are sealed for one place with one certificate, in every run. */
function fingerprintOf({ key, value, encoding, digestKey, certificate, place }: SealedKeyArgs): string {
  const { namespace, secretName, scope } = place;
  return createHmac("sha256", digestKey)
    .update(
      JSON.stringify([
        certificate.fingerprint,
        scope,
        namespace,
        secretName,
        key,
        value,
        ...(encoding === undefined ? [] : [encoding]),
      ]),
    )
    .digest("base64url");
}

/** What a SealedSecret has sealed, from the outputs that the state holds of it. Anything that is no text is left out. Pure. */
export function sealedBefore(outputs: Readonly<Record<string, unknown>>): SealedBefore {
  const { spec, metadata, status } = outputs as SealedOutputs;
  // The controller gives up on what it failed to unseal a few times, and looks again when the spec changes: sealed anew.
  if (status?.conditions?.some((each) => each.type === "Synced" && each.status === "False") === true) return new Map();
  const fingerprints = parsed(metadata?.annotations?.[fingerprintsAnnotation]);
  return new Map(
    Object.entries(spec?.encryptedData ?? {}).flatMap(([key, ciphertext]): readonly [string, SealedKey][] => {
      const fingerprint = Object.hasOwn(fingerprints, key) ? fingerprints[key] : undefined;
      return typeof ciphertext === "string" && typeof fingerprint === "string"
        ? [[key, { ciphertext, fingerprint }]]
        : [];
    }),
  );
}

interface SealedOutputs {
  readonly spec?: { readonly encryptedData?: Readonly<Record<string, unknown>> };
  readonly metadata?: { readonly annotations?: Readonly<Record<string, unknown>> };
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] };
}

function parsed(text: unknown): Readonly<Record<string, unknown>> {
  return typeof text === "string" ? jsonObject(text) : {};
}
