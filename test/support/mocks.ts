import { runtime } from "@pulumi/pulumi";
import type {
  MockCallArgs,
  MockCallResult,
  MockResourceArgs,
  MockResourceResult,
} from "@pulumi/pulumi/runtime/mocks.js";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import * as state from "@pulumi/pulumi/runtime/state.js";
import { collectErrors } from "../../preview/settled.ts";
import * as providers from "./fake-providers.ts";
import { FakeVault } from "./fake-vault.ts";
import { accounts } from "./providers/accounts.ts";
import { RemoteMemory } from "./remote-memory.ts";
import { Recording, type Registered } from "./recording.ts";
import { providerName, recordOf, typeOf, withoutMarkers } from "./requests.ts";

/** Configuration of the stack, without the project's prefix. */
export interface ConfigFixture {
  readonly plain?: Readonly<Record<string, string>>;
  readonly secret?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  readonly project?: string;
  readonly stack?: string;
  readonly preview?: boolean;
  readonly config?: ConfigFixture;
  /** Functions that this run answers otherwise than the mocks do, by their token. */
  readonly answers?: providers.Overrides;
  /** Logical names of resources that the engine fails to make. Default: none. */
  readonly refuses?: readonly string[];
  /** What the stores hold. Default: nothing. */
  readonly vault?: FakeVault;
  readonly memory?: RemoteMemory;
  /** What the stack's state holds from earlier runs. Default: nothing. */
  readonly state?: providers.StackState;
  /** Who answers for the state of a stack, by its name. Default: `state`, for whatever name. */
  readonly stateOf?: (stackName: string) => providers.StackState;
}

export interface LogLine {
  readonly severity: "info" | "warning" | "error";
  readonly message: string;
}

export interface Run<T> {
  readonly result: T;
  readonly resources: Recording;
  /** Functions called, in order. */
  readonly calls: readonly { readonly token: string; readonly provider: string; readonly inputs: unknown }[];
  readonly logs: readonly LogLine[];
  /** Debug messages, most of them the SDK's own. */
  readonly debugLog: readonly string[];
  /** Names of resources that were registered with their place in the program. */
  readonly positioned: readonly string[];
  /** Names of registered hooks. */
  readonly hooks: readonly string[];
  readonly vault: FakeVault;
  readonly memory: RemoteMemory;
  /** The state that the run leaves behind. */
  readonly state: providers.StackState;
}

type FailedRun = Omit<Run<undefined>, "result"> & { readonly errors: readonly unknown[] };

/** Runs a program as a stack against mocks that throw on whatever they do not know. Any failure rejects. */
export async function runProgram<T>(program: () => T | Promise<T>, options: RunOptions = {}): Promise<Run<T>> {
  const { result, errors, ...run } = await execute(program, options);
  if (errors.length > 0) throw errors[0];
  return { ...run, result: (result as { readonly value: T }).value };
}

/** Runs a program that must fail, while it runs or in a resource; what it did until then is returned. */
export async function runFailing(program: () => unknown, options: RunOptions = {}): Promise<FailedRun> {
  const { result: _, ...run } = await execute(program, options);
  if (run.errors.length === 0) throw new Error("the program was expected to fail, and did not");
  return run;
}

/** The message of what a program fails with. */
export async function failureOf(program: () => unknown, options: RunOptions = {}): Promise<string> {
  const [error] = (await runFailing(program, options)).errors;
  return error instanceof Error ? error.message : String(error);
}

interface Execution<T> extends FailedRun {
  readonly result: { readonly value: T } | undefined;
}

async function execute<T>(program: () => T | Promise<T>, options: RunOptions): Promise<Execution<T>> {
  const { project = "multicloud-secrets", stack = "sandbox", preview = false, config = {} } = options;
  const { vault = new FakeVault(), memory = new RemoteMemory(), state: before = {} } = options;
  const world: providers.World = {
    accounts,
    names: (kind) => (kind === "vault-kv" ? vault.paths : memory.names(kind)),
    read: (kind, name) => (kind === "vault-kv" ? vault.find(name) : memory.read(kind, name)),
    labels: (kind, name) => memory.labels(kind, name),
    stateOf: options.stateOf ?? (() => before),
    vault,
    memory,
    state: before,
    preview,
  };
  const recorded: Registered[] = [];
  const calls: Run<T>["calls"][number][] = [];
  const logs: LogLine[] = [];
  const debugLog: string[] = [];
  const positioned: string[] = [];
  const hooks: string[] = [];

  return withLocalStorage(async () => {
    await runtime.setMocks(
      {
        newResource: (args: MockResourceArgs): MockResourceResult =>
          providers.newResource(withIgnored(args, recorded, world), world),
        call: (args: MockCallArgs): MockCallResult => {
          calls.push({ token: args.token, provider: providerName(args.provider ?? ""), inputs: args.inputs });
          return answered(() => providers.call(args, world, options.answers));
        },
      },
      project,
      stack,
      preview,
      "acme",
    );
    // The mocks of the SDK drop all options and know no hooks: the request is read before they get it.
    const { settings } = localStore();
    const monitor = settings.monitor;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) => {
      recorded.push(recordOf(request, { project, stack }));
      const name = request.getName();
      const frames = request.getStacktrace()?.getFramesList() ?? [];
      if (request.getSourceposition() !== undefined || frames.length > 0) positioned.push(name);
      if (options.refuses?.includes(name) !== true) return register(request, callback);
      callback(Object.assign(new Error(`${name} was refused`), { details: `${name} was refused` }), undefined);
      return Promise.resolve();
    };
    const registerHook: Monitor["registerErrorHook"] = (request, callback) => {
      hooks.push(request.getName());
      callback(null, {});
    };
    Object.assign(monitor, { registerErrorHook: registerHook, registerResourceHook: registerHook });
    settings.engine = engineThatLogs(logs, debugLog);
    const prefixed = Object.entries({ ...config.plain, ...config.secret }).map(([key, value]) => [
      `${project}:${key}`,
      value,
    ]);
    const secretKeys = Object.keys(config.secret ?? {}).map((key) => `${project}:${key}`);
    runtime.setAllConfig(Object.fromEntries(prefixed) as Record<string, string>, secretKeys);

    let result: { readonly value: T } | undefined;
    const errors = await collectErrors(async () => {
      await runtime.runInPulumiStack(async () => {
        result = { value: await program() };
      });
    });
    const states = [...monitor.resources.values()].map(({ urn, state: outputs }) => [
      urn,
      { type: typeOf(urn), outputs: withoutMarkers(isMessage(outputs) ? outputs.toJavaScript() : outputs) },
    ]);
    const after = Object.fromEntries(states) as providers.StackState;
    return {
      result,
      errors,
      resources: new Recording(recorded),
      calls,
      logs,
      debugLog,
      positioned,
      hooks,
      vault,
      memory,
      state: after,
    };
  });
}

/** Outputs that a component registered, as the SDK sends them. */
function isMessage(outputs: object): outputs is { readonly toJavaScript: () => object } {
  return "toJavaScript" in outputs;
}

interface Monitor {
  readonly resources: ReadonlyMap<string, { readonly urn: string; readonly state: object }>;
  registerResource(request: RegisterResourceRequest, callback: Callback): Promise<void>;
  registerErrorHook(request: { getName(): string }, callback: Callback): void;
}
type Callback = (error: Error | null, answer: unknown) => void;
interface LogRequest {
  getSeverity(): number;
  getMessage(): string;
}
interface Store {
  readonly settings: { readonly monitor: Monitor; engine: unknown };
}

// Exported by the SDK and missing from its types: what the Automation API isolates its programs with.
const { withLocalStorage, getStore: localStore } = state as unknown as {
  readonly withLocalStorage: <R>(callback: () => R) => R;
  readonly getStore: () => Store;
};

/** The SDK shows the `details` of a failed request and drops its message. */
function answered(answer: () => MockCallResult): MockCallResult {
  try {
    return answer();
  } catch (error) {
    throw Object.assign(error as Error, { details: (error as Error).message });
  }
}

/** As the engine does it: an ignored input keeps the value that the state has. */
function withIgnored(
  args: MockResourceArgs,
  recorded: readonly Registered[],
  { state: before }: providers.World,
): MockResourceArgs {
  const record = recorded.findLast(({ type, name }) => type === args.type && name === args.name);
  const urns = [
    record?.urn ?? "",
    ...(record?.options.aliases ?? []).map((alias) => renamed(record?.urn ?? "", alias)),
  ];
  const old = urns.map((urn) => before[urn]?.outputs).find((each) => each !== undefined) as
    Readonly<Record<string, unknown>> | undefined;
  if (record === undefined || old === undefined) return args;
  const kept = Object.fromEntries(record.options.ignoreChanges.map((key) => [key, old[key]]));
  return { ...args, inputs: { ...(args.inputs as object), ...kept } };
}

/** URN of a resource under the logical name that it had before. */
function renamed(urn: string, name: string): string {
  return [...urn.split("::").slice(0, 3), name].join("::");
}

/** The engine, as far as a program speaks to it besides the monitor. */
function engineThatLogs(logs: LogLine[], debugLog: string[]) {
  const severities = [undefined, "info", "warning", "error"] as const;
  return {
    log: (request: LogRequest, callback: Callback) => {
      const severity = severities[request.getSeverity()];
      if (severity === undefined) debugLog.push(request.getMessage());
      else logs.push({ severity, message: request.getMessage() });
      callback(null, {});
    },
    setRootResource: (_: unknown, callback: Callback) => callback(null, {}),
  };
}
