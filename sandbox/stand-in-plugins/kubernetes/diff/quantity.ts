import { type Json, textOf } from "../../support/values.ts";

const SCALE: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Amounts that mean the same: the server answers `500m` to `0.5`. */
export function sameQuantity(left: Json, right: Json): boolean {
  const a = amountOf(left);
  const b = amountOf(right);
  return a !== undefined && b !== undefined && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function amountOf(value: Json): number | undefined {
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/.exec(textOf(value));
  if (match === null) return undefined;
  return Number(match[1]) * (SCALE[match[2] ?? ""] ?? Number.NaN);
}
