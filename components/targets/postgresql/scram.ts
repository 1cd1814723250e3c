import { createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

/** As PostgreSQL's `scram_iterations` is by default. */
const iterations = 4096;
const bytes = { salt: 16, key: 32 } as const;

export interface VerifierOptions {
  /** Default: 16 random bytes. */
  readonly salt?: Buffer;
}

/**
 * What PostgreSQL keeps of a password (RFC 5803): `SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>`. It takes one in place of a
 * password, so that the password itself reaches neither the server's memory nor its log.
 *
 * @param password of ASCII characters: others are prepared by each client in a way of its own.
 */
export async function scramVerifier(
  password: string,
  { salt = randomBytes(bytes.salt) }: VerifierOptions = {},
): Promise<string> {
  const salted = await promisify(pbkdf2)(password, salt, iterations, bytes.key, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(hmac("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${stored}:${hmac("Server Key").toString("base64")}`;
}
