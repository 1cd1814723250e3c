import type { OwnKeys, Validation } from "./contract.ts";

interface KeyRules {
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly Validation[];
}

/**
 * Rules for the remote names that ExternalSecrets of some namespaces read. Whoever writes an ExternalSecret reads with the
 * rights of its store, which may be wider than its namespace: one that the platform made by hand, or that several share.
 * Pure.
 */
export function keyRules(ownKeys: Readonly<Record<string, OwnKeys>>): KeyRules {
  const namespaces = Object.entries(ownKeys).sort(([one], [other]) => (one < other ? -1 : 1));
  if (namespaces.length === 0) return { variables: [], validations: [] };
  const lists = (of: (keys: OwnKeys) => readonly string[]) =>
    `{${namespaces.map(([namespace, keys]) => `${text(namespace)}: [${of(keys).map(text).join(", ")}]`).join(", ")}}`;
  const isOwn = (key: string) =>
    `(${key} in variables.keyNames[request.namespace] || ` +
    // A name that climbs would be another one by the time that a store resolves it.
    `(variables.keyPrefixes[request.namespace].exists(prefix, ${key}.startsWith(prefix)) && !${key}.matches(r'(^|/)[.][.](/|$)')))`;
  return {
    variables: [
      { name: "keyPrefixes", expression: lists(({ prefixes }) => prefixes) },
      // With the prefixes, because an empty list has another type.
      { name: "keyNames", expression: lists(({ names, prefixes }) => [...new Set([...names, ...prefixes])].sort()) },
    ],
    validations: [
      {
        expression:
          "!(request.namespace in variables.keyPrefixes) || (" +
          `object.spec.?data.orValue([]).all(each, ${isOwn("each.?remoteRef.?key.orValue('')")}) && ` +
          `object.spec.?dataFrom.orValue([]).all(each, !has(each.extract) || ${isOwn("each.extract.?key.orValue('')")}))`,
        message:
          "an ExternalSecret may only read remote keys of its namespace here: those below its prefixes (remoteKeyPrefixes among the platform's facts)",
        reason: "Forbidden",
      },
      {
        expression:
          "!(request.namespace in variables.keyPrefixes) || " +
          `object.spec.?dataFrom.orValue([]).all(each, !has(each.find) || ${isOwn("each.find.?path.orValue('')")})`,
        message:
          "an ExternalSecret may only search its store (dataFrom.find) here with a path below the prefixes of its namespace (remoteKeyPrefixes among the platform's facts)",
        reason: "Forbidden",
      },
    ],
  };
}

/** A text of CEL. */
function text(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
