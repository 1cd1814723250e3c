import assert from "node:assert/strict";
import { resolveOrigin, type OriginFacts } from "../../../../stacks/config/resolve/origin.ts";

const id = "shop/db";
const nothing: OriginFacts = { adopt: {}, adoptWithout: {}, reference: {}, generatedInCluster: {} };
const originOf = (changes: Partial<OriginFacts>) => resolveOrigin(id, { ...nothing, ...changes });

describe("where the values of a secret come from", () => {
  for (const [name, changes, origin] of [
    ["this program, where nothing is said", {}, { kind: "generated" }],
    [
      "this program, where entries are false",
      { adopt: { [id]: false }, reference: { [id]: false } },
      { kind: "generated" },
    ],
    ["what stores hold", { adopt: { [id]: true } }, { kind: "adopted", fromStores: true, without: [] }],
    [
      "what a store or cluster holds that is named",
      { adopt: { [id]: "vault" } },
      { kind: "adopted", fromStores: true, preferred: "vault", without: [] },
    ],
    [
      "what existing Secrets hold, without some keys",
      { adoptWithout: { [id]: ["port"] } },
      { kind: "adopted", fromStores: false, without: ["port"] },
    ],
    ["another program", { reference: { [id]: true } }, { kind: "referenced" }],
    ["a cluster", { generatedInCluster: { [id]: "main" } }, { kind: "in-cluster", cluster: "main" }],
  ] as const) {
    it(`is ${name}`, () => {
      assert.deepEqual(originOf(changes), { origin, issues: [] });
    });
  }

  for (const [fact, others, changes] of [
    [
      "reference",
      ["adopt", "adoptWithout"],
      { adopt: { [id]: true }, adoptWithout: { [id]: ["port"] }, reference: { [id]: true } },
    ],
    [
      "generatedInCluster",
      ["adopt", "reference"],
      { adopt: { [id]: "vault" }, reference: { [id]: true }, generatedInCluster: { [id]: "main" } },
    ],
  ] as const) {
    it(`can't be ${fact} and ${others.join(" or ")}`, () => {
      assert.deepEqual(
        originOf(changes).issues,
        others.map((other) => ({
          path: `${fact}["${id}"]`,
          problem: `the secret is also under ${other}, which excludes this`,
          fix: `pulumi config rm --path '${other}["${id}"]'`,
        })),
      );
    });
  }
});
