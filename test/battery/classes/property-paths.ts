import { literal } from "../../../components/values/recipe.ts";
import { accepted, at, type CaseClass, type Input } from "../case.ts";

/** Keys that a Secret may have and that a path of gjson would read as something else. */
const keys = [
  ".env",
  ".dockerconfigjson",
  ".a.b",
  "a.b",
  "a.b.c.d",
  "a..b",
  "a.",
  "0",
  "0.0",
  "a.0",
  "-",
  "_",
  "-.-",
  "true",
  "null",
  "constructor",
  "toString",
  "hasOwnProperty",
  "A-B_c.D",
  "x".repeat(100),
];

function readAlone(key: string) {
  return ({ catalogue }: Input) => {
    const shop = at(catalogue, "shop");
    at(shop, "secrets", "db")["keys"] = { other: literal("o"), [key]: literal("v") };
    shop["deliveries"] = ["shop", "till", "depot", "office", "stock"].map((namespace) => ({
      namespace,
      secretName: "shop-db",
      from: [
        { secret: "db", keys: { VALUE: key } },
        { secret: "api", keys: { API_TOKEN: "token" } },
      ],
    }));
  };
}

/** Keys of a bundle that are read alone: what they are called in a `remoteRef` is in `remote-object.test.ts`. */
export const propertyPaths: CaseClass = {
  title: "keys that are read alone",
  cases: accepted(
    Object.fromEntries(keys.flatMap((key) => [[key.length > 60 ? `${key.length} characters` : key, readAlone(key)]])),
  ),
};
