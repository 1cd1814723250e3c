import { itemsOf, mapOf, placeOf, type Rule } from "./rule.ts";

/** Types that Kubernetes itself fills, from an annotation. */
const filledByCluster = ["kubernetes.io/service-account-token"];

/** Secrets of a program: their values are in its state, and in everybody's who may read that. */
export const noPlainSecret: Rule = {
  name: "no-plain-secret",
  description: "A stack makes no Kubernetes Secret with values of its own.",
  remedy:
    "declare the secret in the platform's catalogue, which delivers it into the namespace, and refer to it by name",
  check: (subject) => {
    const { type, props } = subject;
    const items = /^kubernetes:core\/v1:SecretList$/.test(type) ? itemsOf(props) : [subject];
    if (!/^kubernetes:core\/v1:Secret(?:Patch|List)?$/.test(type)) return [];
    return items.flatMap((each) => {
      const keys = [...Object.keys(mapOf(each.props["data"])), ...Object.keys(mapOf(each.props["stringData"]))].sort();
      if (keys.length === 0 || filledByCluster.includes(String(each.props["type"]))) return [];
      return [`Secret ${placeOf(each)} has values of this stack: ${[...new Set(keys)].join(", ")}`];
    });
  },
};
