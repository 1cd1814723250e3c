import type { Argument, Command, Option } from "commander";
import { exitsOf, pageOf } from "../../../cli/frame.ts";

/** What a page says of a command that the program says as well, by the name of its place in the page. */
export function describedBy(command: Command): Readonly<Record<string, string>> {
  return { synopsis: synopsis(command), options: optionsTable(command), "exit codes": exitsTable(command) };
}

function synopsis(command: Command): string {
  const help = command.createHelp();
  return `${command.description()}\n\n\`\`\`text\nnpx ${help.commandUsage(command)}\n\`\`\``;
}

function optionsTable(command: Command): string {
  const help = command.createHelp();
  const rows = [
    ...help.visibleArguments(command).map((each) => [help.argumentTerm(each), meaningOf(each)]),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => long !== "--help")
      .map((each) => [each.flags, meaningOf(each)]),
  ];
  return table(
    ["Argument or option", "Effect"],
    rows.map(([term = "", effect = ""]) => [`\`${term}\``, effect]),
  );
}

/** With choices and default, unless it is switched off, or the text names its own. */
function meaningOf({ description, defaultValue, defaultValueDescription, argChoices }: Argument | Option): string {
  const isPlain =
    defaultValue === undefined || defaultValue === false || defaultValue === true || Array.isArray(defaultValue);
  const fallback = defaultValueDescription ?? (isPlain ? undefined : String(defaultValue));
  const notes = [
    ...(argChoices === undefined ? [] : [`one of ${argChoices.map((each) => `\`${each}\``).join(", ")}`]),
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
  ];
  return escaped(`${description}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`);
}

function exitsTable(command: Command): string {
  const rows = Object.entries(exitsOf(command) ?? {}).map(([code, meaning]) => [code, escaped(meaning)]);
  return `${table(["Exit code", "Meaning"], rows)}\n\nA bug (70) and an interruption (130) end it as they end [every command](../cli.md).`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A placeholder such as `<file>` is no tag of HTML. */
function escaped(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/[\w.:-]*<[^<>]+>(?:\/<[^<>]+>)*[\w.]*/g, (each) => `\`${each}\``);
}

const place = /(<!-- program: (?<name>[^>]+) -->\n)(?<text>.*?)(\n<!-- end -->)/gs;

/** Names of the places of a page that the program fills. */
export function placesIn(page: string): readonly string[] {
  return [...page.matchAll(place)].map(({ groups }) => groups?.["name"] ?? "");
}

/** A page with each place filled. */
export function filled(page: string, texts: ReadonlyMap<string, string>): string {
  return page.replaceAll(
    place,
    (_, open: string, name: string, _text: string, end: string) => `${open}\n${texts.get(name) ?? ""}\n${end}`,
  );
}

/** Every command that does something, with the page that it has. */
export function commandsOf(command: Command): readonly { readonly command: Command; readonly page: string }[] {
  return command.commands.length === 0
    ? [{ command, page: pageOf(command) }]
    : command.commands.flatMap((each) => commandsOf(each));
}
