import path from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { ExpectedError } from "../components/support/messages/errors.ts";
import { previewStack } from "./preview.ts";
import { renderPreview } from "./render.ts";

/** Exit codes: 0 success, 2 the program refuses the configuration, 70 a bug. */
const EXIT = { refused: 2, bug: 70 } as const;

interface Options {
  readonly json: boolean;
  readonly root: string;
}

async function preview(environment: string, { json, root }: Options): Promise<void> {
  const found = await previewStack({ root, stack: environment, now: new Date() });
  const text = json ? `${JSON.stringify(found, null, 2)}\n` : renderPreview(found, coloursFor(process.stdout));
  process.stdout.write(text);
}

/** Colours only on a terminal, and never where NO_COLOR is set. */
function coloursFor({ isTTY }: { readonly isTTY?: boolean }) {
  return pc.createColors(isTTY === true && pc.isColorSupported);
}

// `… | head` closes the pipe early.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const program = new Command("preview")
  .description(
    "Shows what a first up of an environment would create and cost, without contacting a cloud, cluster or network.",
  )
  .argument("<environment>", "environment, or one part of it: <environment>.<part>")
  .option("--json", "print JSON as described in docs/preview.schema.json", false)
  .option("--root <folder>", "folder that contains Pulumi.yaml", path.resolve(import.meta.dirname, ".."))
  .showHelpAfterError()
  .action(preview);

try {
  await program.parseAsync();
} catch (error) {
  const refused = error instanceof ExpectedError;
  console.error(refused ? coloursFor(process.stderr).red(error.message) : error);
  process.exitCode = refused ? EXIT.refused : EXIT.bug;
}
