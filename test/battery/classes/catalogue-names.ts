import { literal, password } from "../../../components/values/recipe.ts";
import { accepted, at, canary, refused, type Case, type CaseClass } from "../case.ts";
import { dbField, dbKeys, dbOf, deliveries, deliveryField, each, onlyVault, shopOf } from "../catalogue-changes.ts";

type Change = Case["change"];

/** Names that every object of JavaScript has something under. */
const inherited = ["constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "__defineGetter__"];

const application =
  (name: string): Change =>
  (input) => {
    const { shop } = input.catalogue;
    input.catalogue = { [name]: shop };
  };
const secret =
  (name: string): Change =>
  (input) => {
    const secrets = at(shopOf(input), "secrets");
    shopOf(input)["secrets"] = Object.fromEntries([...Object.entries(secrets), [name, { keys: { a: password() } }]]);
    deliveries([
      ...(shopOf(input)["deliveries"] as unknown[]),
      { namespace: "shop", secretName: "more", from: [name] },
    ])(input);
  };
const namespaceOf =
  (name: string, isKnown: boolean): Change =>
  (input) => {
    deliveryField("namespace", name)(input);
    if (isKnown) Object.assign(at(input.facts, "namespaces"), { [name]: { cluster: "main", store: "vault" } });
  };
const key =
  (name: string): Change =>
  (input) =>
    void (dbOf(input)["keys"] = Object.fromEntries([...Object.entries(at(dbOf(input), "keys")), [name, password()]]));
const consumerKey =
  (name: string): Change =>
  (input) =>
    deliveryField("from", [{ secret: "db", keys: Object.fromEntries([[name, "password"]]) }])(input);

const names = (prefix: string, values: readonly string[], change: (name: string) => Change) =>
  Object.fromEntries(values.map((value) => [`${prefix}: ${JSON.stringify(value).slice(0, 40)}`, change(value)]));

const illegalNames = [
  "",
  "Shop",
  "1shop",
  "-shop",
  "shop-",
  "shop_db",
  "shop.db",
  "shop/db",
  "shop db",
  "sh\u043Ep",
  "sh\u0000p",
  "shop\n::error::x",
  "\u001b[31mshop",
  "shop\u202e",
  "x".repeat(64),
  "toString",
  "__proto__",
  "x".repeat(100_000),
];
const illegalKeys = [
  "",
  ".",
  "..",
  "..x",
  "...",
  "a b",
  "a/b",
  "a:b",
  "a$b",
  "a\nb",
  "::error::",
  "\u043F",
  "\ud83d\ude00",
  "a\u0000",
  "__proto__",
  "x".repeat(254),
  "x".repeat(50_000),
];

/** Names of applications, secrets, keys, namespaces and Secrets. */
export const catalogueNames: CaseClass = {
  title: "names in the catalogue",
  cases: [
    ...refused({
      ...names("an application", illegalNames, application),
      ...names("a secret", illegalNames, secret),
      ...names("a key", illegalKeys, key),
      ...names("a key of a consumer", illegalKeys, consumerKey),
      ...names(
        "a namespace",
        illegalNames.filter((name) => name !== "1shop"),
        (name) => namespaceOf(name, false),
      ),
      ...names(
        "a Secret",
        [
          ...illegalNames.filter((name) => !["1shop", "shop.db", "x".repeat(64)].includes(name)),
          "a..b",
          "a.-b",
          "a.",
          "x".repeat(254),
        ],
        (name) => deliveryField("secretName", name),
      ),
      ...names("an unknown namespace", ["constructor", "shpo", "x"], (name) => namespaceOf(name, false)),
      ...names(
        "a path",
        [
          "",
          "db",
          "/shop/db",
          "shop/db/",
          "shop//db",
          "../db",
          "shop/..",
          "shop/*",
          "Shop/db",
          "shop/d b",
          "shop/\u0000",
          canary,
          "x/".repeat(600),
        ],
        (name) => dbField("path", name),
      ),
      "an object that __proto__ hides": (input) =>
        void (dbOf(input)["keys"] = Object.setPrototypeOf({ username: literal("a") }, { password: password() })),
    }),
    ...accepted({
      ...names("an application", ["constructor", "a", "x".repeat(63), "a--b"], (name) => (input) => {
        onlyVault(input);
        application(name)(input);
      }),
      ...names("a secret", ["constructor", "a"], (name) => (input) => {
        onlyVault(input);
        secret(name)(input);
      }),
      ...names("a namespace", ["constructor", "1shop", "x".repeat(63)], (name) => namespaceOf(name, true)),
      ...names("a key", [...inherited, ".hidden", "-", "_", "a.b-c_d", "tls.crt", "0", "10"], key),
      ...names("a key of a consumer", [...inherited, ".dockerconfigjson", "x".repeat(253)], consumerKey),
      ...names("a Secret", ["1shop", "shop.db", "x".repeat(63)], (name) => deliveryField("secretName", name)),
      "a template of a key of every object": dbKeys({ constructor: password(), toString: literal("x") }),
    }),
    ...refused(each({ constructor: "constructor", toString: "toString" }, (name) => deliveryField("from", [name]))),
  ],
};
