import { secret } from "@pulumi/pulumi";
import { hexToken, literal, password, uuid } from "../../../components/values/recipe.ts";
import { accepted, canary, refused, type CaseClass } from "../case.ts";
import {
  dbField,
  dbKey,
  dbKeys,
  dbOf,
  deliveries,
  deliveryField,
  each,
  shopField,
  shopOf,
} from "../catalogue-changes.ts";

/** Values that are no object. */
const noObjects = {
  null: null,
  nothing: undefined,
  "a text": canary,
  "a number": 5,
  true: true,
  "a list": [],
  "a function": () => canary,
  "a date": new Date(0),
  "a map": new Map(),
  "an Output": secret(canary),
  "a symbol": Symbol("x"),
  "a large number": 5n,
};

const named = (prefix: string, changes: ReturnType<typeof each>) =>
  Object.fromEntries(Object.entries(changes).map(([name, change]) => [`${prefix}: ${name}`, change]));

const circle: { keys?: unknown; self?: unknown } = {};
circle.self = circle;

/** Where an object, a list or a recipe is expected. */
export const catalogueShape: CaseClass = {
  title: "shape of the catalogue",
  cases: [
    ...refused({
      ...named(
        "the catalogue",
        each(noObjects, (value) => (input) => void ((input as { catalogue: unknown }).catalogue = value ?? null)),
      ),
      ...named(
        "an application",
        each(noObjects, (value) => (input) => void (input.catalogue["till"] = value)),
      ),
      ...named(
        "secrets",
        each(noObjects, (value) => shopField("secrets", value)),
      ),
      ...named(
        "a secret",
        each(
          noObjects,
          (value) => (input) => void ((shopOf(input)["secrets"] as Record<string, unknown>)["more"] = value),
        ),
      ),
      ...named(
        "keys",
        each(noObjects, (value) => dbField("keys", value)),
      ),
      ...named("a recipe", each(noObjects, dbKey)),
      ...named(
        "deliveries",
        each({ ...noObjects, "a list": { 0: "db" } }, (value) => deliveries(value)),
      ),
      ...named(
        "a delivery",
        each(noObjects, (value) => deliveries([value])),
      ),
      ...named(
        "from",
        each({ ...noObjects, "a list": { secret: "db" } }, (value) => deliveryField("from", value)),
      ),
      ...named(
        "a source",
        each({ ...noObjects, "a text": 7 }, (value) => deliveryField("from", ["db", value])),
      ),
      ...named(
        "keys of a source",
        each(noObjects, (value) => deliveryField("from", [{ secret: "db", keys: value }])),
      ),
      "no keys": dbField("keys", {}),
      "no sources": deliveryField("from", []),
      "no keys of a source": deliveryField("from", ["db", { secret: "api", keys: {} }]),
      "a key of a source that is no text": deliveryField("from", [{ secret: "db", keys: { A: 1 } }]),
      "a source without a secret": deliveryField("from", [{ keys: { A: "password" } }]),
      "a field of a secret that is misspelt": dbField("rotateEveryDay", 90),
      "a field of a secret in other letters": dbField("primarykey", "password"),
      "a field of a delivery that is misspelt": deliveryField("secretname", "shop-db"),
      "a field of a source that is misspelt": deliveryField("from", [{ secret: "db", key: { A: "password" } }]),
      "a field of an application that is misspelt": shopField("secret", {}),
      "an unknown field far from any": dbField("note", canary),
      "a delivery without a namespace": deliveryField("namespace", undefined),
      "a delivery without a name": deliveryField("secretName", undefined),
      "merge that is a text": deliveryField("merge", "true"),
      "merge that is null": deliveryField("merge", null),
      "a path that is a number": dbField("path", 7),
      "a path that is null": dbField("path", null),
      "a primary key that is a list": dbField("primaryKey", ["password"]),
      "a value as a primary key": dbField("primaryKey", canary),
      "an unknown primary key": dbField("primaryKey", "pasword"),
      "a key for another kind of environment": dbKey({ when: "prod", recipe: password() }),
      "a key for no environment": dbKey({ recipe: password() }),
      "a conditional key without a recipe": dbKey({ when: "high-availability" }),
      "a conditional key of a text": dbKey({ when: "high-availability", recipe: canary }),
      "a conditional key with more": dbKey({ when: "high-availability", recipe: password(), unless: "x" }),
      "a recipe of no kind": dbKey({ value: canary }),
      "a recipe of an unknown kind": dbKey({ kind: canary }),
      "a recipe of a kind that is misspelt": dbKey({ kind: "pasword", length: 32, classes: ["lower"], symbols: "" }),
      "a recipe of a kind of Object": dbKey({ kind: "constructor" }),
      "a recipe of kind null": dbKey({ kind: null }),
      "a recipe with a field too many": dbKey({ ...hexToken(32), length: 32 }),
      "a recipe with a secret field": dbKey({ ...uuid(), value: canary }),
      "a recipe that lacks a field": dbKey({ kind: "hex" }),
      "a recipe as a list": dbKey([password()]),
      "a recipe within a recipe": dbKey({ kind: "literal", value: literal(canary) }),
      "a circle": (input) => void (dbOf(input)["keys"] = circle),
      "a getter that throws": (input) => {
        Object.defineProperty(dbOf(input), "keys", {
          enumerable: true,
          get: () => {
            throw new Error(canary);
          },
        });
      },
      "an object of a class": dbField("keys", new (class Keys {})()),
      "several at once": (input) => {
        dbField("rotateEveryDays", 0)(input);
        dbKeys({ a: 1, b: password({ length: 1 }), c: { kind: "literal" } })(input);
        deliveryField("from", ["dbb"])(input);
      },
    }),
    ...accepted({
      "an application without secrets": (input) => void (input.catalogue["till"] = { secrets: {}, deliveries: [] }),
      "fields that are undefined": (input) => {
        dbField("path", undefined)(input);
        deliveryField("merge", undefined)(input);
      },
      "an object without a prototype": (input) => {
        dbOf(input)["keys"] = Object.assign(Object.create(null) as object, dbOf(input)["keys"]);
      },
      "frozen data": (input) => void Object.freeze(input.catalogue),
    }),
  ],
};
