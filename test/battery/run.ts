import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pc from "picocolors";
import { stringify } from "yaml";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import { previewStack, type PreviewOptions } from "../../preview/preview.ts";
import { renderPreview } from "../../preview/render.ts";
import type { Case, Input, Outcome } from "./case.ts";
import { validInput } from "./input.ts";

/** Longest time that any input may take: far more than any needs, so that it tells a blow-up and not a busy machine. */
export const longestMilliseconds = 10_000;

/** A time of the run that does not depend on the machine. */
const now = new Date("2026-12-01T12:00:00Z");

/** What came of a case. */
export interface Result {
  readonly outcome: Outcome | "crashed";
  /** The refusal, the rendered preview, or the stack trace. */
  readonly text: string;
  /** Time that the processor worked, on a machine where the valid input takes `usualMilliseconds`. */
  readonly milliseconds: number;
}

/** Time that the processor of a quiet machine works for a preview of the valid input. */
const usualMilliseconds = 150;

/** Previews the valid input with a case's change, as `npm run preview` does. */
export async function runCase(each: Pick<Case, "change">): Promise<Result> {
  const result = await runOnce(each);
  if (result.milliseconds <= longestMilliseconds) return result;
  // What is slow may be the machine: processors that share a core work slower than one alone.
  const { milliseconds } = await runOnce({ change: () => undefined });
  return { ...result, milliseconds: result.milliseconds * Math.min(1, usualMilliseconds / milliseconds) };
}

async function runOnce({ change }: Pick<Case, "change">): Promise<Result> {
  const input = validInput();
  change(input);
  const root = await mkdtemp(path.join(tmpdir(), "battery-"));
  try {
    if (input.project !== null) await writeFile(path.join(root, "Pulumi.yaml"), input.project);
    // A stack of any other name can have no file.
    if (/^[^/\0]{1,200}$/.test(input.stack)) {
      await writeFile(path.join(root, `Pulumi.${input.stack}.yaml`), input.yaml ?? factsFile(input.facts));
    }
    return await preview(root, input);
  } finally {
    await rm(root, { recursive: true });
  }
}

/** Facts as `Pulumi.<stack>.yaml` holds them. */
export function factsFile(facts: Input["facts"]): string {
  const config = Object.entries(facts).map(
    ([key, value]) => [key.includes(":") ? key : `multicloud-secrets:${key}`, value] as const,
  );
  // A value may be written in several places: spelled out, as people write it.
  return stringify({ config: Object.fromEntries<unknown>(config) }, { aliasDuplicateObjects: false });
}

async function preview(root: string, { stack, catalogue, policies }: Input): Promise<Result> {
  const start = process.cpuUsage();
  const result = (outcome: Result["outcome"], text: string) => ({
    outcome,
    text: text.replaceAll(root, "<root>"),
    milliseconds: millisecondsOf(process.cpuUsage(start)),
  });
  try {
    const found = await previewStack({ root, stack, catalogue, policies, now } as unknown as PreviewOptions);
    return result("accepted", renderPreview(found, pc.createColors(false)));
  } catch (error) {
    if (error instanceof ExpectedError) return result("refused", error.message);
    return result("crashed", error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

function millisecondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}
