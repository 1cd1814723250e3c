import { configPath } from "../support/messages/config-command.ts";
import { secretId, type SecretAddress } from "../support/naming.ts";
import { own } from "../support/own.ts";

/**
 * Exact names of a store's objects, by `<app>/<secret>`, or by `<app>/<secret>/<key>` where each key is an object. What
 * has no entry is named by `support/naming.ts`.
 */
export type RemoteNames = Readonly<Record<string, string>>;

/** A name that the facts choose, and the entry that does. */
export interface ChosenName {
  readonly name: string;
  readonly namedBy: string;
}

/** The name that facts choose for an object of a secret: the one of a key, or else the one that goes by the secret's own. */
export function chosenName(
  names: RemoteNames | undefined,
  address: Pick<SecretAddress, "app" | "secret">,
  /** Key that the object holds, where each key has one. */
  key: string | undefined,
  { isSecretItself }: { readonly isSecretItself: boolean },
): ChosenName | undefined {
  if (names === undefined) return undefined;
  const id = secretId(address);
  const entries = [...(key === undefined ? [] : [`${id}/${key}`]), ...(isSecretItself ? [id] : [])];
  const namedBy = entries.find((entry) => own(names, entry) !== undefined);
  return namedBy === undefined ? undefined : { name: own(names, namedBy) ?? "", namedBy };
}

/**
 * The part of the facts that an object has its name from: its entry of `remoteNames`, the store's scheme, or the store as a
 * whole.
 */
export function namingPath(
  store: string,
  { namedBy, byScheme }: Partial<Pick<ChosenName, "namedBy">> & { readonly byScheme?: true },
): string {
  if (byScheme === true) return configPath(["stores", store, "nameScheme"]);
  return namedBy === undefined ? `stores.${store}` : configPath(["stores", store, "remoteNames", namedBy]);
}
