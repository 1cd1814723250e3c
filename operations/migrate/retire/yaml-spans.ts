import type { Node, Pair } from "yaml";

/** Where something stands in a text, by offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A key and its value. */
export function spanOfPair(pair: Pair | undefined): Span {
  const [start = 0, , keyEnd = 0] = (pair?.key as Node | undefined)?.range ?? [];
  const [, end = keyEnd] = (pair?.value as Node | null | undefined)?.range ?? [];
  return { start, end };
}

/** An item of a list, with its dash, where it has one. */
export function spanOfItem(item: Node | null, text: string): Span {
  const [start = 0, end = 0] = item?.range ?? [];
  const dash = text.slice(0, start).search(/-\s+$/);
  return { start: dash === -1 ? start : dash, end };
}
