import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { EventLog } from "../../../sandbox/engine/events.ts";
import { environmentOutputs } from "../../../sandbox/engine/outputs.ts";
import { openStack, type OpenStackOptions } from "../../../sandbox/engine/stack.ts";
import { messageOf } from "../../../sandbox/support/errors.ts";
import { environments } from "../../../stacks/environments/index.ts";
import type { ProgramOptions } from "../../../stacks/index.ts";
import type { Policy } from "../../../stacks/environments/policy.ts";
import { sandbox } from "../../../stacks/environments/sandbox.ts";
import type { EnvironmentOutputs } from "../../../stacks/outputs/index.ts";
import { connection } from "./platform.ts";

export type Operation = "preview" | "up" | "refresh" | "destroy";

/** What an operation of the engine did and reported. */
export interface Run {
  readonly ok: boolean;
  /** Number of resources by operation, without those that stayed as they were. */
  readonly changes: Readonly<Record<string, number>>;
  /** Resources that stayed as they were. */
  readonly same: number;
  /** Operation and logical name of each resource that changed: `create mlflow/tracking/vault`. */
  readonly steps: readonly string[];
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
  /** Everything that it printed. */
  readonly output: string;
  readonly outputs: EnvironmentOutputs | undefined;
}

/** A stack, by its differences from the committed sandbox environment. */
export interface StackOptions extends Omit<OpenStackOptions, "connection" | "program"> {
  readonly catalogue?: ProgramOptions["catalogue"];
  /** On top of the policy of the sandbox. */
  readonly policy?: Partial<Policy>;
  /** Other environments that there are, which deliveries may name. Default: the committed ones. */
  readonly others?: readonly string[];
  /** Time of the run, RFC 3339. Default: none, so that dates to come are taken and no time ends. */
  readonly now?: string;
}

export interface RunOptions {
  /** `--refresh`: first reads what exists. */
  readonly refresh?: boolean;
  readonly diff?: boolean;
  /** `--continue-on-error`: tries the other resources after a failure. */
  readonly continueOnError?: boolean;
}

/** Everything that any run printed or reported as an event, for the leak scan. */
export const transcripts: { readonly title: string; readonly text: string }[] = [];

/** Options of each stack that was deployed and not destroyed, by its name, in the order of the first deployments. */
export const deployedStacks = new Map<string, StackOptions>();

/** Opens a stack on the test platform. */
export async function open(options: StackOptions = {}): Promise<Stack> {
  const { catalogue, policy, others = [], now, ...rest } = options;
  const name = nameOf(options);
  const program: ProgramOptions = {
    ...(catalogue === undefined ? {} : { catalogue }),
    ...(now === undefined ? {} : { now: new Date(now) }),
    policies: {
      ...environments,
      ...Object.fromEntries(others.map((each) => [each, sandbox])),
      [name]: { ...sandbox, ...policy },
    },
  };
  return openStack({ ...rest, connection: connection(), program });
}

/** URNs of the resources that the state has. */
export async function recordedUrns(options: StackOptions): Promise<readonly string[]> {
  const exported = await (await open(options)).exportStack();
  const { resources = [] } = exported.deployment as { readonly resources?: readonly { readonly urn: string }[] };
  return resources.map(({ urn }) => urn);
}

/** Runs an operation; a failure of it is a result, not an exception. */
export async function run(operation: Operation, options: StackOptions = {}, runOptions: RunOptions = {}): Promise<Run> {
  const stack = await open(options);
  // Also before an `up` that fails: what it made has to go before another stack can own the operator.
  if (operation === "up") deployedStacks.set(nameOf(options), options);
  const result = await runOn(stack, operation, runOptions);
  if (operation === "destroy" && result.ok) deployedStacks.delete(nameOf(options));
  return result;
}

function nameOf({ stack = "sandbox" }: StackOptions): string {
  return stack;
}

/** Like `run`, but a failed operation fails the test with the engine's output. */
export async function succeed(
  operation: Operation,
  options: StackOptions = {},
  runOptions: RunOptions = {},
): Promise<Run> {
  const result = await run(operation, options, runOptions);
  if (!result.ok) throw new Error(`${operation} failed:\n${result.errors.join("\n")}\n${result.output.slice(-4000)}`);
  return result;
}

export async function runOn(
  stack: Stack,
  operation: Operation,
  { refresh = false, diff = false, continueOnError = false }: RunOptions = {},
): Promise<Run> {
  const log = new EventLog();
  const events: EngineEvent[] = [];
  const steps: string[] = [];
  let output = "";
  const common = {
    color: "never" as const,
    onEvent: (event: EngineEvent) => {
      log.add(event);
      events.push(event);
      steps.push(...stepOf(event));
    },
    onOutput: (text: string) => {
      output += text;
    },
    onError: (text: string) => {
      output += text;
    },
  };
  let failure: string | undefined;
  let outputs: EnvironmentOutputs | undefined;
  try {
    if (operation === "up") await stack.up({ ...common, refresh, diff, continueOnError });
    else if (operation === "preview") await stack.preview({ ...common, refresh, diff });
    else if (operation === "refresh") await stack.refresh(common);
    else await stack.destroy(common);
    await log.complete();
    if (operation === "up") outputs = environmentOutputs(log);
  } catch (error) {
    failure = messageOf(error);
    output += failure;
  }
  transcripts.push(
    { title: `${operation} of ${stack.name}, printed`, text: output },
    { title: `${operation} of ${stack.name}, events`, text: events.map((event) => JSON.stringify(event)).join("\n") },
  );
  const said = (severity: "warning" | "error") =>
    log.diagnostics.filter((each) => each.severity === severity).map(({ text }) => text);
  return {
    ok: failure === undefined,
    changes: Object.fromEntries([...log.operations].filter(([op]) => !unchanged.includes(op))),
    same: log.operations.get("same") ?? 0,
    steps,
    warnings: said("warning"),
    errors: said("error"),
    output,
    outputs,
  };
}

/** Operations that leave a resource as it is. A refresh that finds a difference reports it as an update or a delete. */
const unchanged: readonly string[] = ["same", "read", "refresh"];

function stepOf({ resOutputsEvent, resourcePreEvent }: EngineEvent): string[] {
  const metadata = (resOutputsEvent ?? resourcePreEvent)?.metadata;
  if (metadata === undefined || unchanged.includes(metadata.op)) return [];
  // A preview only announces; an update reports what is done.
  if (resourcePreEvent !== undefined && resourcePreEvent.planning !== true) return [];
  return [`${metadata.op} ${metadata.urn.split("::").slice(3).join("::")}`];
}
