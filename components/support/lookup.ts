/**
 * Finds the items of a list by key, in the order of the list. A list is read once, however often it is asked, and must not change
 * afterwards.
 *
 * @param keysOf the keys that an item is found by; one that comes twice counts once.
 */
export function lookup<T>(keysOf: (item: T) => Iterable<string>): (list: readonly T[], key: string) => readonly T[] {
  const indexes = new WeakMap<readonly T[], ReadonlyMap<string, readonly T[]>>();
  return (list, key) => {
    const index = indexes.get(list) ?? indexOf(list, keysOf);
    indexes.set(list, index);
    return index.get(key) ?? [];
  };
}

function indexOf<T>(list: readonly T[], keysOf: (item: T) => Iterable<string>): ReadonlyMap<string, readonly T[]> {
  const index = new Map<string, T[]>();
  for (const item of list) {
    for (const key of new Set(keysOf(item))) {
      const found = index.get(key);
      if (found === undefined) index.set(key, [item]);
      else found.push(item);
    }
  }
  return index;
}
