/** Whether a text is likely a secret, by its name and by what it looks like. Pure; nothing here returns a value. */

/** Last words of a name whose value is a secret. */
const secretName =
  /(?:^|[^A-Z0-9])(?:PASSWORD|PASSWD|PASSPHRASE|PWD|TOKEN|SECRET|CREDENTIALS?|API_?KEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|CONNECTION_?STRING|DSN)$/;

/** Names that are also those of fields which name a Secret: `secret: shop-db`. */
const namesSecret = /(?:^|_)(?:SECRET|CREDENTIALS?)$/;
const kubernetesName = /^[a-z](?:[a-z.-]*[a-z])?$/;

/** Words within a name that say what the value is about. */
const aboutSecret = /PASSW|PASSPHRASE|TOKEN|SECRET|CREDENTIAL|API_?KEY|PRIVATE_?KEY|CONNECTION_?STRING/;

/** Values that are no secret, whatever they are called: numbers, booleans, paths, references that something else resolves. */
const noSecret =
  /^(?:|true|false|yes|no|null|none|\d+[smhd]?|\$\(\w+\)|\$\{[^}]*\}|\{\{.*\}\}|file:.*|[./~][\w./~-]*|arn:aws[\w-]*:.*|vault:.*)$/is;

/** What credentials of known kinds look like, by what they are called. */
const kinds: Readonly<Record<string, RegExp>> = {
  "a private key": /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/,
  "an access key of AWS": /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  "a token of GitHub": /\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_\w{40,}/,
  "a token of GitLab": /\bglpat-[\w-]{20,}/,
  "a token of Slack": /\bxox[abeprs]-[\w-]{10,}/,
  "a token of Vault": /\bhv[sbr]\.[\w-]{24,}/,
  "a key of Google": /\bAIza[\w-]{35}\b/,
  "a JSON Web Token": /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/,
  "a URL with a password": /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:(?!\$[({])[^\s:@/]{3,}@/i,
};

/** Fewest characters, and bits for each of them, of what was drawn at random. */
const leastLength = 16;
const leastBits = 3.5;

/**
 * Why a text looks like a secret, in words that do not quote it: `is called a password or token`. `undefined` where it
 * does not.
 */
export function secretReason(name: string, value: string): string | undefined {
  const kind = Object.entries(kinds).find(([, pattern]) => pattern.test(value));
  if (kind !== undefined) return `holds ${kind[0]}`;
  if (noSecret.test(value.trim())) return undefined;
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
  if (namesSecret.test(words) && kubernetesName.test(value.trim())) return undefined;
  if (secretName.test(words)) return "is named like a secret and holds a literal";
  if (aboutSecret.test(words) && looksRandom(value)) return "is named after a secret and holds what looks random";
  return undefined;
}

/** Whether a text is long and mixed enough to have been drawn at random. */
export function looksRandom(value: string): boolean {
  if (value.length < leastLength || /\s/.test(value) || /^https?:/i.test(value)) return false;
  const mixed = [/[a-z]/, /[A-Z]/, /\d/].filter((each) => each.test(value)).length >= 2;
  return mixed && bitsPerCharacter(value) >= leastBits;
}

/** Shannon's entropy of the characters of a text. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
