import type { Answer } from "../cluster-reader.ts";
import type { Examined, Link } from "../model.ts";

/** A question that was refused or not answered. */
export function unanswered(link: Link, subject: string, { refused }: { readonly refused: string }): Examined {
  return { unchecked: [{ link, subject, reason: refused, kind: "unanswered" }] };
}

export function isRefused<T>(answer: Answer<T>): answer is { readonly refused: string } {
  return "refused" in answer;
}
