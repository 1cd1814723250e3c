import { goTime } from "./times.ts";

/** A plain value of a file, as the engine has it. `bigint`: a whole number, exactly. */
export type Scalar = string | number | bigint | boolean | null;

/** What can't be read, or means nothing in a configuration: the words after `line 3: `. Never holds the text itself. */
export class UnreadableError extends Error {}

const named = new Map<string, Scalar>([
  ...["true", "True", "TRUE"].map((text) => [text, true] as const),
  ...["false", "False", "FALSE"].map((text) => [text, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((text) => [text, null] as const),
  ...[".nan", ".NaN", ".NAN"].map((text) => [text, NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((text) => [text, Infinity] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((text) => [text, -Infinity] as const),
]);

const most = { signed: 2n ** 63n - 1n, unsigned: 2n ** 64n - 1n, least: -(2n ** 63n) } as const;

/**
 * A text without quotation marks, as the engine reads it: `yes` is a text, `0777` and `7_200` are numbers, `2026-12-01` is
 * the text of a time. As gopkg.in/yaml.v3 `resolve.go`, whose text of a time is Go's
 * (pulumi `sdk/go/common/resource/config/object.go`, `unmarshalObject`).
 */
export function plainScalar(text: string): Scalar {
  if (named.has(text)) return named.get(text) ?? null;
  if (text.startsWith(".")) return /^\.\d+(?:[eE][-+]?\d+)?$/.test(text) ? finite(text) : text;
  if (!/^[-+\d]/.test(text)) return text;
  return goTime(text) ?? numberOf(text) ?? text;
}

/** A text with a tag. One that has a tag of somebody's own is a text. */
export function taggedScalar(tag: string, text: string): Scalar {
  if (tag === "!!binary") return binary(text);
  if (!["!!bool", "!!int", "!!float", "!!null", "!!timestamp"].includes(tag)) return text;
  const value = tag === "!!timestamp" ? goTime(text) : plainScalar(text);
  const isTime = tag !== "!!timestamp" && goTime(text) !== undefined;
  if (value === undefined || isTime || !(types[tag]?.(value) ?? true)) {
    throw new UnreadableError(`has the tag ${tag}, and its text is of another type`);
  }
  return value;
}

const types: Readonly<Record<string, (value: Scalar) => boolean>> = {
  "!!bool": (value) => typeof value === "boolean",
  "!!int": (value) => typeof value === "bigint",
  "!!float": (value) => typeof value === "bigint" || typeof value === "number",
  "!!null": (value) => value === null,
};

function binary(text: string): string {
  const packed = text.replaceAll(/[\r\n]/g, "");
  const bytes = Buffer.from(packed, "base64");
  if (bytes.toString("base64") !== packed) throw new UnreadableError("has the tag !!binary, and is no base64");
  return bytes.toString("utf8");
}

/** A number in one of the many ways that Go's `strconv` and yaml.v3 know. */
function numberOf(text: string): Scalar | undefined {
  const plain = text.replaceAll("_", "");
  const whole = wholeNumber(plain);
  if (whole !== undefined) return whole;
  return /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain) ? finite(plain) : undefined;
}

function wholeNumber(plain: string): bigint | undefined {
  const [, sign = "", prefix = "", digits = ""] = /^([-+]?)(0[xX]|0[bB]|0[oO]|0(?=[0-7]))?(.*)$/.exec(plain) ?? [];
  const base = { "0x": 16, "0b": 2, "0o": 8, "0": 8, "": 10 }[prefix.toLowerCase()] ?? 10;
  // yaml.v3 hands what follows `0b` and `0o` on once more, with a sign of its own.
  const [, again = "", rest = ""] = /^([-+]?)(.*)$/.exec(digits) ?? [];
  if (again !== "" && !(/^0[bo]$/.test(prefix) && sign === "")) return undefined;
  const legal = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^\d+$/, 16: /^[\da-fA-F]+$/ }[base];
  if (legal?.test(rest) !== true) return undefined;
  const literal = { 2: "0b", 8: "0o", 10: "", 16: "0x" }[base] ?? "";
  const size = BigInt(`${literal}${rest}`);
  const value = sign === "-" || again === "-" ? -size : size;
  const largest = sign === "+" ? most.signed : most.unsigned;
  return value < most.least || value > largest ? undefined : value;
}

/** Go refuses what is too large for a number, which then stays a text. */
function finite(text: string): Scalar {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}
