import { onStack, type StackNames } from "../on-stack.ts";

/** What a fix is about. */
export interface FixPlace extends StackNames {
  readonly store?: string | undefined;
  readonly cluster: string;
}

/** A fix that works when it is typed: with the names of store and cluster in place of `<name>`, and for its stack. */
export function named(fix: string, { store, cluster, ...stacks }: FixPlace): string {
  const ofCluster = onStack(fix, stacks)
    .replaceAll("clusters.<name>", `clusters.${cluster}`)
    .replaceAll(".<cluster>", `.${cluster}`);
  return store === undefined ? ofCluster : ofCluster.replaceAll("stores.<name>", `stores.${store}`);
}
