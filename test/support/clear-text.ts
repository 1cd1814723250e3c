import { SecretInput } from "./recording.ts";

/** Every text outside of a secret, keys of objects included. */
export function clearTexts(value: unknown): readonly string[] {
  if (value instanceof SecretInput) return [];
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap((each: unknown) => clearTexts(each));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, each]) => [key, ...clearTexts(each)]);
  }
  return [];
}

/** Which of these secret values stand somewhere in clear, in any of the encodings that a leak may come in. */
export function leaks(value: unknown, secrets: readonly string[]): readonly string[] {
  const texts = clearTexts(value);
  return secrets.filter((secret) => encodings(secret).some((encoded) => texts.some((text) => text.includes(encoded))));
}

function encodings(secret: string): readonly string[] {
  return [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(secret).toString("hex"),
  ];
}
