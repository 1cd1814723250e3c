import { createHash, randomInt } from "node:crypto";
import { sha256Crypt } from "./sha256-crypt.ts";

/** Hash forms of the servers' plugins: each takes one in place of a password, so that the password reaches none of their logs. */
const hashes: Readonly<Record<string, (password: string) => string>> = {
  mysql_native_password: nativeHash,
  caching_sha2_password: (password) => cachingSha2Hash(password),
};

/** Plugins whose hash form is known. */
export const hashingPlugins = Object.keys(hashes);

/** What a plugin keeps of a password; `undefined` where that is not known. */
export function hashOf(plugin: string, password: string): string | undefined {
  return Object.hasOwn(hashes, plugin) ? hashes[plugin]?.(password) : undefined;
}

/** `*` and SHA1(SHA1(password)), in hexadecimal. */
function nativeHash(password: string): string {
  const sha1 = (data: string | Buffer) => createHash("sha1").update(data).digest();
  return `*${sha1(sha1(password)).toString("hex").toUpperCase()}`;
}

const saltLength = 20;
const saltAlphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * `$A$005$`, 20 characters of salt and the SHA-256 crypt of 5000 rounds, as `caching_sha2_password` of MySQL keeps it.
 *
 * @param salt of 20 bytes. Default: random characters of ASCII, so that the hash can be written as a text.
 */
export function cachingSha2Hash(
  password: string,
  salt: Buffer = Buffer.from(
    Array.from({ length: saltLength }, () => saltAlphabet[randomInt(saltAlphabet.length)]).join(""),
  ),
): string {
  return `$A$005$${salt.toString("latin1")}${sha256Crypt(Buffer.from(password), salt, 5000)}`;
}
