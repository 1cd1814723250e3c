import { provided, providedOptionally } from "../../../components/values/recipe.ts";
import { accepted, canary, refused, type CaseClass } from "../case.ts";
import { dbKey, dbKeys, each } from "../catalogue-changes.ts";

const own = [
  "platform",
  "created",
  "stores",
  "clusters",
  "namespaces",
  "applications",
  "refreshSeconds",
  "rotations",
  "adopt",
  "via",
  "detectDrift",
  "adoptWithout",
  "existingSecrets",
  "reference",
  "generatedInCluster",
  "vaultToken",
  "vaultReviewerTokens",
  "awsReaderAccessKeyId",
  "awsReaderSecretAccessKey",
  "azureReaderClientId",
  "azureReaderClientSecret",
  "gcpReaderKey",
  "vaultReaderToken",
];
const illegal = [
  "",
  " ",
  "a:b",
  "multicloud-secrets:token",
  "a b",
  "a.b",
  "a[0]",
  'a"b',
  "1a",
  "-a",
  "a\nb",
  "::error::",
  "\u043a",
  "__proto__",
  "x".repeat(200),
];
const loosely = (value: unknown) => ({ kind: "provided", config: value, optional: false });
const byText = (values: readonly string[]) =>
  Object.fromEntries(values.map((value) => [JSON.stringify(value).slice(0, 40), value]));

/** Configuration keys of values that people bring. */
export const providedKeys: CaseClass = {
  title: "configuration keys of provided values",
  cases: [
    ...refused(each(byText(own), (name) => dbKey(provided(name)))),
    ...refused(
      each({ "optionally platform": "platform", "optionally vaultToken": "vaultToken" }, (name) =>
        dbKey(providedOptionally(name)),
      ),
    ),
    ...refused(each(byText(illegal), (name) => dbKey(provided(name)))),
    ...refused({
      ...each({ nothing: undefined, null: null, "a number": 5, "an object": { a: canary } }, (value) =>
        dbKey(loosely(value)),
      ),
      "required and optional": dbKeys({ a: provided("both"), b: providedOptionally("both") }),
      "required by another secret": dbKey(providedOptionally("shopToken")),
      "optional that is a text": dbKey({ kind: "provided", config: "token", optional: "yes" }),
      "optional that is missing": dbKey({ kind: "provided", config: "token" }),
    }),
    ...accepted({
      "the same key twice": dbKeys({ a: provided("both"), b: provided("both") }),
      "a key of dashes": dbKey(provided("shop-token_2")),
      ...each({ constructor: "constructor", toString: "toString" }, (name) => dbKey(provided(name))),
      "optionally constructor": dbKey(providedOptionally("constructor")),
    }),
  ],
};
