import { RunError, StackReference } from "@pulumi/pulumi";
import { z } from "zod";

/**
 * The part of the platform's outputs that this program uses; docs/outputs.md describes all of them. Unknown fields are
 * ignored, so that the platform can add more.
 */
const providedSecret = z.object({ keys: z.array(z.string()), rotatedAt: z.string() });
const platformOutputs = z.object({
  schemaVersion: z.literal(2),
  namespaces: z.record(z.string(), z.object({ secrets: z.record(z.string(), providedSecret) })),
});

/** A Secret that the platform promises. Names, never values. */
export type ProvidedSecret = z.output<typeof providedSecret>;
export type PlatformOutputs = z.output<typeof platformOutputs>;

/** Reads the outputs of the platform's stack before anything is registered, so that a mismatch stops the run at once. */
export async function readPlatformOutputs(stack: string): Promise<PlatformOutputs> {
  const reference = new StackReference(stack);
  const [schemaVersion, namespaces] = await Promise.all(
    ["schemaVersion", "namespaces"].map(async (name) => (await reference.getOutputDetails(name)).value as unknown),
  );
  if (schemaVersion === undefined) throw new RunError(`Stack ${stack} has no outputs: deploy it first`);
  const parsed = platformOutputs.safeParse({ schemaVersion, namespaces });
  if (parsed.success) return parsed.data;
  throw new RunError(`Stack ${stack} has outputs that this program cannot read:\n${z.prettifyError(parsed.error)}`);
}

/** The named Secret, which must have at least these keys. Pure. */
export function requireSecret(
  outputs: PlatformOutputs,
  namespace: string,
  name: string,
  keys: readonly string[],
): ProvidedSecret {
  const provided = outputs.namespaces[namespace]?.secrets ?? {};
  const secret = provided[name];
  if (secret === undefined) {
    const known = Object.keys(provided).sort().join(", ");
    throw new RunError(
      `The platform provides no Secret ${namespace}/${name}; available there: ${known === "" ? "none" : known}`,
    );
  }
  const missing = keys.filter((key) => !secret.keys.includes(key));
  if (missing.length === 0) return secret;
  throw new RunError(`Secret ${namespace}/${name} has no key ${missing.join(", ")}; it has ${secret.keys.join(", ")}`);
}
