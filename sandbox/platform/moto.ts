import { createHash } from "node:crypto";
import { access, mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { repositoryRoot } from "../layout.ts";
import { InterruptedError, SandboxError } from "../support/errors.ts";
import { placeFolder, temporaryName } from "../support/files.ts";
import type { Progress } from "../support/progress.ts";

/** The oldest Python that the pinned packages run on. */
const PYTHON_MINIMUM = [3, 10] as const;

const INSTALL_MS = 600_000;

const REQUIREMENTS = path.join(repositoryRoot, "sandbox", "tools", "moto", "requirements.txt");

/** moto, installed: the program that runs it, and its version. */
export interface InstalledMoto {
  /** Python of its own virtual environment. */
  readonly python: string;
  readonly version: string;
}

/** What the installation needs. */
export interface MotoOptions {
  readonly cache: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Returns moto, installing it into a virtual environment in the cache when it is not there. */
export async function ensureMoto({ cache, progress, signal }: MotoOptions): Promise<InstalledMoto> {
  const requirements = await readFile(REQUIREMENTS, "utf8");
  const version = motoVersion(requirements);
  const { command, found } = await findPython(signal);
  // Compiled packages fit one minor version of Python.
  const key = createHash("sha256").update(`${requirements}\n${found}`).digest("hex").slice(0, 12);
  const folder = path.join(cache, "python", `moto-${version}-${key}`);
  const python = path.join(folder, "bin", "python");
  if (await exists(python)) return { python, version };
  await progress.run({
    title: "Install",
    signal,
    steps: [{ title: `moto ${version}, for AWS`, run: (_note, stop) => install({ command, folder, signal: stop }) }],
  });
  return { python, version };
}

/** The version of moto in a list of pinned packages. */
export function motoVersion(requirements: string): string {
  const version = /^moto==(\S+)$/m.exec(requirements)?.[1];
  if (version === undefined) throw new Error(`${REQUIREMENTS} does not pin moto`);
  return version;
}

/** The error for a machine whose Python is missing or too old. */
export function pythonMissing(found: string | undefined): SandboxError {
  return new SandboxError({
    what: `AWS in the sandbox is moto, which needs Python ${PYTHON_MINIMUM.join(".")} or newer.`,
    why: found === undefined ? "There is no python3 on PATH." : `python3 on PATH is ${found}.`,
    fix: "Install it (Debian and Ubuntu: apt-get install python3 python3-venv; macOS: brew install python), or start without clouds.",
  });
}

async function findPython(signal: AbortSignal): Promise<{ command: string; found: string }> {
  const code = "import sys; print('%d.%d' % sys.version_info[:2])";
  const result = await execa("python3", ["-c", code], { reject: false, cancelSignal: signal });
  const found = result.exitCode === 0 ? result.stdout.trim() : undefined;
  const [major = 0, minor = 0] = (found ?? "").split(".").map(Number);
  if (found === undefined || major < PYTHON_MINIMUM[0] || (major === PYTHON_MINIMUM[0] && minor < PYTHON_MINIMUM[1])) {
    throw pythonMissing(found);
  }
  return { command: "python3", found };
}

async function install({
  command,
  folder,
  signal,
}: {
  command: string;
  folder: string;
  signal: AbortSignal;
}): Promise<void> {
  // A virtual environment may be moved as long as its own python is what runs: then a half-made one is never found.
  const draft = temporaryName(folder);
  await mkdir(path.dirname(folder), { recursive: true });
  try {
    await run(command, ["-m", "venv", draft], "Install python3-venv (apt-get install python3-venv).", signal);
    const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"];
    const fix = "Make a package index reachable (pip's own settings apply), or start without clouds.";
    const packages = ["--only-binary", ":all:", "--requirement", REQUIREMENTS];
    await run(path.join(draft, "bin", "python"), [...pip, ...packages], fix, signal);
    await placeFolder(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function run(program: string, args: readonly string[], fix: string, signal: AbortSignal): Promise<void> {
  const result = await execa(program, args, { reject: false, cancelSignal: signal, timeout: INSTALL_MS, all: true });
  if (signal.aborted) throw new InterruptedError();
  if (result.exitCode === 0) return;
  throw new SandboxError({
    what: "moto cannot be installed.",
    why: (result.all ?? "").trim().split("\n").slice(-6).join("\n"),
    fix,
  });
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
