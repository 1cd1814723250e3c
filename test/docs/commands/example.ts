import type { Outcome } from "../../cli/command-line.ts";

/** A command line whose output its page shows. */
export interface Example {
  /** What is typed. The first word after `npx secrets` is the command. */
  readonly typed: string;
  readonly run: () => Promise<Outcome>;
  /** Lines that are shown. Default: all. */
  readonly lines?: number;
  /** The part of what `--json` prints that is shown. Default: all. */
  readonly excerpt?: (data: never) => unknown;
}

/** Examples by the name of their place in the page. */
export type Examples = Readonly<Record<string, Example>>;

/** An example as its page shows it: what was typed, how it ended, what it printed. */
export async function shownExample({ typed, run, lines, excerpt }: Example): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await run();
  const isJson = / --json\b/.test(typed);
  const printed = stdout === "" ? stderr : stdout;
  const whole = excerpt === undefined ? printed : excerptOf(printed, excerpt);
  const all = whole.trimEnd().split("\n");
  const isCut = lines !== undefined && all.length > lines;
  const shown = isCut ? [...all.slice(0, lines), "…"] : all;
  const where = stdout === "" ? " on standard error" : "";
  const part = isCut ? `, first ${lines} lines of ${all.length}` : excerpt === undefined ? "" : ", an excerpt";
  const text = `\`${typed}\` prints${where} (exit code ${code}${part}):\n\n<!-- prettier-ignore -->\n\`\`\`${isJson ? "json" : ""}\n${shown.join("\n")}\n\`\`\``;
  return { code, text };
}

function excerptOf(printed: string, excerpt: (data: never) => unknown): string {
  return JSON.stringify(excerpt(JSON.parse(printed) as never), undefined, 2);
}
