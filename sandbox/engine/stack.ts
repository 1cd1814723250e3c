import * as automation from "@pulumi/pulumi/automation/index.js";
import path from "node:path";
import type { ProgramOptions } from "../../stacks/index.ts";
import { connectionEnvironment, SANDBOX_STACK } from "../connection.ts";
import { reachClouds } from "./clouds.ts";
import { keepLateEvents } from "./late-events.ts";
import { demoValues } from "./demo-values.ts";
import { projectName, writeProject, type ProjectOptions } from "./project.ts";

export interface OpenStackOptions extends ProjectOptions {
  /** What the program deploys. Default: the platform's catalogue and policies. */
  readonly program?: ProgramOptions;
  /** Secret configuration values on top of the demo values. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Whether the demo values are set, which a catalogue of one's own does not ask for. Default: true. */
  readonly demo?: boolean;
}

/** A stack of this platform, driven by the Automation API with the program in this process. */
export async function openStack(options: OpenStackOptions): Promise<automation.Stack> {
  const { connection, program = {}, stack: stackName = SANDBOX_STACK, secrets = {}, demo = true } = options;
  keepLateEvents();
  const workDir = await writeProject(options);
  // `PulumiCommand.get` asks the CLI for its version with this process' environment, and the CLI writes a log at home.
  process.env["PULUMI_HOME"] = connection.pulumiHome;
  if (connection.clouds !== undefined) reachClouds(connection.clouds);
  const stack = await automation.LocalWorkspace.createOrSelectStack(
    {
      stackName,
      projectName,
      // Loaded when it runs: a command that only reads the stack need not load the provider SDKs.
      program: async () => (await import("../../stacks/index.ts")).deployStack(program),
    },
    {
      workDir,
      secretsProvider: "passphrase",
      pulumiCommand: await automation.PulumiCommand.get({ root: commandRoot(connection.root) }),
      envVars: { ...connectionEnvironment(connection), PULUMI_STANDIN_HELM: connection.binaries.helm },
    },
  );
  await setSecrets(stack, { vaultToken: connection.vaultToken, ...(demo ? demoValues : {}), ...secrets });
  return stack;
}

/** `PulumiCommand.get` looks for `<root>/bin/pulumi`; the platform keeps such a link. */
function commandRoot(root: string): string {
  return path.resolve(root);
}

/** Encrypts and stores what differs: each call of the CLI costs a third of a second. */
async function setSecrets(stack: automation.Stack, wanted: Readonly<Record<string, string>>): Promise<void> {
  const present = await stack.getAllConfig();
  const changed = Object.entries(wanted).filter(([key, value]) => present[`${projectName}:${key}`]?.value !== value);
  if (changed.length === 0) return;
  await stack.setAllConfig(
    Object.fromEntries(changed.map(([key, value]) => [`${projectName}:${key}`, { value, secret: true }])),
  );
}
