/** Names objects of the API of Kubernetes. */
export interface ApiPlace {
  /** `v1`, or with its group: `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for what is in no namespace, and for a list of all namespaces. */
  readonly namespace?: string | undefined;
  /** Absent for the list of them. */
  readonly name?: string | undefined;
}

/** Path of an object or of a list. Pure. */
export function apiPath({ apiVersion, kind, namespace, name }: ApiPlace): string {
  const within = namespace === undefined ? [] : ["namespaces", namespace];
  const parts = [...apiVersion.split("/"), ...within, pluralOf(kind), ...(name === undefined ? [] : [name])];
  return `/${apiVersion.includes("/") ? "apis" : "api"}/${parts.map(encodeURIComponent).join("/")}`;
}

/** Name of a kind's resource, as the API's own machinery guesses it (apimachinery `UnsafeGuessKindToResource`): right for all kinds here. */
export function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith("s")) return `${singular}es`;
  return singular.endsWith("y") ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}
