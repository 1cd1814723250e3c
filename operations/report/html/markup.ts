import { printableLine } from "../../../components/support/messages/printable.ts";

/** HTML, as against a text that is still to be escaped. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly Html[];

/**
 * Markup with names in it: every text and number is escaped, so that no name is read as markup, neither between tags nor in
 * an attribute in quotation marks; control and invisible characters are written as `\u{202e}`.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.reduce((done, each, index) => `${done}${shown(parts[index - 1] ?? "")}${each}`);
  return { html: text };
}

/** Nothing. */
export const nothing: Html = { html: "" };

function shown(part: Part): string {
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  if ("html" in part) return part.html;
  return part.map((each) => each.html).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return printableLine(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** Width of a character of pictures, in pixels: that of their monospaced font. */
export const perCharacter = 7.3;

/** A name that fits a place: of a longer one, its first characters and an ellipsis. */
export function clipped(name: string, most: number): string {
  const characters = [...name];
  return characters.length <= most ? name : `${characters.slice(0, most - 1).join("")}…`;
}
