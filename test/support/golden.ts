import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SecretInput, type Recording, type RecordedOptions } from "./recording.ts";
import { root } from "./project.ts";

/** Stands for every secret value. */
const mask = "<secret>";

/** What a golden file holds of each resource: everything that a reviewer wants to see change, and no value. */
export function goldenResources(recording: Recording): readonly object[] {
  const resources = recording.all
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .map(({ type, name, parent, provider, inputs, options }) => ({
      type,
      name,
      ...(parent === "" ? {} : { parent }),
      ...(provider === "" ? {} : { provider }),
      inputs: masked(inputs),
      ...goldenOptions(options),
    }));
  return resources.sort((a, b) => compare(`${a.type} ${a.name}`, `${b.type} ${b.name}`));
}

/**
 * Compares with a committed JSON file; with GOLDEN=write, writes it.
 *
 * @param file path below the repository's root.
 */
export function assertGolden(file: string, content: unknown): void {
  assertGoldenText(file, `${JSON.stringify(sorted(content), null, 2)}\n`);
}

/** {@link assertGolden} for a text. */
export function assertGoldenText(file: string, actual: string): void {
  const full = path.join(root, file);
  if (process.env["GOLDEN"] === "write") {
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, actual);
    return;
  }
  let committed = "";
  try {
    committed = readFileSync(full, "utf8");
  } catch {
    // Shown below as a file that lacks everything.
  }
  const difference = lineDifference(committed, actual);
  assert.ok(
    committed === actual,
    `${file} is not what the program makes now. If the change is meant: npm run golden, and read the diff.\n${difference}`,
  );
}

/** The lines that differ, with one line before and after; enough to see what moved. */
export function lineDifference(before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const removed = old.slice(start, old.length - end);
  const added = now.slice(start, now.length - end);
  const context = (line: string | undefined) => (line === undefined ? [] : [`  ${line}`]);
  return [
    `line ${start + 1}:`,
    ...context(old[start - 1]),
    ...shortened(removed).map((line) => `- ${line}`),
    ...shortened(added).map((line) => `+ ${line}`),
    ...context(end === 0 ? undefined : old.at(-end)),
  ].join("\n");
}

const longest = 40;

function shortened(lines: readonly string[]): readonly string[] {
  return lines.length <= longest ? lines : [...lines.slice(0, longest), `… ${lines.length - longest} more lines`];
}

function goldenOptions(options: RecordedOptions): object {
  const changed = Object.entries(options).filter(([, value]) => !isUnset(value));
  return changed.length === 0 ? {} : { options: Object.fromEntries(changed) };
}

/** Whether an option says nothing: absent, false, empty, or made of nothing but such. */
function isUnset(value: unknown): boolean {
  if (value === undefined || value === false || value === "") return true;
  return typeof value === "object" && value !== null && Object.values(value).every(isUnset);
}

function masked(value: unknown): unknown {
  if (value instanceof SecretInput) return mask;
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, masked(each)]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => compare(a, b))
      .map(([key, each]) => [key, sorted(each)]),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
