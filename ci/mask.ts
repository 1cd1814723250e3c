/**
 * Masks whatever looks like a secret value in a diagnostic. Our own messages contain none, but the error of a cloud or
 * plugin may quote one. Masking can miss a value: a password of dictionary words passes. The comment therefore prints
 * free text only for diagnostics, and names for everything else.
 */
export function maskValues(text: string): string {
  const known = knownShapes.reduce((masked, [shape, replacement]) => masked.replaceAll(shape, replacement), text);
  return known.replaceAll(/[\w+~/.-]{8,}=*/g, (word) => (word.split(/[/_.=-]/).some(looksRandom) ? masked : word));
}

const masked = "[masked]";

/** How the names of sensitive fields end. */
const sensitive =
  "(?:password|passwd|passphrase|secret[-_]?(?:string|data|access[-_]?key)|token|api[-_]?key|private[-_]?key|credentials?|dataJson|value)\\\\?[\"']?";

/** Credentials that are recognized by their form. */
const knownShapes: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^-\n]*-----[\s\S]*?(?:-----END [^-\n]*-----|$)/g, masked],
  // Everything between a URL's scheme and its host.
  [/(\w:\/\/)[^\s/@'"]+@/g, `$1${masked}@`],
  // The query of a URL: signatures of presigned requests.
  [/(https?:\/\/[^\s?'"<>]+\?)[^\s'"<>]+/g, `$1${masked}`],
  [/\b(Bearer|Basic)\s+\S+/gi, `$1 ${masked}`],
  // `"secretString": "…"`, `password='…'`: a quoted value is masked whole, including spaces, up to the end if unclosed.
  [new RegExp(`(${sensitive}\\s*[=:]\\s*)(?:\\\\?"(?:[^"\\\\]|\\\\.)*(?:"|$)|'[^']*(?:'|$))`, "gi"), `$1${masked}`],
  // `token: …`, `password=…`; but `mlflow/db-password: store vault …` is a message about the secret of that name.
  [new RegExp(`(?<![\\w./-])([\\w.-]*${sensitive}\\s*[=:]\\s*)(?!\\[masked])[^\\s,;})\\]"']+`, "gi"), `$1${masked}`],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, masked],
];

/**
 * Whether a part of a word mixes letters and digits in a way that no name does. `deparrow`, `upsertExistingObjects`,
 * `secretV2`, `AADSTS700211` and `2026` pass as names; `k3Jd92mXq1` does not, nor do 9 digits in a row.
 */
function looksRandom(part: string): boolean {
  if (part.length < 8) return false;
  const pieces = part.match(/[A-Z]*[a-z]+|[A-Z]+|\d+|[^A-Za-z\d]/g) ?? [];
  const digits = /^\d+$/.test(pieces.at(-1) ?? "") ? pieces.at(-1) : undefined;
  const words = digits === undefined ? pieces : pieces.slice(0, -1);
  return (
    (digits?.length ?? 0) > 6 ||
    words.length > 8 ||
    words.some((word, index) => {
      const isVersion = digits !== undefined && index === words.length - 1 && /^[vV]$/.test(word);
      return !isVersion && (!/^(?:[A-Z]*[a-z]{3,}|[A-Z]{2,})$/.test(word) || word.length > 28);
    })
  );
}
