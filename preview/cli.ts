import { coloursFor, environmentCommand, runCommand } from "./command.ts";
import { previewStack } from "./preview.ts";
import { renderPreview } from "./render.ts";

interface Options {
  readonly json: boolean;
  readonly root: string;
}

async function preview(environment: string, { json, root }: Options): Promise<void> {
  const found = await previewStack({ root, stack: environment, now: new Date() });
  const text = json ? `${JSON.stringify(found, null, 2)}\n` : renderPreview(found, coloursFor(process.stdout));
  process.stdout.write(text);
}

await runCommand(
  environmentCommand(
    "preview",
    "Shows what a first up of an environment would create and cost, without contacting a cloud, cluster or network.",
  )
    .option("--json", "print JSON as described in docs/preview.schema.json", false)
    .action(preview),
);
