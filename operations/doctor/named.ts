/** What a fix is about. */
export interface FixPlace {
  readonly store?: string | undefined;
  readonly cluster: string;
  readonly stack: string;
}

/** A fix that works when it is typed: with the names of store and cluster in place of `<name>`, and for its stack. */
export function named(fix: string, { store, cluster, stack }: FixPlace): string {
  const command = fix.replaceAll(
    /\bpulumi (up(?: --refresh)?|refresh|cancel|config (?:set|rm))/g,
    `pulumi $1 --stack ${stack}`,
  );
  const ofCluster = command
    .replaceAll("clusters.<name>", `clusters.${cluster}`)
    .replaceAll(".<cluster>", `.${cluster}`);
  return store === undefined ? ofCluster : ofCluster.replaceAll("stores.<name>", `stores.${store}`);
}
