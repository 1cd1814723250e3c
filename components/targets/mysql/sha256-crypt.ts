import { createHash } from "node:crypto";

const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const size = 32;

/**
 * The digest of "Unix crypt using SHA-256" (https://www.akkadia.org/drepper/SHA-crypt.txt), in its base64: 43 characters. A salt
 * is taken as it is: MySQL's has 20 bytes, where the specification cuts it after 16.
 */
export function sha256Crypt(password: Buffer, salt: Buffer, rounds: number): string {
  let digest: Buffer = initialDigest(password, salt);
  const [p, s] = [sequenceP(password), sequenceS(salt, digest)];
  for (let round = 0; round < rounds; round++) {
    const hash = createHash("sha256");
    const isOdd = round % 2 === 1;
    hash.update(isOdd ? p : digest);
    if (round % 3 !== 0) hash.update(s);
    if (round % 7 !== 0) hash.update(p);
    digest = hash.update(isOdd ? digest : p).digest();
  }
  return encode(digest);
}

/** Steps 1 to 12. */
function initialDigest(password: Buffer, salt: Buffer): Buffer {
  const other = sha256(password, salt, password);
  const parts = [password, salt, repeated(other, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits % 2 === 1 ? other : password);
  return sha256(...parts);
}

/** Steps 13 to 16. */
function sequenceP(password: Buffer): Buffer {
  return repeated(sha256(...Array.from(password, () => password)), password.length);
}

/** Steps 17 to 20. */
function sequenceS(salt: Buffer, digest: Buffer): Buffer {
  const times = 16 + (digest[0] ?? 0);
  return repeated(sha256(...Array.from({ length: times }, () => salt)), salt.length);
}

/** Step 22: three bytes at a time, in an order of its own, the lowest six bits first. */
function encode(digest: Buffer): string {
  const at = (index: number) => digest[index] ?? 0;
  let text = "";
  const put = (value: number, characters: number) => {
    for (let rest = value, left = characters; left > 0; left--, rest >>= 6) text += alphabet[rest & 63] ?? "";
  };
  let [a, b, c] = [0, 10, 20];
  for (let group = 0; group < 10; group++) {
    put((at(a) << 16) | (at(b) << 8) | at(c), 4);
    [a, b, c] = [(c + 1) % 30, (a + 1) % 30, (b + 1) % 30];
  }
  put((at(31) << 8) | at(30), 3);
  return text;
}

function repeated(block: Buffer, length: number): Buffer {
  return Buffer.concat(Array.from({ length: Math.ceil(length / size) }, () => block)).subarray(0, length);
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
