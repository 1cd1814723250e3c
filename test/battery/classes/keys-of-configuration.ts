import { accepted, at, refused, type CaseClass, type Input } from "../case.ts";

const renamed =
  (from: string, to: string, ...path: readonly string[]) =>
  ({ facts }: Input) => {
    const parent = at(facts, ...path);
    if (!Object.hasOwn(parent, from)) throw new Error(`the valid input has no ${from}`);
    parent[to] = parent[from];
    delete parent[from];
  };
const extra =
  (key: string, ...path: readonly string[]) =>
  ({ facts }: Input) =>
    void (at(facts, ...path)[key] = true);
const valued =
  (value: unknown, key: string, ...path: readonly string[]) =>
  ({ facts }: Input) =>
    void (at(facts, ...path)[key] = value);

/** Keys and words that are misspelt, unknown or missing. */
export const keysOfConfiguration: CaseClass = {
  title: "keys and words",
  cases: [
    ...refused({
      "a misspelt fact": renamed("platform", "plattform"),
      "a fact in capitals": renamed("platform", "Platform"),
      "a fact with a dash": ({ facts }) => void (facts["refresh-seconds"] = 3600),
      "a fact that nothing is like": extra("quota"),
      "a misspelt key of a store": renamed("address", "adress", "stores", "vault"),
      "a key of a store in capitals": renamed("accountId", "accountID", "stores", "parameters"),
      "a key of another kind": extra("linkedAccounts", "stores", "vault"),
      "an unknown key of a store": extra("endpoint", "stores", "vault"),
      "a misspelt key of a cluster": renamed("externalSecrets", "externalSecret", "clusters", "main"),
      "an unknown key of a cluster": extra("quota", "clusters", "main"),
      "a misspelt key of the operator": renamed("version", "vesion", "clusters", "main", "externalSecrets"),
      "a misspelt key of a namespace": renamed("cluster", "clutser", "namespaces", "shop"),
      "an unknown key of a namespace": extra("labels", "namespaces", "shop"),
      "an unknown key of a replica": valued([{ region: "eu-west-1", zone: "a" }], "replicas", "stores", "secrets"),
      "a misspelt kind": valued("vault-kw", "kind", "stores", "vault"),
      "a kind in capitals": valued("Vault-KV", "kind", "stores", "vault"),
      "a kind that nothing is like": valued("hashicorp", "kind", "stores", "vault"),
      "a kind of another type": valued(7, "kind", "stores", "vault"),
      "a kind that is a list": valued(["vault-kv"], "kind", "stores", "vault"),
      "no kind": ({ facts }) => void delete at(facts, "stores", "vault")["kind"],
      "a kind of nothing": valued(null, "kind", "stores", "vault"),
      "a misspelt flavour": valued("kubconfig", "flavour", "clusters", "main"),
      "a flavour that nothing is like": valued("rancher", "flavour", "clusters", "main"),
      "no flavour": ({ facts }) => void delete at(facts, "clusters", "main")["flavour"],
      "a misspelt word": valued("bundel", "layout", "stores", "secrets"),
      "a word in capitals": valued("Per-Key", "layout", "stores", "secrets"),
      "a word that nothing is like": valued("folder", "layout", "stores", "secrets"),
      "a misspelt way": ({ facts }) => void (facts["via"] = "external-secrets"),
      "a misspelt store": valued("valt", "store", "namespaces", "shop"),
      "a store that nothing is like": valued("elsewhere", "store", "namespaces", "shop"),
      "a misspelt cluster": valued("mian", "cluster", "namespaces", "shop"),
      "a store for a cluster": valued("vault", "cluster", "namespaces", "shop"),
      "a misspelt secret": ({ facts }) => void (facts["rotations"] = { "shop/dbb": "2026-12-01" }),
      "a misspelt application": ({ facts }) => void (facts["applications"] = ["shopp"]),
      "a key that is empty": extra("", "stores", "vault"),
      "a key of spaces": extra("  ", "stores", "vault"),
      "a key with a dot": extra("auth.methods", "stores", "vault"),
      "no facts": (input) => void (input.facts = {}),
    }),
    ...accepted({
      "other namespaces of configuration": ({ facts }) => void (facts["aws:region"] = "eu-central-1"),
      "reviewers' tokens that are not set yet": ({ facts }) =>
        void (at(facts, "stores", "vault")["auth"] = { methods: { main: { host: "https://api.example:6443" } } }),
      "reviewers' tokens that the project sets to nothing": (input) => {
        input.project = `${input.project ?? ""}config:\n  vaultReviewerTokens: { type: string, default: '' }\n`;
        at(input.facts, "stores", "vault")["auth"] = { methods: { main: { host: "https://api.example:6443" } } };
      },
    }),
  ],
};
