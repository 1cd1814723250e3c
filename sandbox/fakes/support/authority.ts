import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import * as x509 from "@peculiar/x509";
import { PRIVATE_MODE, readIfExists, writeFileAtomically } from "../../support/files.ts";

/** A certificate authority, both as PEM. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

const EC = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
const VALID_MS = 10 * 365 * 24 * 3600 * 1000;
/** Apple's limit for a server's certificate; Go and Node have none. */
const LEAF_VALID_MS = 398 * 24 * 3600 * 1000;

/**
 * Reads the authority of the fake clouds from a folder, or makes it. It is not the cluster's: whoever trusts the fake
 * clouds must not thereby trust what they sign as the cluster. Its key can speak for any host to those that were told to
 * trust it, so it never leaves the platform's folder.
 */
export async function ensureCloudAuthority(folder: string): Promise<Authority> {
  const at = { certificate: path.join(folder, "clouds-ca.crt"), key: path.join(folder, "clouds-ca.key") };
  const [certificate, key] = await Promise.all([readIfExists(at.certificate), readIfExists(at.key)]);
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  const made = await makeAuthority();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFileAtomically(at.key, made.key, PRIVATE_MODE);
  await writeFileAtomically(at.certificate, made.certificate);
  return made;
}

/** A new authority, in memory. */
export async function makeAuthority(): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=sandbox clouds CA",
    keys,
    ...validity(VALID_MS),
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString("pem") + "\n", key: await keyPem(keys.privateKey) };
}

/** Makes the TLS context of a host when it is first asked for, and keeps it. */
export function leafContexts(authority: Authority): (host: string) => Promise<SecureContext> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const cache = new Map<string, Promise<SecureContext>>();
  // One key for all hosts: what is proven by it is only that this gateway answers.
  const shared = Promise.all([
    webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]),
    webcrypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(authority.key), EC, false, ["sign"]),
  ]);
  // Not before someone asks may this fail loudly: an unhandled rejection would end the process.
  shared.catch(() => undefined);
  const make = async (host: string): Promise<SecureContext> => {
    const [keys, signingKey] = await shared;
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${host}`,
      issuer: issuer.subject,
      publicKey: keys.publicKey,
      signingKey,
      ...validity(LEAF_VALID_MS),
      signingAlgorithm: SIGNING,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: "dns", value: host }]),
        await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ],
    });
    return createSecureContext({ cert: certificate.toString("pem"), key: await keyPem(keys.privateKey) });
  };
  return (host) => {
    const found = cache.get(host) ?? make(host);
    cache.set(host, found);
    return found;
  };
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY") + "\n";
}

function validity(ms: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + ms) };
}
