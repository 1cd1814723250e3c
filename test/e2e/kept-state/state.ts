import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import { readFileSync } from "node:fs";
import path from "node:path";

/** A resource as a state has it; only what is looked at here. */
export interface KeptResource {
  readonly urn: string;
  readonly type: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

interface Snapshot {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly resources: readonly KeptResource[];
}

/** Path of a kept state. */
export function fileOf(stack: string): string {
  return path.join(import.meta.dirname, `${stack}.json`);
}

/** Text of a kept state, with marks and ciphertexts. */
export function keptText(stack: string): string {
  return readFileSync(fileOf(stack), "utf8");
}

/** The resources of an exported state. */
export function resourcesOf({ deployment }: Deployment): readonly KeptResource[] {
  return (deployment as Snapshot).resources;
}

/**
 * Without what says where and when the program made a resource, and without the API server's own account of who set
 * which field: nothing goes by them.
 */
export function withoutTraces(state: Deployment): Deployment {
  const { resources, manifest, ...rest } = state.deployment as Snapshot;
  const cleaned = resources.map((each) =>
    Object.fromEntries(
      Object.entries(each).flatMap(([key, value]) => {
        if (["created", "modified", "sourcePosition", "stackTrace"].includes(key)) return [];
        return [[key, key === "outputs" ? withoutManagers(value as Readonly<Record<string, unknown>>) : value]];
      }),
    ),
  );
  return { ...state, deployment: { manifest, ...rest, resources: cleaned } };
}

function withoutManagers(outputs: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { metadata } = outputs;
  if (typeof metadata !== "object" || metadata === null) return outputs;
  return { ...outputs, metadata: { ...metadata, managedFields: undefined } };
}

/** One resource a line: a change of a kept state can be read, and a line holds all that is to be known of a resource. */
export function linesOf(state: Deployment): string {
  const { resources, ...rest } = state.deployment as Snapshot;
  const head = JSON.stringify(rest).slice(0, -1);
  const lines = resources.map((each) => JSON.stringify(each)).join(",\n");
  return `{"version":${state.version},"deployment":${head},"resources":[\n${lines}\n]}}\n`;
}

/** Addresses and paths of the machine that a state was made on. */
export const machineTexts = /127\.0\.0\.1|localhost|file:\/\/|\/(?:tmp|home|Users)\//;

/** Every secret in a value, with what it holds: a ciphertext, or a text in clear. */
export function secretsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof value !== "object" || value === null) return [];
  const object = value as Readonly<Record<string, unknown>>;
  if (object[signature] === secret) return [object];
  return Object.values(object).flatMap(secretsIn);
}

/** How Pulumi marks values that are more than JSON (`sdk/go/common/resource/sig/sig.go`). */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";
