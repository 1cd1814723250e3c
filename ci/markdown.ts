/** Longest name that is shown whole. */
const longest = 200;

/**
 * A name as inline code. Inside code GitHub renders no HTML, link, image or mention, and only a backtick ends it; a pipe
 * would still end a table's cell, and a control or direction mark would change how the rest of the line is read.
 */
export function code(name: string): string {
  const text = visible(name).replaceAll("`", "'").replaceAll("|", "¦").trim();
  if (text === "") return "`(no name)`";
  return `\`${text.length > longest ? `${text.slice(0, longest - 1)}…` : text}\``;
}

/** Names as inline code, with commas. */
export function codes(names: readonly string[]): string {
  return names.map(code).join(", ");
}

/** Lines of a program's message as a block. Backticks cannot end it, since there are none left. */
export function block(text: string, maximum: number): string {
  const lines = text.split(/\r?\n/).map((line) => visible(line).replaceAll("`", "'"));
  const whole = lines.join("\n");
  const shown =
    whole.length > maximum ? `${whole.slice(0, maximum)}\n… (${whole.length - maximum} more characters)` : whole;
  return ["```text", shown, "```"].join("\n");
}

/** A part that is folded until somebody opens it. The title is ours: no name goes there. */
export function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** `1 value`, `2 values`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Control, format (direction marks, zero-width), private and unassigned characters become a space. */
function visible(text: string): string {
  return text.replaceAll(/[\p{C}\u2028\u2029]+/gu, " ");
}
