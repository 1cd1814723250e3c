import { password } from "../../../components/values/recipe.ts";
import { accepted, at, refused, type Case, type CaseClass, type Input } from "../case.ts";

/** Names that every object of JavaScript has. */
const inherited = [
  "constructor",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "isPrototypeOf",
  "__proto__",
  "__defineGetter__",
];
/** Names that a terminal, a workflow or a shell would act on, or that a reader would take for another. */
const hostile: Readonly<Record<string, string>> = {
  "a command of a workflow": "::error::gone",
  "an old command of a workflow": "##[error]gone",
  "a new line and a command": "a\n::set-output name=x::y",
  "a carriage return": "a\rb",
  "an escape sequence": "a\u001b[2Jb",
  "a tab": "a\tb",
  "a character of no width": "sh\u200bop",
  "a change of direction": "a\u202eb",
  "another alphabet": "sh\u043ep",
  "a soft hyphen": "sh\u00adop",
  "a command of a shell": "$(reboot)",
  "a quotation mark": "a'b\"c",
  "a backslash": "a\\",
  "a slash": "a/b",
  "a dot": "a.b",
  brackets: 'a["b"]',
  "a space": "a b",
  nothing: "",
  "64 characters": "a".repeat(64),
  "5,000 characters": "a".repeat(5000),
  "a capital letter": "Shop",
  "a digit": "1shop",
  "a dash at its end": "shop-",
  "a dash at its beginning": "-shop",
  "an underscore": "sh_op",
  "an emoji": "shop\u{1f600}",
};

function named(map: string, name: string): Case["change"] {
  return ({ facts }) => {
    const [first] = Object.values(at(facts, map));
    // Not by assignment, which would set a prototype.
    Object.defineProperty(at(facts, map), name, { value: first, enumerable: true, configurable: true });
  };
}
const value =
  (...path: readonly string[]) =>
  (name: string): Case["change"] =>
  ({ facts }) => {
    at(facts, ...path.slice(0, -1))[path.at(-1) ?? ""] = name;
  };
const all = (what: string, names: Readonly<Record<string, string>>, change: (name: string) => Case["change"]) =>
  Object.fromEntries(Object.entries(names).map(([title, name]) => [`${what}: ${title}`, change(name)]));
const own = Object.fromEntries(inherited.map((name) => [name, name]));
const entry =
  (map: string, entryValue: unknown) =>
  (name: string): Case["change"] =>
  ({ facts }: Input) => {
    facts[map] = JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(entryValue)}}`) as unknown;
  };

export const oddNames: CaseClass = {
  title: "odd names",
  cases: [
    ...refused({
      ...all("a store", { ...own, ...hostile }, (name) => named("stores", name)),
      ...all("a cluster", hostile, (name) => named("clusters", name)),
      ...all("a namespace", { ...hostile, "a digit": "1_shop" }, (name) => named("namespaces", name)),
      ...all("a store that is named", { ...own, ...hostile }, value("namespaces", "shop", "store")),
      ...all("a cluster that is named", { ...own, ...hostile }, value("namespaces", "shop", "cluster")),
      ...all("a kind", { ...own, ...hostile }, value("stores", "vault", "kind")),
      ...all("a flavour", { ...own, ...hostile }, value("clusters", "main", "flavour")),
      ...all("a platform", hostile, value("platform")),
      ...all("a way", { ...own, "a command of a workflow": "::error::x" }, value("via")),
      ...all(
        "an application",
        { ...own, ...hostile },
        (name) =>
          ({ facts }) =>
            void (facts["applications"] = [name]),
      ),
      ...all("a rotation", { ...own, ...hostile }, entry("rotations", "2026-12-01")),
      ...all("an adopted secret", { ...own, ...hostile }, entry("adopt", true)),
      ...all("an existing Secret", { ...own, ...hostile }, entry("existingSecrets", "merge")),
      ...all("a referenced secret", own, entry("reference", true)),
      ...all("a secret of a cluster", own, entry("generatedInCluster", "main")),
      ...all("a key of the configuration", { ...own, ...hostile }, (name) => ({ facts }) => {
        Object.defineProperty(facts, name.replaceAll(":", "-"), { value: "x", enumerable: true, configurable: true });
      }),
      "a tag: constructor": ({ facts }) =>
        void (at(facts, "stores", "parameters")["tags"] = { constructor: "x", toString: "y" }),
      "keys of a prototype in a map": ({ facts }) =>
        void (at(facts, "stores", "vault")["auth"] = JSON.parse('{"__proto__":{"audience":"x"}}')),
    }),
    ...accepted({
      "a cluster: constructor": ({ facts }) => {
        facts["clusters"] = { constructor: at(facts, "clusters")["main"] };
        at(facts, "stores", "google")["identityProviders"] = {
          constructor: at(facts, "stores", "google", "identityProviders")["main"],
        };
        for (const name of Object.keys(at(facts, "namespaces")))
          at(facts, "namespaces", name)["cluster"] = "constructor";
      },
      "a store: constructor": ({ facts }) => {
        const { vault, ...stores } = at(facts, "stores");
        facts["stores"] = { ...stores, ["constructor"]: vault };
        at(facts, "namespaces", "shop")["store"] = "constructor";
      },
      "a namespace: constructor": ({ facts, catalogue }) => {
        const { shop, ...namespaces } = at(facts, "namespaces");
        facts["namespaces"] = { ...namespaces, ["constructor"]: shop };
        at(catalogue, "shop", "deliveries", 0)["namespace"] = "constructor";
      },
      "an application and a secret: constructor": ({ catalogue }) => {
        catalogue["constructor"] = {
          secrets: { constructor: { keys: { constructor: password(), toString: password() } } },
          deliveries: [{ namespace: "shop", secretName: "constructor", from: ["constructor"] }],
        };
      },
      "a platform: constructor": ({ facts }) => void (facts["platform"] = "constructor"),
      "63 characters": ({ facts }) => {
        const name = "a".repeat(63);
        at(facts, "namespaces")[name] = { cluster: "main", store: "vault" };
      },
      "a namespace of digits": ({ facts }) => void (at(facts, "namespaces")["7"] = { cluster: "main", store: "vault" }),
    }),
  ],
};
