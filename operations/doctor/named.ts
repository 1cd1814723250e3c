/** A fix with the names of the store and cluster that it is about, in place of `<name>`. */
export function named(
  fix: string,
  { store, cluster }: { readonly store?: string | undefined; readonly cluster: string },
): string {
  const ofCluster = fix.replaceAll("clusters.<name>", `clusters.${cluster}`).replaceAll(".<cluster>", `.${cluster}`);
  return store === undefined ? ofCluster : ofCluster.replaceAll("stores.<name>", `stores.${store}`);
}
