/** A value that must not be found, and a name by which it may be reported. */
export interface Canary {
  readonly name: string;
  readonly value: string;
}

export interface Leak {
  /** Where it was found. */
  readonly place: string;
  readonly name: string;
  readonly form: string;
}

/** Bytes that are compared at every position before anything else; no form of a value is shorter. */
const windowBytes = 12;

/**
 * Finds values in texts, in every form that a program may have given them: as they are, in base64 (at any offset within
 * a longer encoded text), in hexadecimal, escaped for JSON once or twice, percent-encoded.
 */
export class LeakScanner {
  readonly #needles = new Map<number, { readonly bytes: Buffer; readonly name: string; readonly form: string }[]>();
  readonly #filter = new Uint8Array(1 << 16);

  constructor(canaries: readonly Canary[]) {
    for (const { name, value } of canaries) {
      for (const [form, text] of formsOf(value)) {
        const bytes = Buffer.from(text);
        if (bytes.length < windowBytes) throw new Error(`${name} is too short to be looked for (${form})`);
        const hash = hashOf(bytes, 0);
        this.#filter[hash & 0xffff] = 1;
        this.#needles.set(hash, [...(this.#needles.get(hash) ?? []), { bytes, name, form }]);
      }
    }
  }

  scan(place: string, content: Buffer | string): readonly Leak[] {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    const found = new Map<string, Leak>();
    if (bytes.length < windowBytes) return [];
    let hash = hashOf(bytes, 0);
    for (let start = 0; ; start += 1) {
      if (this.#filter[hash & 0xffff] === 1) {
        for (const { bytes: needle, name, form } of this.#needles.get(hash) ?? []) {
          if (needle.equals(bytes.subarray(start, start + needle.length)))
            found.set(`${name} ${form}`, { place, name, form });
        }
      }
      const next = bytes[start + windowBytes];
      if (next === undefined) return [...found.values()];
      hash = (Math.imul(hash - Math.imul(bytes[start] ?? 0, highest), base) + next) | 0;
    }
  }
}

const base = 0x01000193;
const highest = Array.from({ length: windowBytes - 1 }).reduce<number>((power) => Math.imul(power, base), 1);

/** Polynomial hash of one window, which moving by a byte updates in constant time. */
function hashOf(bytes: Buffer, start: number): number {
  return bytes.subarray(start, start + windowBytes).reduce((hash, byte) => (Math.imul(hash, base) + byte) | 0, 0);
}

/** The forms of a value. Equal ones are listed once. */
export function formsOf(value: string): ReadonlyMap<string, string> {
  const json = JSON.stringify(value).slice(1, -1);
  const forms = new Map([["as it is", value]]);
  const add = (form: string, text: string) => {
    if (![...forms.values()].includes(text)) forms.set(form, text);
  };
  add("JSON", json);
  add("JSON twice", JSON.stringify(json).slice(1, -1));
  add("URL", encodeURIComponent(value));
  add("hexadecimal", Buffer.from(value).toString("hex"));
  for (const offset of [0, 1, 2]) {
    // The characters at either end also depend on what stands beside the value.
    const encoded = Buffer.from(" ".repeat(offset) + value)
      .toString("base64")
      .replace(/=+$/, "");
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + Buffer.byteLength(value)) * 8) / 6);
    add(`base64 at offset ${offset}`, encoded.slice(first, last));
  }
  return forms;
}
