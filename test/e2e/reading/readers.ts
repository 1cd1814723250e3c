import { execa } from "execa";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ExpectedError } from "../../../components/support/messages/errors.ts";
import { readStackFile } from "../../../preview/stack-file.ts";

/** What a reader found: each value of the configuration by its full key, encrypted ones without it; or that it refuses. */
export type Reading = "refused" | Readonly<Record<string, unknown>>;

const project = "name: multicloud-secrets\nruntime: nodejs\n";

/** A project with the stack `odd`, whose file both readers read. */
export interface Readers {
  read(file: string): Promise<{ readonly engine: Reading; readonly preview: Reading }>;
  close(): Promise<void>;
}

/** @param pulumi path of the CLI. */
export async function openReaders(pulumi: string): Promise<Readers> {
  const root = await mkdtemp(path.join(tmpdir(), "reading-"));
  const stackFile = path.join(root, "Pulumi.odd.yaml");
  const environment = {
    PULUMI_HOME: path.join(root, "home"),
    PULUMI_BACKEND_URL: `file://${root}`,
    PULUMI_CONFIG_PASSPHRASE: "none",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const run = (...args: readonly string[]) =>
    execa(pulumi, [...args, "--stack", "odd", "--non-interactive"], { cwd: root, env: environment, reject: false });
  await writeFile(path.join(root, "Pulumi.yaml"), project);
  await run("stack", "init");
  return {
    async read(file) {
      await writeFile(stackFile, file);
      return { engine: readingOfEngine(await run("config", "--json")), preview: await readingOfPreview(root) };
    },
    close: () => rm(root, { recursive: true }),
  };
}

interface Shown {
  readonly value?: string;
  readonly secret: boolean;
}

function readingOfEngine({ exitCode, stdout }: { readonly exitCode?: number; readonly stdout: string }): Reading {
  if (exitCode !== 0) return "refused";
  const shown = JSON.parse(stdout) as Readonly<Record<string, Shown>>;
  return Object.fromEntries(
    Object.entries(shown).map(([key, { value = "", secret }]) => [key, secret ? "encrypted" : meant(value)]),
  );
}

async function readingOfPreview(root: string): Promise<Reading> {
  try {
    const { plain, secretKeys, issues } = await readStackFile(root, "odd");
    if (issues.length > 0) return "refused";
    const secrets = [...secretKeys].map((key) => [key, "encrypted"] as const);
    return Object.fromEntries([...Object.entries(plain).map(([key, text]) => [key, meant(text)] as const), ...secrets]);
  } catch (error) {
    if (error instanceof ExpectedError) return "refused";
    throw error;
  }
}

/** JSON is compared by what it means: Go escapes more of it. */
function meant(text: string): unknown {
  try {
    return /^[[{]/.test(text) ? (JSON.parse(text) as unknown) : text;
  } catch {
    return text;
  }
}
