import { accepted, at, canary, refused, type Case, type CaseClass } from "../case.ts";

type Change = Case["change"];

/** An entry for `shop/db` in a store. */
const entry =
  (store: string, reference: unknown, id = "shop/db"): Change =>
  ({ facts }) =>
    void (at(facts, "stores", store)["references"] = { [id]: reference });

export const references: CaseClass = {
  title: "secrets that somebody else writes in one store",
  cases: [
    ...accepted({
      "in each kind of store, with a property and a version": ({ facts }) => {
        const versions = {
          parameters: 7,
          secrets: "AWSPREVIOUS",
          azure: "0123456789abcdef0123456789abcdef",
          google: "latest",
          vault: "7",
        };
        for (const [store, version] of Object.entries(versions)) {
          at(facts, "stores", store)["references"] = {
            "shop/db": { layout: "bundle", version, keys: { username: "login.user", password: { property: "pw" } } },
          };
        }
      },
      "off, which is as if it were not there": entry("vault", false),
      "the whole text of an object": entry("secrets", { keys: { password: { whole: true, decode: "base64" } } }),
      "a list, a wildcard and a modifier of gjson": entry("vault", {
        keys: { password: "users.#(name==x).pw|@tostr" },
      }),
      "an object for each key in Vault": entry("vault", { layout: "per-key" }),
    }),
    ...refused({
      "a text in place of a map": entry("vault", canary),
      "an unknown field": entry("vault", { layuot: "bundle" }),
      "an unknown layout": entry("vault", { layout: "both" }),
      "a secret that is not there": entry("vault", true, "shop/nothing"),
      "a key that is not there": entry("vault", { keys: { pasword: "x" } }),
      "a version of zero": entry("vault", { version: 0 }),
      "a version that is a list": entry("vault", { version: [1] }),
      "a version that Vault can't have": entry("vault", { version: canary }),
      "a version that Key Vault can't have": entry("azure", { version: "latest" }),
      "a version that Google can't have": entry("google", { keys: { password: { version: "previous" } } }),
      "a stage that is there only during a rotation": entry("secrets", { version: "AWSPENDING" }),
      "a label that begins with a digit": entry("parameters", { version: "1st" }),
      "the whole text of an object of Vault": entry("vault", { keys: { password: { whole: true } } }),
      "a property and the whole text": entry("secrets", { keys: { password: { property: "a", whole: true } } }),
      "an empty property": entry("vault", { keys: { password: "" } }),
      "a property with a line break": entry("vault", { keys: { password: "a\nb" } }),
      "a property that would be the first line": entry("azure", { keys: { password: "..0" } }),
      "a key of the customer's where nobody needs a right to it": entry("google", {
        kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/1",
      }),
      "a key of another region": entry("secrets", { kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1" }),
      "beside generatedInCluster": (input) => {
        entry("vault", true)(input);
        input.facts["generatedInCluster"] = { "shop/db": "main" };
      },
      "beside adopt, where no store is left to adopt from": ({ facts }) => {
        for (const store of ["parameters", "secrets", "azure", "google", "vault"]) {
          at(facts, "stores", store)["references"] = { "shop/db": true };
        }
        facts["adopt"] = { "shop/db": true };
      },
    }),
  ],
};
