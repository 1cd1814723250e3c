import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { pendingOperation, unfinished } from "../pending-operations.ts";
import type { Answer } from "./cluster-reader.ts";

/** What the engine knows of a stack. */
export interface EngineState {
  /** Logical names of the resources in its state. */
  readonly names: ReadonlySet<string>;
  /** Logical names of what it keeps of values (`Stash`): a generated value of each epoch among them. */
  readonly kept: ReadonlySet<string>;
  /** Operations that a killed run left, and no later one has finished: `creating shop/db`. */
  readonly pending: readonly string[];
  /** The newest update, destroy or refresh. Default: there was none. */
  readonly last?: {
    readonly kind: string;
    readonly result: string;
    /** RFC 3339. */
    readonly startedAt: string;
  };
}

/** Asks the engine for the state of a stack. */
export type ReadEngine = (stack: string) => Promise<Answer<EngineState>>;

export interface PulumiReaderArgs {
  /** Folder of the project. */
  readonly root: string;
  /** Path of the CLI. Default: `pulumi` on the PATH. */
  readonly program?: string;
  /** Its environment variables. Default: those of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Asks Pulumi's CLI in the folder of the project. It decrypts nothing. */
export function pulumiReader({ root, program = "pulumi", env }: PulumiReaderArgs): ReadEngine {
  return async (stack) => {
    try {
      const ask = async (...words: readonly string[]) => {
        const args = ["stack", ...words, "--stack", stack, "--non-interactive"];
        const { stdout } = await promisify(execFile)(program, args, {
          cwd: root,
          ...(env === undefined ? {} : { env }),
          timeout: 60_000,
          maxBuffer: 2 ** 30,
        });
        return JSON.parse(stdout) as unknown;
      };
      const exported = exportSchema.parse(await ask("export"));
      const [last] = historySchema.parse(await ask("history", "--json", "--page-size", "1", "--page", "1"));
      return { value: stateOf(exported, last) };
    } catch (error) {
      return { refused: reasonOf(error) };
    }
  };
}

const resource = z.object({ urn: z.string() });
const exportSchema = z.object({
  deployment: z.object({
    resources: z.array(resource).nullish(),
    pending_operations: z.array(pendingOperation).nullish(),
  }),
});
const historySchema = z
  .array(z.object({ kind: z.string(), result: z.string(), startTime: z.string() }))
  .nullable()
  .transform((each) => each ?? []);

function stateOf(
  { deployment: { resources, pending_operations: pending } }: z.output<typeof exportSchema>,
  last: z.output<typeof historySchema>[number] | undefined,
): EngineState {
  return {
    names: new Set((resources ?? []).map(nameOf)),
    kept: new Set((resources ?? []).filter(isKept).map(nameOf)),
    pending: unfinished(pending, resources).map((each) => `${each.type} ${nameOf(each.resource)}`),
    ...(last === undefined ? {} : { last: { kind: last.kind, result: last.result, startedAt: last.startTime } }),
  };
}

function isKept({ urn }: z.output<typeof resource>): boolean {
  return urn.split("::")[2]?.split("$").at(-1) === "pulumi:index:Stash";
}

function nameOf({ urn }: z.output<typeof resource>): string {
  return urn.split("::").slice(3).join("::");
}

/** The CLI's own words. What it printed to its standard output is the state, and is not shown. */
function reasonOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "pulumi could not be run";
  const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: unknown };
  if (code === "ENOENT") return "pulumi is not installed";
  const lines = typeof stderr === "string" ? stderr.split("\n").filter((each) => each.trim() !== "") : [];
  // Warnings come before it, such as that of a newer version.
  const line = lines.find((each) => each.startsWith("error: ")) ?? lines[0];
  return line?.replace(/^error: /, "").trim() ?? "pulumi gave no answer that is understood";
}
