import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import * as x509 from "@peculiar/x509";
import { PRIVATE_MODE, readIfExists, writeFileAtomically } from "../../support/files.ts";

/** Certificates and keys of one platform. Made once; a new CA would make every token and kubeconfig handed out worthless. */
export interface Pki {
  readonly caCertificate: string;
  readonly caPem: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  readonly clients: Readonly<Record<ClientName, { readonly certificate: string; readonly key: string }>>;
}

/** Who has a client certificate: the admin of kubeconfigs, and the three control-plane programs. */
export type ClientName = keyof typeof CLIENTS;

// The built-in RBAC of Kubernetes knows the two system users. kwok changes the status of any node and pod.
const CLIENTS = {
  admin: "O=system:masters, CN=admin",
  "kube-controller-manager": "CN=system:kube-controller-manager",
  "kube-scheduler": "CN=system:kube-scheduler",
  kwok: "O=system:masters, CN=kwok",
} as const;

const EC = { name: "ECDSA", namedCurve: "P-256" } as const;
const EC_SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
/** RS256, which every consumer of service account tokens understands: clouds do not take ES256 from an issuer. */
const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
} as const;
/** Loopback only, private keys never leave the folder: an expiry would only break a platform that was left running. */
const VALID_MS = 10 * 365 * 24 * 3600 * 1000;

/** Reads the certificates of the folder, or makes them. The CA's certificate is written last: with it the set is complete. */
export async function ensurePki(folder: string): Promise<Pki> {
  const files = pkiFiles(folder);
  const existing = await readIfExists(files.caCertificate);
  if (existing !== undefined) return { ...files, caPem: existing };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const ca = await makeAuthority();
  await Promise.all([
    writeServer(ca, files),
    writeServiceAccountKeys(files),
    ...Object.entries(CLIENTS).map(([name, subject]) => writeClient(ca, subject, files.clients[name as ClientName])),
  ]);
  await writeFileAtomically(files.caCertificate, ca.pem);
  return { ...files, caPem: ca.pem };
}

type PkiFiles = Omit<Pki, "caPem">;

function pkiFiles(folder: string): PkiFiles {
  const at = (name: string) => path.join(folder, name);
  const client = (name: ClientName) => ({ certificate: at(`${name}.crt`), key: at(`${name}.key`) });
  return {
    caCertificate: at("ca.crt"),
    serverCertificate: at("kube-apiserver.crt"),
    serverKey: at("kube-apiserver.key"),
    serviceAccountKey: at("service-account.key"),
    serviceAccountPublicKey: at("service-account.pub"),
    clients: {
      admin: client("admin"),
      "kube-controller-manager": client("kube-controller-manager"),
      "kube-scheduler": client("kube-scheduler"),
      kwok: client("kwok"),
    },
  };
}

interface Authority {
  readonly name: string;
  readonly key: webcrypto.CryptoKey;
  /** Names the CA's key in what it signs: strict verifiers refuse a certificate that does not. */
  readonly keyIdentifier: x509.AuthorityKeyIdentifierExtension;
  readonly pem: string;
}

async function makeAuthority(): Promise<Authority> {
  const keys = await generate(EC);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=sandbox CA",
    keys,
    ...validity(),
    signingAlgorithm: EC_SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const keyIdentifier = await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey);
  return { name: certificate.subject, key: keys.privateKey, keyIdentifier, pem: pem(certificate) };
}

async function writeServer(ca: Authority, files: PkiFiles): Promise<void> {
  const names = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
  const certificate = await sign(ca, "CN=kube-apiserver", files.serverKey, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension([
      { type: "ip", value: "127.0.0.1" },
      ...names.map((value) => ({ type: "dns" as const, value })),
    ]),
  ]);
  await writeFileAtomically(files.serverCertificate, certificate);
}

async function writeClient(ca: Authority, subject: string, files: { certificate: string; key: string }): Promise<void> {
  const usage = new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]);
  await writeFileAtomically(files.certificate, await sign(ca, subject, files.key, [usage]));
}

async function sign(ca: Authority, subject: string, keyFile: string, extensions: x509.Extension[]): Promise<string> {
  const keys = await generate(EC);
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: ca.name,
    publicKey: keys.publicKey,
    signingKey: ca.key,
    ...validity(),
    signingAlgorithm: EC_SIGNING,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ca.keyIdentifier,
      ...extensions,
    ],
  });
  await writePrivateKey(keyFile, keys.privateKey);
  return pem(certificate);
}

async function writeServiceAccountKeys(files: PkiFiles): Promise<void> {
  const keys = await generate(RSA);
  await writePrivateKey(files.serviceAccountKey, keys.privateKey);
  const spki = await webcrypto.subtle.exportKey("spki", keys.publicKey);
  await writeFileAtomically(files.serviceAccountPublicKey, x509.PemConverter.encode(spki, "PUBLIC KEY") + "\n");
}

async function generate(algorithm: typeof EC | typeof RSA): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function writePrivateKey(file: string, key: webcrypto.CryptoKey): Promise<void> {
  const der = await webcrypto.subtle.exportKey("pkcs8", key);
  await writeFileAtomically(file, x509.PemConverter.encode(der, "PRIVATE KEY") + "\n", PRIVATE_MODE);
}

function validity(): { notBefore: Date; notAfter: Date } {
  // A minute back: a client that rounds its clock down must not find the certificate "not yet valid".
  return { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + VALID_MS) };
}

function pem(certificate: x509.X509Certificate): string {
  return certificate.toString("pem") + "\n";
}
