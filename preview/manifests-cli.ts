import path from "node:path";
import { ExpectedError } from "../components/support/messages/errors.ts";
import { environmentCommand, runCommand } from "./command.ts";
import { exportedState } from "./exported-state.ts";
import { folderChanges, manifestFiles, type FolderChanges } from "./manifest-files.ts";
import { readManifests, writeManifests } from "./manifest-folder.ts";
import { renderStack } from "./preview.ts";
import { needsState, withCiphertexts } from "./sealed-manifests.ts";

/** Exit code where the folder differs (`--check`), beside those of every command. */
const differing = 1;

interface Options {
  readonly out: string;
  readonly check: boolean;
  readonly json: boolean;
  readonly root: string;
}

async function manifests(environment: string, { out, check, json, root }: Options): Promise<void> {
  const described = await renderStack({ root, stack: environment, now: new Date() });
  const rendered = manifestFiles(
    needsState(described) ? withCiphertexts(environment, described, await exportedState(root, environment)) : described,
  );
  const changes = folderChanges(rendered, await readManifests(out));
  const { foreign } = changes;
  if (foreign.length > 0 && !check) {
    throw new ExpectedError(
      `${foreign.map((each) => path.join(out, each)).join(", ")}: not rendered by this command, and would be overwritten. Nothing was changed.\n` +
        "    fix: move it, or render into another folder (--out)",
    );
  }
  if (!check) await writeManifests(out, rendered, changes);
  const { missing, changed, stale } = changes;
  const differs = missing.length + changed.length + stale.length + foreign.length > 0;
  if (json) console.log(JSON.stringify({ files: [...rendered.keys()], ...changes }, undefined, 2));
  else for (const line of report(environment, { out, check, count: rendered.size, changes })) console.log(line);
  if (check && differs) process.exitCode = differing;
}

interface Reported {
  readonly out: string;
  readonly check: boolean;
  readonly count: number;
  readonly changes: FolderChanges;
}

function report(environment: string, { out, check, count, changes }: Reported): readonly string[] {
  const { missing, changed, stale, foreign } = changes;
  const words = check ? ["missing", "differs", "no longer rendered"] : ["written", "rewritten", "deleted"];
  const lines = [missing, changed, stale].flatMap((paths, index) =>
    paths.map((each) => `  ${each}: ${words[index] ?? ""}`),
  );
  const others = foreign.map((each) => `  ${each}: not rendered by this command`);
  const total = count === 1 ? "1 manifest" : `${count} manifests`;
  if (lines.length + others.length === 0) return [`${out} holds the ${total} of ${environment}, up to date`];
  return [
    check ? `${out} differs from the description of ${environment}:` : `${out} holds the ${total} of ${environment}:`,
    ...lines,
    ...others,
    ...(check ? [`  fix: npm run manifests -- ${environment} --out ${out}`] : []),
  ];
}

await runCommand(
  environmentCommand(
    "manifests",
    "Renders what an environment leaves to a GitOps tool into a folder, without contacting a cloud or cluster: SecretStores and ExternalSecrets (via: gitops), and SealedSecrets (clusters.<name>.sealedSecrets.appliedBy: gitops), whose ciphertexts come from the stack's state.",
  )
    .requiredOption("--out <folder>", "folder of the manifests")
    .option("--check", "change nothing; exit with 1 where the folder differs", false)
    .option("--json", "print JSON", false)
    .action(manifests),
);
