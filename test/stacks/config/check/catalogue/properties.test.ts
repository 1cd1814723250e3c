import assert from "node:assert/strict";
import fc from "fast-check";
import { bcryptOf, literal, password, provided, template } from "../../../../../components/values/recipe.ts";
import { catalogue as ownCatalogue } from "../../../../../stacks/environments/catalogue.ts";
import { checkCatalogue } from "../../../../../stacks/config/check/catalogue/index.ts";

/** No name, so that no message may show it. */
const canary = "canary 5f3c9a71d2e8!";

/** A valid catalogue with something of every kind. A new copy at each call. */
function valid() {
  return {
    shop: {
      secrets: {
        db: {
          rotateEveryDays: 90,
          path: "shop/db",
          primaryKey: "password",
          keys: {
            username: literal("shop"),
            password: password(),
            standby: { when: "high-availability", recipe: password() },
            hash: bcryptOf("password"),
            url: template("pg://${username|uri}:${password|uri}@db"),
          },
        },
        api: { keys: { token: provided("shopToken") } },
      },
      deliveries: [
        {
          namespace: "shop",
          secretName: "shop-db",
          from: ["db", { secret: "api", keys: { TOKEN: "token" } }],
          merge: false,
          type: "example.com/own",
          labels: { "example.com/team": "shop" },
          annotations: { "example.com/owner": "shop" },
        },
      ],
    },
  };
}

type Parent = Record<PropertyKey, unknown>;

/** Every place of a tree: the object that it lies in, and its name there. */
function placesIn(tree: unknown): readonly (readonly [parent: Parent, name: string])[] {
  if (typeof tree !== "object" || tree === null) return [];
  return Object.entries(tree).flatMap(([name, below]) => [[tree as Parent, name] as const, ...placesIn(below)]);
}

const anything = fc.oneof(
  fc.anything({ withDate: true, withMap: true, withBigInt: true, withSparseArray: true, withTypedArray: true }),
  fc.constantFrom<unknown>(canary, [canary], { value: canary }, () => canary, Symbol(canary), NaN, Infinity, -1),
  fc.string({ unit: "binary" }),
);

const names = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("constructor", "__proto__", "toString", "kind", "keys"),
);

describe("checking a catalogue", () => {
  it("finds nothing wrong with a valid one, nor with the platform's own, and gives it back", () => {
    for (const catalogue of [valid(), ownCatalogue]) {
      const checked = checkCatalogue(catalogue);
      assert.deepEqual(checked.issues, []);
      assert.deepEqual(checked.catalogue, catalogue);
      assert.equal(checked.isWhole, true);
    }
  });

  it("ends without throwing, and shows no value and no control character, whatever stands anywhere", () => {
    fc.assert(
      fc.property(fc.nat(), anything, (index, value) => {
        const catalogue = valid();
        const places = placesIn(catalogue);
        const [parent, name] = places[index % places.length] ?? assert.fail();
        parent[name] = value;
        told(catalogue);
      }),
      { numRuns: 2000 },
    );
  });

  it("and whatever is there besides", () => {
    fc.assert(
      fc.property(fc.nat(), names, anything, (index, name, value) => {
        const catalogue = valid();
        const places = placesIn(catalogue);
        const [parent, of] = places[index % places.length] ?? assert.fail();
        const object = parent[of];
        if (typeof object !== "object" || object === null) return;
        // The one name that no list can have another value under.
        if (Array.isArray(object) && name === "length") return;
        Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
        told(catalogue);
      }),
      { numRuns: 2000 },
    );
  });

  it("finds what is missing, wherever that is, unless it may be", () => {
    const optional = [
      ...["path", "primaryKey", "rotateEveryDays", "standby", "url", "hash"],
      ...["merge", "type", "labels", "example.com/team", "annotations", "example.com/owner"],
    ];
    for (const [index] of placesIn(valid()).entries()) {
      const catalogue = valid();
      const [parent, name] = placesIn(catalogue)[index] ?? assert.fail();
      if (optional.includes(name) || Array.isArray(parent) || name === "shop") continue;
      Reflect.deleteProperty(parent, name);
      assert.notDeepEqual(checkCatalogue(catalogue).issues, [], name);
    }
  });
});

/** Checks a catalogue, and what it says of it. */
function told(catalogue: unknown): void {
  const { issues } = checkCatalogue(catalogue);
  for (const { path, problem, fix = "" } of issues) {
    const text = [path, problem, fix].join(" ");
    assert.ok(!text.includes(canary), text);
    assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]|\bundefined\b|\bNaN\b|\[object /u);
  }
}
