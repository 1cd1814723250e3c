import assert from "node:assert/strict";
import { checkTurn, partNamed, type LastRun, type OrderArgs } from "../../../operations/fleet/order.ts";

const parts = ["base", "p1", "p2"].map((part) => ({ part, stack: part === "base" ? "prod" : `prod.${part}` }));

interface Case extends Pick<OrderArgs, "action" | "only"> {
  readonly last?: LastRun;
  readonly held?: Readonly<Record<string, number>>;
  readonly commit?: string;
}

/** What the check says, with the stacks that it asked about. */
async function check({ action, only, last, held = {}, commit }: Case) {
  const asked: string[] = [];
  const said = await checkTurn({
    environment: "prod",
    action,
    only,
    parts,
    lastRun: (stack) => {
      asked.push(stack);
      return Promise.resolve(last);
    },
    held: (stack) => {
      asked.push(stack);
      return Promise.resolve(held[stack] ?? 0);
    },
    ...(commit === undefined ? {} : { commit }),
  }).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
  return { said, asked };
}

const [old, new_] = ["a".repeat(40), "b".repeat(40)];
const deployed = (commit?: string): LastRun => ({
  kind: "update",
  result: "succeeded",
  ...(commit === undefined ? {} : { commit }),
});

describe("the turn of a part that is run alone", () => {
  it("is after the base was deployed from the same commit", async () => {
    assert.deepEqual(await check({ action: "up", only: "p1", last: deployed(old), commit: old }), {
      said: "",
      asked: ["prod"],
    });
    // Without git on either side, that the base is deployed is all that can be known.
    assert.equal((await check({ action: "up", only: "p1", last: deployed(), commit: old })).said, "");
    assert.equal((await check({ action: "up", only: "p1", last: deployed(old) })).said, "");
  });

  const begins = "Nothing was changed: part p1 of prod is deployed after the base, and ";
  const fix = "\n    fix: npx secrets fleet up prod --part base";
  const problems: Readonly<Record<string, readonly [Pick<Case, "last" | "commit">, string]>> = {
    "the base was never deployed": [{}, "the base has never been deployed"],
    "it failed": [{ last: { kind: "update", result: "failed" } }, 'the last run of the base is "failed"'],
    "it is at work": [{ last: { kind: "update", result: "in-progress" } }, 'the last run of the base is "in-progress"'],
    "it was destroyed": [{ last: { ...deployed(old), kind: "destroy" }, commit: old }, "the base was destroyed last"],
    "it is of another commit": [
      { last: deployed(old), commit: new_ },
      "the base was last deployed from commit aaaaaaaaaa, and this is bbbbbbbbbb. Where that commit is the newer one, this run is out of date",
    ],
  };
  for (const [title, [known, problem]] of Object.entries(problems)) {
    it(`is not where ${title}`, async () => {
      assert.equal((await check({ action: "up", only: "p1", ...known })).said, `${begins}${problem}${fix}`);
    });
  }

  it("is always for the base at `up`, for a preview, and for a part that is destroyed: nothing is asked", async () => {
    for (const [action, only] of [
      ["up", "base"],
      ["preview", "p1"],
      ["preview", "base"],
      ["destroy", "p1"],
    ] as const) {
      assert.deepEqual(await check({ action, only }), { said: "", asked: [] }, `${action} ${only}`);
    }
  });

  it("is last for the base at `destroy`", async () => {
    assert.equal((await check({ action: "destroy", only: "base" })).said, "");
    assert.equal(
      (await check({ action: "destroy", only: "base", held: { "prod.p2": 3 } })).said,
      "Nothing was changed: the base of prod is destroyed last, and there are resources of p2 left\n" +
        "    fix: npx secrets fleet destroy prod --part p2",
    );
    assert.match(
      (await check({ action: "destroy", only: "base", held: { "prod.p1": 1, "prod.p2": 3 } })).said,
      / resources of p1, p2 left\n {4}fix: npx secrets fleet destroy prod --part p1$/,
    );
  });
});

describe("a part by its name", () => {
  it("is one of the environment's", () => {
    assert.deepEqual(partNamed("prod", parts, "p2"), { part: "p2", stack: "prod.p2" });
    assert.throws(() => partNamed("prod", parts, "p3"), {
      message:
        'Nothing was changed: --part is "p3", and environment prod has no such part; there are base, p1, p2\n' +
        "    fix: npx secrets fleet plan prod",
    });
  });
});
