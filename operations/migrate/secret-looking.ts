/** Which names of settings are those of secrets, where a source holds both. Pure. */

/** Words that name a secret by themselves. */
const secretWords: ReadonlySet<string> = new Set(
  "password passwd passphrase pass pwd passcode secret secrets token tokens credential credentials apikey accesskey secretkey privatekey authkey signingkey encryptionkey masterkey licensekey jwt dsn pat".split(
    " ",
  ),
);
/** Words that make a secret of a `key` behind them. */
const beforeKey: ReadonlySet<string> = new Set(
  "api access secret private auth signing encryption encrypt master session cookie account storage shared license webhook hmac app application service".split(
    " ",
  ),
);
/** Last words of settings about a secret, which are none themselves. */
const aboutSecrets: ReadonlySet<string> = new Set(
  "name names ref refs file files path paths enabled enable disabled length size ttl seconds minutes hours days expiry expiration lifetime rotation policy namespace mount issuer audience url uri endpoint host port type kind class algorithm count max min limit id existing annotations labels create manager store provider engine backend version".split(
    " ",
  ),
);

/** The words of a name, in lowercase: of `adminTokenSecretValue`, `HF_TOKEN`, `db.password`. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== "");
}

/** Whether a setting of this name holds a secret: `db_password`, `apiKey`, and not `tokenTtl` or `secretName`. */
export function looksSecret(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === undefined || aboutSecrets.has(last)) return false;
  return words.some(
    (word, index) => secretWords.has(word) || (word === "key" && beforeKey.has(words[index - 1] ?? "")),
  );
}

/**
 * Whether a setting names a Secret, or a key of one, instead of holding a value: `existingSecret`, `adminTokenSecretKey`,
 * `passwordSecretName`. `secretKey` alone may be either: it is a reference beside a setting that names the Secret.
 */
export function isReference(name: string, siblings: readonly string[]): boolean {
  const words = wordsOf(name);
  const text = words.join(" ");
  if (/\bexisting\b|\bsecret (?:name|ref|refs|reference)$|\bkey ref$|\bexternal secrets?\b/.test(text)) return true;
  if (!/\bsecret key$/.test(text)) return false;
  const prefix = words.slice(0, -2).join(" ");
  return siblings.some((each) => {
    const other = wordsOf(each).join(" ");
    return other === `${prefix} secret name`.trim() || /\bexisting secret\b/.test(other) || other === "secret name";
  });
}

/** Whether a value stands for one that somebody has to fill in: `<token>`, `changeme`, `your-api-key`, `${TOKEN}`. */
export function isPlaceholder(text: string): boolean {
  const plain = text.trim().toLowerCase();
  if (plain === "") return true;
  return (
    /^<.*>$|^\$\{[^}]*\}$|^\{\{.*\}\}$|^%[\w-]+%$|^\[[\w -]+\]$/.test(plain) ||
    /^(?:change[-_ ]?(?:me|it|this)|replace[-_ ]?(?:me|this|with.*)|todo|tbd|fixme|placeholder|redacted|example|dummy|none|null|x{3,}|\*{3,}|\.{3,}|_{3,})!*$/.test(
      plain,
    ) ||
    /^(?:your|my|insert|enter|put|set|add)[-_ ].*(?:here|token|key|password|secret|value|name)$/.test(plain)
  );
}
