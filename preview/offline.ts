import { runtime } from "@pulumi/pulumi";
import type { MockCallArgs, MockResourceArgs } from "@pulumi/pulumi/runtime/mocks.js";
import * as state from "@pulumi/pulumi/runtime/state.js";
import { ExpectedError, messageOf } from "../components/support/messages/errors.ts";
import type { Inputs, World } from "./answers/contract.ts";
import { answers } from "./answers/index.ts";
import { collectErrors } from "./settled.ts";

/** Result of a program that ran without an engine: every resource is new, and values that only a provider knows are unknown. */
export interface OfflineRun<T> {
  readonly result: T;
  /** Types of the resources that would be created, without the stack itself. */
  readonly created: readonly string[];
  /** Warnings that the program logged. */
  readonly warnings: readonly string[];
}

export interface OfflineOptions {
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /**
   * What a provider answers from, by the name of the provider resource, which is that of its store; the empty name is the
   * engine's. Called at each function call, since the program learns its stores while it runs.
   */
  readonly world: (provider: string) => World;
}

/**
 * Runs the program as `pulumi preview` would on an empty cloud, on the mocks of Pulumi's SDK: no engine, no plugin, no
 * network. Inputs of resources are not recorded, so no value can leak.
 */
export async function runOffline<T>(program: () => Promise<T>, options: OfflineOptions): Promise<OfflineRun<T>> {
  return withLocalStorage(async () => {
    const created: string[] = [];
    const warnings: string[] = [];
    await runtime.setMocks(
      {
        newResource: ({ inputs }: MockResourceArgs) => ({ id: undefined, state: { ...(inputs as object) } }),
        call: ({ token, inputs, provider = "" }: MockCallArgs) =>
          withDetails(() => answer(token, inputs as Inputs, options.world(providerName(provider)))),
      },
      options.project,
      options.stack,
      true,
      // The organization of a state in a bucket.
      "organization",
    );
    const { settings } = localStore();
    const { monitor } = settings;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) => {
      if (request.getType() !== "pulumi:pulumi:Stack") created.push(request.getType());
      return register(request, callback);
    };
    // The SDK's mocks do not implement hooks. A preview would not run any: hooks run when a resource is applied.
    const accept = (_: unknown, callback: Callback) => callback(null, {});
    Object.assign(monitor, { registerErrorHook: accept, registerResourceHook: accept });
    settings.engine = {
      log: (request: LogRequest, callback: Callback) => {
        if (request.getSeverity() === warning) warnings.push(request.getMessage());
        callback(null, {});
      },
      setRootResource: accept,
    };
    runtime.setAllConfig({ ...options.config }, [...options.secretKeys]);

    let result: { readonly value: T } | undefined;
    const errors = await collectErrors(async () => {
      await runtime.runInPulumiStack(async () => {
        result = { value: await program() };
      });
    });
    if (errors.length > 0) throw mostHelpful(errors);
    if (result === undefined) throw new Error("the program ended without a result and without an error");
    return { result: result.value, created, warnings };
  });
}

type Callback = (error: Error | null, answer: unknown) => void;
interface Monitor {
  registerResource(request: { getType(): string }, callback: Callback): Promise<void>;
}
interface LogRequest {
  getSeverity(): number;
  getMessage(): string;
}
interface Store {
  readonly settings: { readonly monitor: Monitor; engine: unknown };
}

/** `LogSeverity.WARNING` of the engine's protocol. */
const warning = 2;

// Exported by the SDK and missing from its types: what the Automation API isolates its programs with.
const { withLocalStorage, getStore: localStore } = state as unknown as {
  readonly withLocalStorage: <R>(callback: () => R) => R;
  readonly getStore: () => Store;
};

/** @throws Error that names a function without an answer: a guess could make the preview say what `up` would not do. */
function answer(token: string, inputs: Inputs, world: World): Readonly<Record<string, unknown>> {
  const make = answers[token];
  if (make === undefined) {
    throw new Error(`the preview has no answer for the function ${token}; add a row to preview/answers/`);
  }
  return make(inputs, world);
}

/** Name of the provider in a reference (`<urn>::<id>`); empty for a default one. */
function providerName(reference: string): string {
  return reference.split("::").slice(3, -1).join("::");
}

/** The SDK shows the `details` of a failed request and drops its message, so both hold the message. */
function withDetails<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw Object.assign(error as Error, { details: messageOf(error) });
  }
}

/** Prefers an error that the user can fix over its consequences. */
function mostHelpful(errors: readonly unknown[]): unknown {
  return errors.find((error) => error instanceof ExpectedError) ?? errors[0];
}
