import { accepted, at, canary, refused, type Case, type CaseClass, type Input, type Tree } from "../case.ts";

/** Gives a thing of the facts, and all that names it, another name. */
function renamed(what: "stores" | "clusters" | "namespaces", from: string, to: string): Case["change"] {
  return ({ facts, catalogue }: Input) => {
    // By `defineProperty`, as an assignment to `__proto__` would make it the prototype.
    const define = (tree: Tree, key: string, value: unknown) =>
      Object.defineProperty(tree, key, { value, enumerable: true, writable: true, configurable: true });
    define(at(facts, what), to, at(facts, what, from));
    Reflect.deleteProperty(at(facts, what), from);
    for (const namespace of Object.values(at(facts, "namespaces")) as Tree[]) {
      if (what === "stores" && namespace["store"] === from) namespace["store"] = to;
      if (what === "clusters" && namespace["cluster"] === from) namespace["cluster"] = to;
    }
    if (what === "clusters") {
      const providers = at(facts, "stores", "google", "identityProviders");
      define(providers, to, providers[from]);
      Reflect.deleteProperty(providers, from);
    }
    for (const delivery of at(catalogue, "shop")["deliveries"] as Tree[]) {
      if (what === "namespaces" && delivery["namespace"] === from) delivery["namespace"] = to;
    }
  };
}

function cases(what: "stores" | "clusters" | "namespaces", from: string, names: readonly string[]) {
  const short = (name: string) => (name.length > 40 ? `of ${name.length} characters` : JSON.stringify(name));
  return Object.fromEntries(names.map((name) => [`${what.slice(0, -1)} ${short(name)}`, renamed(what, from, name)]));
}

const illegal = [
  "__proto__",
  "toString",
  "hasOwnProperty",
  "",
  "A",
  "a_b",
  "-a",
  "a-",
  "a.b",
  "a b",
  "ä",
  "x".repeat(64),
];

/** A delivery to a namespace that facts don't have. */
const deliveredTo = (namespace: string) => (input: Input) => {
  const shop = at(input.catalogue, "shop");
  shop["deliveries"] = [...(shop["deliveries"] as Tree[]), { namespace, secretName: "more", from: ["db"] }];
};
/** A namespace that names a store or cluster which facts don't have. */
const naming = (changes: Tree) => (input: Input) => void Object.assign(at(input.facts, "namespaces", "shop"), changes);
const entry = (fact: string, id: string, value: unknown) => (input: Input) => {
  input.facts[fact] = JSON.parse(JSON.stringify({ [id]: value })) as Tree;
};

/** Names that every object of JavaScript has, that Kubernetes does not allow, or that lead nowhere. */
export const names: CaseClass = {
  title: "names of stores, clusters and namespaces",
  cases: [
    ...accepted({
      ...cases("stores", "vault", ["constructor", "a", "x".repeat(63)]),
      ...cases("clusters", "main", ["constructor", "a", "valueof"]),
      ...cases("namespaces", "shop", ["constructor", "1", "a", "x".repeat(63)]),
    }),
    ...refused(
      Object.fromEntries(
        Object.entries({
          "an empty scheme": "",
          "a scheme that is a list": ["{application}", "{secret}"],
          "a scheme without the secret": "{environment}/{application}",
          "a scheme with a key of its bundle": "{application}/{secret}/{key}",
          "a scheme with a misspelt word": "{enviroment}/{application}/{secret}",
          "a scheme with a word that every object has": "{constructor}/{application}/{secret}",
          "a scheme with dollar signs": "${application}/${secret}",
          "a scheme with an open brace": "{application}/{secret}/{",
          "a scheme with two slashes": "{application}//{secret}",
          "a scheme with a secret in it": `{${canary}}/{application}/{secret}`,
        }).map(([name, scheme]) => [
          name,
          ({ facts }: Input) => void (at(facts, "stores", "vault")["nameScheme"] = scheme),
        ]),
      ),
    ),
    ...accepted({
      "a scheme of every placeholder": ({ facts }) =>
        void (at(facts, "stores", "azure")["nameScheme"] = "{platform}-{environment}-{application}-{secret}-{key}"),
      "a scheme without an environment": ({ facts }) =>
        void (at(facts, "stores", "vault")["nameScheme"] = "{application}/{secret}"),
    }),
    ...refused({
      ...cases("stores", "vault", illegal),
      ...cases("clusters", "main", illegal),
      ...cases("namespaces", "shop", illegal),
      "a delivery to constructor, which facts don't have": deliveredTo("constructor"),
      "a delivery to toString": deliveredTo("toString"),
      "a delivery to __proto__": deliveredTo("__proto__"),
      "a delivery to nowhere": deliveredTo("shopp"),
      "a store called constructor that does not exist": naming({ store: "constructor" }),
      "a store called __proto__ that does not exist": naming({ store: "__proto__" }),
      "a cluster called constructor that does not exist": naming({ cluster: "constructor" }),
      "clusters called constructor that do not exist": naming({
        cluster: undefined,
        store: undefined,
        clusters: { constructor: { store: "vault" } },
      }),
      "an empty list of clusters": naming({ cluster: undefined, store: undefined, clusters: {} }),
      "one cluster and several": naming({ clusters: { main: { store: "vault" } } }),
      "another store called toString": naming({ alsoStores: ["toString"] }),
      "facts of a store for a cluster called constructor": ({ facts }) =>
        void (at(facts, "stores", "parameters")["oidcProviders"] = { constructor: "create" }),
      "a mount for a cluster that does not exist": ({ facts }) =>
        void (at(facts, "stores", "vault")["auth"] = { mountPaths: { mian: "k8s" } }),
      ...Object.fromEntries(
        ["rotations", "adopt", "adoptWithout", "reference", "generatedInCluster"].flatMap((fact) => {
          const values: Tree = { rotations: "2026-11-01", adoptWithout: ["key"], generatedInCluster: "main" };
          return ["shop/dbb", "db", "constructor", "shop/constructor", "till/db", ""].map((id) => [
            `${fact} of ${JSON.stringify(id)}`,
            entry(fact, id, values[fact] ?? true),
          ]);
        }),
      ),
      ...Object.fromEntries(
        ["shop/shop-dbb", "shop-db", "main/shop/shop-dbb", "mian/shop/shop-db", "constructor"].map((id) => [
          `existingSecrets of ${id}`,
          entry("existingSecrets", id, "merge"),
        ]),
      ),
      "a former stack without its project": ({ facts }) => void (facts["formerStacks"] = ["prod"]),
      "a former stack with its organization": ({ facts }) => void (facts["formerStacks"] = ["acme/secrets/prod"]),
      "a former stack with a space": ({ facts }) => void (facts["formerStacks"] = ["acme/old prod"]),
      "an application called constructor": ({ facts }) => void (facts["applications"] = ["constructor"]),
      "adopted and referenced": (input) => {
        entry("adopt", "shop/db", true)(input);
        entry("reference", "shop/db", true)(input);
      },
      "rotated and referenced": (input) => {
        entry("rotations", "shop/db", "2026-11-01")(input);
        entry("reference", "shop/db", true)(input);
      },
      "adopted without a key, and referenced": (input) => {
        entry("adoptWithout", "shop/db", ["url"])(input);
        entry("reference", "shop/db", true)(input);
      },
      "adopted from a store called constructor": entry("adopt", "shop/db", "constructor"),
      "generated in a cluster called constructor": entry("generatedInCluster", "shop/db", "constructor"),
    }),
  ],
};
