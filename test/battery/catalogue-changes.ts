import { at, type Case, type Tree } from "./case.ts";

type Change = Case["change"];

/** The application `shop` of the valid catalogue. */
export function shopOf({ catalogue }: Parameters<Change>[0]): Tree {
  return at(catalogue, "shop");
}

/** Its secret `db`, which has `username`, `password` and `url`. */
export function dbOf(input: Parameters<Change>[0]): Tree {
  return at(shopOf(input), "secrets", "db");
}

/** Sets a field of the secret `db`. */
export function dbField(name: string, value: unknown): Change {
  return (input) => void (dbOf(input)[name] = value);
}

/** Gives the secret `db` these keys beside those that it has. */
export function dbKeys(keys: Readonly<Record<string, unknown>>): Change {
  return (input) => {
    dbOf(input)["keys"] = { ...at(dbOf(input), "keys"), ...keys };
  };
}

/** Gives the secret `db` one more key. */
export function dbKey(recipe: unknown): Change {
  return dbKeys({ extra: recipe });
}

/** A change for each value, by a name that shows it. */
export function each<T>(
  values: Readonly<Record<string, T>>,
  change: (value: T) => Change,
): Readonly<Record<string, Change>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

/** Sets a field of the first delivery, of the Secret `shop-db` in namespace `shop`. */
export function deliveryField(name: string, value: unknown): Change {
  return (input) => void (at(shopOf(input), "deliveries", 0)[name] = value);
}

/** Puts these in place of all deliveries. */
export function deliveries(value: unknown): Change {
  return (input) => void (shopOf(input)["deliveries"] = value);
}

/** Sets a field of the application `shop`. */
export function shopField(name: string, value: unknown): Change {
  return (input) => void (shopOf(input)[name] = value);
}

/** Lets every namespace read Vault, so that no other store has a say. */
export function onlyVault({ facts }: Parameters<Change>[0]): void {
  for (const name of ["till", "depot", "office", "stock"]) at(facts, "namespaces", name)["store"] = "vault";
}

/** One change after another. */
export function all(...changes: readonly Change[]): Change {
  return (input) => {
    for (const change of changes) change(input);
  };
}
