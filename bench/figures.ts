import { appendFile, mkdir } from "node:fs/promises";
import path from "node:path";

/** How a figure is shown. Durations are milliseconds, sizes bytes. */
export type Unit = "duration" | "bytes" | "count";

/** One measurement. */
export interface Figure {
  /** What was measured, such as `up`. */
  readonly name: string;
  /** Number of secrets of the run; none for what depends on no size. */
  readonly secrets?: number;
  readonly value: number;
  readonly unit: Unit;
  /** Parts that explain the value; kept in the file and not printed. */
  readonly detail?: unknown;
}

export interface FigureLogOptions {
  /** The file; its folder is made. */
  readonly file: string;
  /** Shows a line. */
  readonly say: (text: string) => void;
  readonly now: () => Date;
}

/** Shows each figure as it is measured, and appends it to a file of JSON lines: what a stopped run has measured is kept. */
export class FigureLog {
  readonly #options: FigureLogOptions;

  constructor(options: FigureLogOptions) {
    this.#options = options;
  }

  async add(figure: Figure): Promise<void> {
    const { file, say, now } = this.#options;
    say(lineOf(figure));
    await mkdir(path.dirname(file), { recursive: true });
    await appendFile(file, `${JSON.stringify({ at: now().toISOString(), ...figure })}\n`);
  }
}

function lineOf({ name, secrets, value, unit }: Figure): string {
  return `  ${secrets === undefined ? "" : `${secrets} secrets: `}${name}: ${shown(value, unit)}`;
}

/** A value with its unit, for people. */
export function shown(value: number, unit: Unit): string {
  switch (unit) {
    case "duration":
      return `${(value / 1000).toFixed(2)} s`;
    case "bytes":
      return value < 1e6 ? `${(value / 1000).toFixed(1)} kB` : `${Math.round(value / 1e6)} MB`;
    case "count":
      return value.toFixed(1);
  }
}
