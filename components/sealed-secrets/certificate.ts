import { X509Certificate, type KeyObject } from "node:crypto";

/** The certificate that values are sealed with: its controller has the private key. */
export interface SealingCertificate {
  readonly publicKey: KeyObject;
  /** SHA-256 of the certificate: what was sealed with another one is sealed again. */
  readonly fingerprint: string;
  /** Time from which it is valid: when the controller made its key. */
  readonly validFrom: Date;
  /** Time from which it is no longer valid. */
  readonly validTo: Date;
}

/** What a text that should be a certificate is instead. */
export interface NoCertificate {
  readonly problem: string;
}

/** Reads the first certificate of a PEM text, which is the one that `kubeseal` seals with. Pure; quotes nothing of it. */
export function readCertificate(pem: string): SealingCertificate | NoCertificate {
  let read: X509Certificate;
  try {
    read = new X509Certificate(pem);
  } catch {
    return { problem: "is no certificate in PEM format" };
  }
  const { publicKey, fingerprint256, validFrom, validTo } = read;
  if (publicKey.asymmetricKeyType !== "rsa") {
    return {
      problem: `has a public key of type ${publicKey.asymmetricKeyType ?? "unknown"}, and Sealed Secrets needs RSA`,
    };
  }
  return { publicKey, fingerprint: fingerprint256, validFrom: new Date(validFrom), validTo: new Date(validTo) };
}

/** Why a certificate can't be sealed with at that time; `undefined` where it can. Pure. */
export function expiryProblem({ validTo }: Pick<SealingCertificate, "validTo">, now: Date): string | undefined {
  if (now.getTime() <= validTo.getTime()) return undefined;
  return `expired on ${validTo.toISOString().slice(0, 10)}`;
}

/** Whether a text was read. */
export function isCertificate(read: SealingCertificate | NoCertificate): read is SealingCertificate {
  return "publicKey" in read;
}
