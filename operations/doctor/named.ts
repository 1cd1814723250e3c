/** What a fix is about. */
export interface FixPlace {
  readonly store?: string | undefined;
  readonly cluster: string;
  /** Has the configuration. */
  readonly stack: string;
  /** Runs and is run. */
  readonly deployedBy: string;
}

/** A fix that works when it is typed: with the names of store and cluster in place of `<name>`, and for its stack. */
export function named(fix: string, { store, cluster, stack, deployedBy }: FixPlace): string {
  const command = fix
    .replaceAll(/\bpulumi (up(?: --refresh)?|refresh|cancel)/g, `pulumi $1 --stack ${deployedBy}`)
    .replaceAll(/\bpulumi (config (?:set|rm))/g, `pulumi $1 --stack ${stack}`);
  const ofCluster = command
    .replaceAll("clusters.<name>", `clusters.${cluster}`)
    .replaceAll(".<cluster>", `.${cluster}`);
  return store === undefined ? ofCluster : ofCluster.replaceAll("stores.<name>", `stores.${store}`);
}
