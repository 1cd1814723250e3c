import { getStack, runtime, secret } from "@pulumi/pulumi";
import { stateNameKeys, type StateNames, type StateResource } from "../components/stores/contract.ts";

/**
 * What this stack's state knows, read before anything is registered. A lost state is an empty one, which is how a
 * deployment can tell "new" from "forgotten" before it writes.
 *
 * The engine's built-in function `readStackResourceOutputs` works on every backend, costs a few milliseconds, and sees
 * interrupted updates too. It answers with outputs in clear, within this process: they are marked secret at once.
 */
export async function readState(): Promise<readonly StateResource[]> {
  const answer = (await runtime.invoke(
    "pulumi:pulumi:readStackResourceOutputs",
    { stackName: getStack() },
    { async: true },
  )) as { readonly outputs?: Readonly<Record<string, StateEntry>> };
  return Object.entries(answer.outputs ?? {}).map(([urn, { type, outputs }]) => ({
    urn,
    type,
    name: urn.split("::").slice(3).join("::"),
    outputs: secret(outputs ?? {}) as unknown as StateResource["outputs"],
    names: namesOf(outputs ?? {}),
    ...(isReady(outputs ?? {}) ? { ready: true } : {}),
    ...(type === "kubernetes:core/v1:SecretPatch" || isMerging(outputs ?? {}) ? { merges: true } : {}),
  }));
}

/** Azure's resources keep all but their name one level below, in `properties`. */
function namesOf(outputs: Readonly<Record<string, unknown>>): StateNames {
  const properties = outputs["properties"];
  const all: Readonly<Record<string, unknown>> =
    typeof properties === "object" && properties !== null ? { ...properties, ...outputs } : outputs;
  return Object.fromEntries(
    stateNameKeys.flatMap((key) => {
      const value = all[key];
      return typeof value === "string" ? [[key, value] as const] : [];
    }),
  );
}

function isReady({ status }: { readonly status?: unknown }): boolean {
  const { conditions = [] } = (status ?? {}) as {
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
  };
  return conditions.some(({ type, status: holds }) => type === "Ready" && holds === "True");
}

/** An ExternalSecret that merges. */
function isMerging({ spec }: { readonly spec?: unknown }): boolean {
  const { target } = (spec ?? {}) as { readonly target?: { readonly creationPolicy?: string } };
  return target?.creationPolicy === "Merge";
}

interface StateEntry {
  readonly type: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}
