import { accepted, at, refused, type Case, type CaseClass } from "../case.ts";

const wrong: Readonly<Record<string, unknown>> = {
  nothing: null,
  "an empty text": "",
  "a text": "some words",
  "a number": 7,
  "a broken number": 1.5,
  "a negative number": -1,
  "a large number": 1e300,
  true: true,
  false: false,
  "an empty list": [],
  "a list": ["a"],
  "a list of lists": [[]],
  "an empty map": {},
  "a map": { a: 1 },
};

function each(path: readonly string[], except: readonly string[]): Readonly<Record<string, Case["change"]>> {
  const others = Object.entries(wrong).filter(([title]) => !except.includes(title));
  return Object.fromEntries(
    others.map(([title, value]) => [
      `${path.join(".")}: ${title}`,
      ({ facts }) => void (at(facts, ...path.slice(0, -1))[path.at(-1) ?? ""] = value),
    ]),
  );
}

/** Values that stand for "not set": the project's default, or nothing. */
const unset = ["nothing", "an empty text"];

export const shapes: CaseClass = {
  title: "values of another shape",
  cases: [
    ...refused({
      ...each(["platform"], ["true", "false"]),
      ...each(["created"], []),
      ...each(["stores"], []),
      ...each(["clusters"], []),
      ...each(["namespaces"], []),
      ...each(["via"], unset),
      ...each(["applications"], [...unset, "an empty list"]),
      ...each(["refreshSeconds"], unset),
      ...each(["detectDrift"], [...unset, "true", "false"]),
      ...each(["rotations"], [...unset, "an empty map"]),
      ...each(["adopt"], [...unset, "an empty map"]),
      ...each(["adoptWithout"], [...unset, "an empty map"]),
      ...each(["formerStacks"], [...unset, "an empty list"]),
      ...each(["existingSecrets"], [...unset, "an empty map"]),
      ...each(["reference"], [...unset, "an empty map"]),
      ...each(["generatedInCluster"], [...unset, "an empty map"]),
      ...each(["stores", "vault"], []),
      ...each(["stores", "vault", "kind"], []),
      ...each(["stores", "vault", "address"], []),
      ...each(["stores", "vault", "createMount"], ["true", "false"]),
      ...each(["stores", "vault", "maxVersions"], ["a number"]),
      ...each(["stores", "parameters", "region"], []),
      ...each(["stores", "parameters", "accountId"], []),
      ...each(["stores", "secrets", "replicas"], ["an empty list"]),
      ...each(["clusters", "main"], []),
      ...each(["clusters", "main", "flavour"], []),
      ...each(["clusters", "main", "issuer"], []),
      ...each(["clusters", "main", "externalSecrets"], []),
      ...each(["clusters", "main", "externalSecrets", "version"], []),
      ...each(["clusters", "main", "externalSecrets", "concurrency"], ["a number"]),
      ...each(["namespaces", "shop"], []),
      ...each(["namespaces", "shop", "cluster"], []),
      ...each(["namespaces", "shop", "store"], []),
      ...each(["namespaces", "shop", "create"], ["true", "false"]),
      "a version with zeros": ({ facts }) =>
        void (at(facts, "clusters", "main", "externalSecrets")["version"] = "02.09.00"),
      "a version with a v": ({ facts }) =>
        void (at(facts, "clusters", "main", "externalSecrets")["version"] = "v2.9.0"),
      "a range of versions": ({ facts }) =>
        void (at(facts, "clusters", "main", "externalSecrets")["version"] = "^2.9.0"),
      "a version that is too large": ({ facts }) =>
        void (at(facts, "clusters", "main", "externalSecrets")["version"] = "99999999999999999999.0.0"),
      "a version in other digits": ({ facts }) =>
        void (at(facts, "clusters", "main", "externalSecrets")["version"] = "\u0662.9.0"),
      "an account number in other digits": ({ facts }) =>
        void (at(facts, "stores", "parameters")["accountId"] = "\u0661".repeat(12)),
      "2,000 unknown keys": ({ facts }) => {
        for (let index = 0; index < 2000; index += 1) at(facts, "stores", "vault")[`key${index}`] = index;
      },
      "2,000 broken namespaces": ({ facts }) => {
        for (let index = 0; index < 2000; index += 1)
          at(facts, "namespaces")[`n${index}`] = { cluster: "gone", store: "gone" };
      },
      "a map of 200 maps": ({ facts }) => {
        let deep: unknown = {};
        for (let index = 0; index < 200; index += 1) deep = { deep };
        at(facts, "stores", "vault")["auth"] = deep;
      },
    }),
    ...accepted({
      "a version of the newest": ({ facts }) =>
        void (at(facts, "clusters", "main", "externalSecrets")["version"] = "2.10.1"),
      "nothing for what may be left out": ({ facts }) => void (facts["rotations"] = null),
    }),
  ],
};
