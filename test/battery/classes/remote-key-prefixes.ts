import { accepted, at, canary, refused, type CaseClass, type Input } from "../case.ts";
import { each } from "../catalogue-changes.ts";

const prefixes =
  (...wanted: readonly unknown[]) =>
  ({ facts }: Input) =>
    void (at(facts, "namespaces", "shop")["remoteKeyPrefixes"] = wanted);

/** What remote names begin with that a namespace may read. */
export const remoteKeyPrefixes: CaseClass = {
  title: "prefixes of remote keys",
  cases: [
    ...accepted({
      "a folder": prefixes("teams/shop/"),
      "several, of several kinds of store": prefixes("/teams/shop/", "teams--shop--", "teams.shop."),
      "a folder of two dots in a name": prefixes("teams/..shop/"),
    }),
    ...refused({
      none: prefixes(),
      "an empty one": prefixes(""),
      "one that ends within a name": prefixes("teams/shop"),
      "one that climbs": prefixes("teams/../shop/"),
      "one with a quotation mark": prefixes("teams/'shop/"),
      "one with a wildcard": prefixes("teams/*/"),
      "a value": prefixes(`${canary} !`),
      ...each({ "a number": 7, nothing: null, "a list": ["a/"] }, (prefix) => prefixes(prefix)),
      "a text in place of a list": ({ facts }) =>
        void (at(facts, "namespaces", "shop")["remoteKeyPrefixes"] = "teams/"),
      "a cluster without policies": (input) => {
        prefixes("teams/shop/")(input);
        at(input.facts, "clusters", "main", "externalSecrets")["admissionPolicy"] = false;
      },
    }),
  ],
};
