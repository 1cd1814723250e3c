import { accepted, at, canary, refused, type Case, type CaseClass, type Tree } from "../case.ts";

type Level = readonly string[];
const levels: Readonly<Record<string, Level>> = {
  "the environment": [],
  "a store": ["stores", "vault"],
  "a namespace": ["namespaces", "shop"],
};

/** Facts of a Secret of a namespace. */
function secretOf(facts: Tree, secret: Tree, name = "shop-db"): void {
  at(facts, "namespaces", "shop")["secrets"] = { [name]: secret };
}

const inEach = (name: string, changes: Tree): Readonly<Record<string, Case["change"]>> =>
  Object.fromEntries(
    Object.entries(levels).map(([level, path]) => [
      `${name} of ${level}`,
      ({ facts }) => void Object.assign(at(facts, ...path), changes),
    ]),
  );
const ofSecret =
  (secret: Tree, name?: string): Case["change"] =>
  ({ facts }) =>
    secretOf(facts, secret, name);

/** Intervals and policies at which stores are read. */
export const refreshes: CaseClass = {
  title: "when stores are read",
  cases: [
    ...refused({
      ...inEach("an interval of nothing", { refreshSeconds: 0 }),
      ...inEach("an interval below the floor", { refreshSeconds: 299 }),
      ...inEach("an interval with a unit", { refreshSeconds: "10m" }),
      ...inEach("a policy in lower case", { refreshPolicy: "periodic" }),
      ...inEach("a policy that is a number", { refreshPolicy: 1 }),
      ...inEach("a value as a policy", { refreshPolicy: canary }),
      ...inEach("once, of what is rotated", { refreshPolicy: "CreatedOnce" }),
      "an interval below the floor of a Secret": ofSecret({ refreshSeconds: 10 }),
      "once, of what is rotated, of a Secret": ofSecret({ refreshPolicy: "CreatedOnce" }),
      "once, and missed rotations that are a text": ofSecret({ refreshPolicy: "CreatedOnce", missesRotations: "yes" }),
      "missed rotations of what misses none": ofSecret({ missesRotations: true }),
      "missed rotations of a whole namespace": ({ facts }) =>
        void Object.assign(at(facts, "namespaces", "shop"), { refreshPolicy: "CreatedOnce", missesRotations: true }),
      "an interval beside a policy without one": ofSecret({ refreshPolicy: "OnChange", refreshSeconds: 600 }),
      "an interval below a policy without one": ({ facts }) => {
        at(facts, "stores", "vault")["refreshPolicy"] = "OnChange";
        at(facts, "namespaces", "shop")["refreshSeconds"] = 600;
      },
      "a Secret that is not delivered": ofSecret({ refreshSeconds: 600 }, "shop-bd"),
      "a Secret of a name that every object has": ofSecret({ refreshSeconds: 600 }, "constructor"),
      "a Secret without a name": ofSecret({ refreshSeconds: 600 }, ""),
      "an unknown key of a Secret": ofSecret({ refreshSecond: 600 }),
      "Secrets that are a list": ({ facts }) => void (at(facts, "namespaces", "shop")["secrets"] = ["shop-db"]),
      "an interval for what is delivered plain": ({ facts }) =>
        void Object.assign(at(facts, "namespaces", "shop"), { via: "plain", refreshSeconds: 600 }),
    }),
    ...accepted({
      ...inEach("an interval", { refreshSeconds: 600 }),
      ...inEach("on a change only", { refreshPolicy: "OnChange" }),
      "a policy of the environment that is not set": ({ facts }) => void (facts["refreshPolicy"] = null),
      "an interval of a Secret": ofSecret({ refreshSeconds: 600 }),
      "a Secret of which nothing is said": ofSecret({}),
      "once, said twice": ofSecret({ refreshPolicy: "CreatedOnce", missesRotations: true }),
      "periodic again below another policy": ({ facts }) => {
        facts["refreshPolicy"] = "OnChange";
        Object.assign(at(facts, "namespaces", "shop"), { refreshPolicy: "Periodic", refreshSeconds: 600 });
      },
    }),
  ],
};
