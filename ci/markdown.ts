/** Length up to which a name is shown in full. */
const longest = 200;

/**
 * A name as inline code, in which GitHub renders no HTML, link, image or mention. Only a backtick ends it; a pipe would
 * still end a table cell, and a control or direction mark would change how the rest of the line is displayed.
 */
export function code(name: string): string {
  const text = visible(name).replaceAll("`", "'").replaceAll("|", "¦").trim();
  if (text === "") return "`(no name)`";
  return `\`${text.length > longest ? `${text.slice(0, longest - 1)}…` : text}\``;
}

/** Names as inline code, separated by commas. */
export function codes(names: readonly string[]): string {
  return names.map(code).join(", ");
}

/** A program's message as a code block. It contains no backticks, so nothing can end the block. */
export function block(text: string, maximum: number): string {
  const lines = text.split(/\r?\n/).map((line) => visible(line).replaceAll("`", "'"));
  const whole = lines.join("\n");
  const shown =
    whole.length > maximum ? `${whole.slice(0, maximum)}\n… (${whole.length - maximum} more characters)` : whole;
  return ["```text", shown, "```"].join("\n");
}

/** A collapsed section. The title is a fixed text and never contains a name. */
export function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** A table. Cells are Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** `1 value`, `2 values`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Replaces control, format (direction marks, zero-width), private-use and unassigned characters with a space. */
function visible(text: string): string {
  return text.replaceAll(/[\p{C}\u2028\u2029]+/gu, " ");
}
