import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";

/**
 * Keys as OpenSSH writes them (PROTOCOL.key of OpenSSH; RFC 4253, 5656 and 8709 for the public part). Node makes and
 * reads the keys themselves; it has no writer for this container.
 */

const begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
const end = "-----END OPENSSH PRIVATE KEY-----";
const magic = "openssh-key-v1\0";
/** Characters of a line, as `ssh-keygen` breaks them. */
const lineLength = 70;
/** Block size of the cipher `none`, to which the private section is padded. */
const blockSize = 8;

/** What OpenSSH calls the curves of JSON Web Keys. */
const curves = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" } as const;

/** Whether a text is a private key in OpenSSH's own format. */
export function isOpenSshPrivateKey(text: string): boolean {
  return text.trimStart().startsWith(begin);
}

export interface OpenSshPrivateKey {
  /** An Ed25519, RSA or ECDSA key. */
  readonly key: KeyObject;
  readonly comment: string;
  /** Four random bytes, by which a reader knows that it decrypted the section right. */
  readonly check: Buffer;
}

/** A private key without a passphrase, as `ssh-keygen` writes it, with a line break at the end: OpenSSH demands it. */
export function openSshPrivateKey({ key, comment, check }: OpenSshPrivateKey): string {
  const jwk = key.export({ format: "jwk" });
  const section = Buffer.concat([check, check, text(typeOf(jwk)), ...privateFields(jwk), text(comment)]);
  const missing = (blockSize - (section.length % blockSize)) % blockSize;
  const padding = Buffer.from(Array.from({ length: missing }, (_, index) => index + 1));
  const container = Buffer.concat([
    Buffer.from(magic),
    text("none"), // cipher
    text("none"), // key derivation
    text(""), // its options
    uint32(1), // keys
    field(publicBlob(jwk)),
    field(Buffer.concat([section, padding])),
  ]);
  const lines = container.toString("base64").match(new RegExp(`.{1,${lineLength}}`, "g")) ?? [];
  return [begin, ...lines, end, ""].join("\n");
}

/** A public key as a line of `authorized_keys`, with its line break, as in the file `.pub` that `ssh-keygen` writes. */
export function openSshPublicKey(blob: Buffer, comment: string): string {
  return `${new Reader(blob).field().toString()} ${blob.toString("base64")}${comment === "" ? "" : ` ${comment}`}\n`;
}

/** The public part of a key; `undefined` for one that OpenSSH has no form for. */
export function publicBlobOf(key: KeyObject): Buffer | undefined {
  try {
    return publicBlob(key.export({ format: "jwk" }));
  } catch {
    return undefined;
  }
}

export interface OpenSshParts {
  readonly publicBlob: Buffer;
  /** Empty where the key has a passphrase, which hides it. */
  readonly comment: string;
}

/** The public part of a private key, which is in clear even with a passphrase. `undefined` for what is no such key. */
export function readOpenSshPrivateKey(value: string): OpenSshParts | undefined {
  const body = value.trim().slice(begin.length, -end.length).replaceAll(/\s/g, "");
  if (!value.trim().endsWith(end) || !/^[A-Za-z0-9+/]+=*$/.test(body)) return undefined;
  try {
    const reader = new Reader(Buffer.from(body, "base64"));
    if (reader.take(magic.length).toString("latin1") !== magic) return undefined;
    const cipher = reader.field().toString();
    reader.skip(2); // key derivation
    if (reader.take(4).readUInt32BE() !== 1) return undefined;
    const publicBlob = reader.field();
    return { publicBlob, comment: cipher === "none" ? commentIn(reader.field()) : "" };
  } catch {
    return undefined;
  }
}

/** A key of its public part. */
export function publicKeyOfBlob(blob: Buffer): KeyObject | undefined {
  try {
    const reader = new Reader(blob);
    return createPublicKey({ key: jwkOf(reader.field().toString(), reader), format: "jwk" });
  } catch {
    return undefined;
  }
}

/** @throws where a part is missing; what Node finds wrong with the rest, it says itself. */
function jwkOf(type: string, reader: Reader): JsonWebKey {
  if (type === "ssh-ed25519") return { kty: "OKP", crv: "Ed25519", x: base64Url(reader.field()) };
  if (type === "ssh-rsa") {
    const e = base64Url(reader.field());
    return { kty: "RSA", e, n: base64Url(reader.field()) };
  }
  const crv = Object.entries(curves).find(([, name]) => type === `ecdsa-sha2-${name}`)?.[0] ?? "";
  reader.field(); // the curve again
  const point = reader.field();
  const half = (point.length - 1) / 2;
  return { kty: "EC", crv, x: base64Url(point.subarray(1, 1 + half)), y: base64Url(point.subarray(1 + half)) };
}

function base64Url(part: Buffer): string {
  return part.toString("base64url");
}

function typeOf({ kty, crv }: JsonWebKey): string {
  if (kty === "RSA") return "ssh-rsa";
  if (kty === "OKP" && crv === "Ed25519") return "ssh-ed25519";
  return `ecdsa-sha2-${curveOf(crv)}`;
}

function curveOf(crv: string | undefined): string {
  const found = Object.entries(curves).find(([name]) => name === crv);
  if (found === undefined) throw new Error("OpenSSH has no form for such a key");
  return found[1];
}

function publicBlob(jwk: JsonWebKey): Buffer {
  const type = text(typeOf(jwk));
  if (jwk.kty === "RSA") return Buffer.concat([type, integer(jwk.e), integer(jwk.n)]);
  if (jwk.kty === "OKP") return Buffer.concat([type, field(bytes(jwk.x))]);
  return Buffer.concat([type, text(curveOf(jwk.crv)), field(pointOf(jwk))]);
}

function privateFields(jwk: JsonWebKey): readonly Buffer[] {
  if (jwk.kty === "RSA") return [jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map(integer);
  if (jwk.kty === "OKP") return [field(bytes(jwk.x)), field(Buffer.concat([bytes(jwk.d), bytes(jwk.x)]))];
  return [text(curveOf(jwk.crv)), field(pointOf(jwk)), integer(jwk.d)];
}

/** Fields of the private section between type and comment. */
const privateFieldCounts: Readonly<Record<string, number>> = { "ssh-ed25519": 2, "ssh-rsa": 6 };

function commentIn(section: Buffer): string {
  const reader = new Reader(section);
  reader.take(8); // twice the check
  const type = reader.field().toString();
  const count = privateFieldCounts[type] ?? (type.startsWith("ecdsa-sha2-") ? 3 : undefined);
  if (count === undefined) return "";
  reader.skip(count);
  const comment = reader.field().toString();
  // A line break would begin another line of `authorized_keys`, and another key.
  return /\p{Cc}/u.test(comment) ? "" : comment;
}

/** An uncompressed point. */
function pointOf({ x, y }: JsonWebKey): Buffer {
  return Buffer.concat([Buffer.of(4), bytes(x), bytes(y)]);
}

function bytes(base64url: string | undefined): Buffer {
  return Buffer.from(base64url ?? "", "base64url");
}

function text(value: string): Buffer {
  return field(Buffer.from(value));
}

/** A number of any length, positive: a byte more where the first one would say otherwise. */
function integer(base64url: string | undefined): Buffer {
  const all = bytes(base64url);
  const first = all.findIndex((byte) => byte !== 0);
  const significant = first === -1 ? Buffer.alloc(0) : all.subarray(first);
  return field((significant[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), significant]) : significant);
}

function field(content: Buffer): Buffer {
  return Buffer.concat([uint32(content.length), content]);
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

/** Reads fields one after another. */
class Reader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  /** @throws where there are fewer bytes. */
  take(count: number): Buffer {
    if (this.#at + count > this.#buffer.length) throw new Error("the key ends too early");
    this.#at += count;
    return this.#buffer.subarray(this.#at - count, this.#at);
  }

  /** @throws where there is none. */
  field(): Buffer {
    return this.take(this.take(4).readUInt32BE());
  }

  /** @throws where there are fewer fields. */
  skip(fields: number): void {
    for (let left = fields; left > 0; left -= 1) this.field();
  }
}
