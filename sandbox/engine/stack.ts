import * as automation from "@pulumi/pulumi/automation/index.js";
import { access } from "node:fs/promises";
import path from "node:path";
import type { ProgramOptions } from "../../stacks/index.ts";
import { type Connection, connectionEnvironment, SANDBOX_STACK } from "../connection.ts";
import { reachClouds } from "./clouds.ts";
import { keepLateEvents } from "./late-events.ts";
import { demoValues } from "./demo-values.ts";
import { projectName, readCiphertexts, statesFolder, writeProject, type ProjectOptions } from "./project.ts";

export interface OpenStackOptions extends ProjectOptions {
  /** What the program deploys. Default: the platform's catalogue and policies. */
  readonly program?: ProgramOptions;
  /** Secret configuration values on top of the demo values. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Whether the demo values are set, which a catalogue of one's own does not ask for. Default: true. */
  readonly demo?: boolean;
}

/**
 * A stack of this platform, driven by the Automation API with the program in this process.
 *
 * Each call of the CLI costs a third of a second, so those whose answer is known or not wanted are left out: its version
 * after the first time, selecting a stack that exists, reading configuration that this process has set, and what `up`
 * asks afterwards. Its result has no outputs and no summary: `EventLog` has the outputs.
 */
export async function openStack(options: OpenStackOptions): Promise<automation.Stack> {
  const { connection, program = {}, stack: stackName = SANDBOX_STACK, secrets = {}, demo = true } = options;
  keepLateEvents();
  const workDir = await writeProject(options);
  // The CLI is asked for its version with this process' environment, and writes a log at home.
  process.env["PULUMI_HOME"] = connection.pulumiHome;
  if (connection.clouds !== undefined) reachClouds(connection.clouds);
  const workspace = await automation.LocalWorkspace.create({
    workDir,
    secretsProvider: "passphrase",
    pulumiCommand: await commandOf(connection),
    envVars: { ...connectionEnvironment(connection), PULUMI_STANDIN_HELM: connection.binaries.helm },
    // Loaded when it runs: a command that only reads the stack need not load the provider SDKs.
    program: async () => (await import("../../stacks/index.ts")).deployStack(program),
  });
  if (await exists(connection, stackName)) workspace.selectStack = () => Promise.resolve();
  workspace.stackOutputs = () => Promise.resolve({});
  const stack = await automation.Stack.createOrSelect(stackName, workspace);
  stack.info = () => Promise.resolve(undefined);
  await setSecrets(stack, { vaultToken: connection.vaultToken, ...(demo ? demoValues : {}), ...secrets });
  return stack;
}

/** By the platform's folder, in which `PulumiCommand.get` looks for `bin/pulumi`; the platform keeps such a link. */
const commands = new Map<string, Promise<automation.PulumiCommand>>();

function commandOf({ root }: Connection): Promise<automation.PulumiCommand> {
  const folder = path.resolve(root);
  const command = commands.get(folder) ?? automation.PulumiCommand.get({ root: folder });
  commands.set(folder, command);
  return command;
}

/** Whether the state of a stack lies where a file backend of Pulumi has it. Looked at each time: a test may remove it. */
async function exists({ root }: Connection, stack: string): Promise<boolean> {
  const file = path.join(statesFolder(root), `${stack}.json`);
  const found = [file, `${file}.gz`].map((each) =>
    access(each).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(found)).includes(true);
}

/** Value of each ciphertext that this process has made. */
const known = new Map<string, string>();

/** Encrypts and stores what differs. */
async function setSecrets(stack: automation.Stack, wanted: Readonly<Record<string, string>>): Promise<void> {
  const { workDir } = stack.workspace;
  const written = await readCiphertexts(workDir, stack.name);
  const doubtful = Object.entries(wanted).filter(([key, value]) => known.get(written.get(key) ?? "") !== value);
  if (doubtful.length === 0) return;
  const present = written.size === 0 ? {} : await stack.getAllConfig();
  const changed = doubtful.filter(([key, value]) => present[`${projectName}:${key}`]?.value !== value);
  if (changed.length > 0) {
    await stack.setAllConfig(
      Object.fromEntries(changed.map(([key, value]) => [`${projectName}:${key}`, { value, secret: true }])),
    );
  }
  for (const [key, ciphertext] of await readCiphertexts(workDir, stack.name)) {
    const value = wanted[key];
    if (value !== undefined) known.set(ciphertext, value);
  }
}
