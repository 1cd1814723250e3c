import { listOf, mapOf, placeOf, textsOf, type Rule } from "./rule.ts";

const isKind = (type: string, kind: string) =>
  new RegExp(`^kubernetes:external-secrets\\.io/\\w+:${kind}(?:Patch)?$`).test(type);

/** Stores for all namespaces are the platform's. */
export const noClusterSecretStore: Rule = {
  name: "no-cluster-secret-store",
  description: "A stack makes no ClusterSecretStore or ClusterExternalSecret, and reads through none.",
  remedy: "read through the SecretStore that the platform makes in the namespace",
  check: (subject) => {
    const { type, props } = subject;
    const own = ["ClusterSecretStore", "ClusterExternalSecret", "ClusterPushSecret"].filter((kind) =>
      isKind(type, kind),
    );
    if (own.length > 0) return [`${own.join()} ${placeOf(subject)} reaches into every namespace`];
    if (!isKind(type, "ExternalSecret")) return [];
    const spec = mapOf(props["spec"]);
    const references = [
      mapOf(spec["secretStoreRef"]),
      ...[...listOf(spec["data"]), ...listOf(spec["dataFrom"])].map((each) =>
        mapOf(mapOf(mapOf(each)["sourceRef"])["storeRef"]),
      ),
    ];
    return references.some(({ kind }) => kind === "ClusterSecretStore")
      ? [`ExternalSecret ${placeOf(subject)} reads through a ClusterSecretStore`]
      : [];
  },
};

/** Whatever a store shows under a search, or under another team's name, would come into the namespace. */
export const ownPrefix: Rule = {
  name: "own-prefix",
  description: "An ExternalSecret reads what its namespace owns: by names below its prefix, and by no open search.",
  remedy: "name each remote object below the namespace's prefix, or ask the platform team for it",
  settings: {
    prefixes: {
      type: "object",
      description: "Beginnings of the remote names that a namespace may read, by namespace",
      additionalProperties: { type: "array", items: { type: "string" } },
      default: {},
    },
  },
  check: (subject, settings) => {
    if (!isKind(subject.type, "ExternalSecret")) return [];
    const { namespace } = mapOf(subject.props["metadata"]);
    const known = mapOf(settings["prefixes"]);
    const own =
      typeof namespace === "string" && Object.hasOwn(known, namespace) ? textsOf(known[namespace]) : undefined;
    const within = (text: unknown) => typeof text === "string" && own?.some((prefix) => isBelow(text, prefix)) === true;
    const spec = mapOf(subject.props["spec"]);
    const from = listOf(spec["dataFrom"]).map(mapOf);
    const place = placeOf(subject);
    const searches = from
      .filter(({ find }) => find !== undefined)
      .filter(({ find }) => !within(mapOf(find)["path"]))
      .map(() => `ExternalSecret ${place} searches its store (dataFrom.find) beyond the prefix of its namespace`);
    if (own === undefined) return [...new Set(searches)];
    const keys = [
      ...from.flatMap(({ extract }) => (extract === undefined ? [] : [mapOf(extract)["key"]])),
      ...listOf(spec["data"]).map((each) => mapOf(mapOf(each)["remoteRef"])["key"]),
    ];
    return [
      ...new Set(searches),
      ...keys
        .filter((key) => !within(key))
        .map((key) => `ExternalSecret ${place} reads ${String(key)}, which is not below ${own.join(" or ")}`),
    ];
  },
};

/** Whether a remote name begins with a prefix, and does not climb out of it. */
function isBelow(name: string, prefix: string): boolean {
  return prefix !== "" && name.startsWith(prefix) && !name.split("/").includes("..");
}
