import path from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { ExpectedError } from "../components/support/errors.ts";
import { previewStack } from "./preview.ts";
import { renderPreview } from "./render.ts";

/** Exit codes: 0 done, 2 the program refuses this configuration, 70 a bug. */
const EXIT = { refused: 2, bug: 70 } as const;

interface Options {
  readonly json: boolean;
  readonly root: string;
}

async function preview(environment: string, { json, root }: Options): Promise<void> {
  const found = await previewStack({ root, stack: environment });
  const text = json
    ? `${JSON.stringify(found, null, 2)}\n`
    : renderPreview(found, pc.createColors(process.stdout.isTTY));
  process.stdout.write(text);
}

/** Colours on a terminal alone, and not where NO_COLOR is set. */
function coloursFor({ isTTY }: { readonly isTTY?: boolean }) {
  return pc.createColors(isTTY === true && pc.isColorSupported);
}

// `… | head` closes the pipe.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const program = new Command("preview")
  .description(
    "What an environment would be and cost: no cloud, cluster, engine or network is needed, and none is asked.",
  )
  .argument("<environment>", "name of the environment, or of its part: <environment>.<part>")
  .option("--json", "as data: docs/preview.schema.json", false)
  .option("--root <folder>", "folder of Pulumi.yaml", path.resolve(import.meta.dirname, ".."))
  .showHelpAfterError()
  .action(preview);

try {
  await program.parseAsync();
} catch (error) {
  const refused = error instanceof ExpectedError;
  console.error(refused ? coloursFor(process.stderr).red(error.message) : error);
  process.exitCode = refused ? EXIT.refused : EXIT.bug;
}
