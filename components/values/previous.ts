import type { Output } from "@pulumi/pulumi";
import { epochName, isEpochOf } from "./frozen.ts";
import type { SecretSpec } from "./secret-spec.ts";

/** A resource of the state, as far as a kept value is read from it. */
export interface KeptResource {
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly outputs: Output<Readonly<Record<string, unknown>>>;
}

/** Names of what the state keeps of a key from other epochs than the current one. */
export function otherEpochs(spec: SecretSpec, key: string, names: Iterable<string>): readonly string[] {
  return [...names].filter((name) => isEpochOf(spec, key, name) && name !== epochName(spec, key)).sort();
}

/** The value of a key in the epoch before, as the state keeps it. Marked secret. */
export function previousValue(
  state: readonly KeptResource[],
  spec: SecretSpec,
  key: string,
): Output<string> | undefined {
  const stashes = state.filter(({ type }) => type === "pulumi:index:Stash");
  const [name] = otherEpochs(
    spec,
    key,
    stashes.map((each) => each.name),
  );
  const found = stashes.find((each) => each.name === name);
  return found?.outputs.apply(({ output }) => {
    const { value } = (output ?? {}) as { readonly value?: unknown };
    if (typeof value === "string") return value;
    throw new Error(`the state keeps no value in ${found.name}`);
  });
}
