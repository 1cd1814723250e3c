import assert from "node:assert/strict";
import { examineAccounts, type AskedAccount } from "../../../components/targets/examined.ts";
import { TargetError } from "../../../components/targets/kind.ts";
import { targetFacts, targetSpecOf } from "../../../components/targets/kinds.ts";

const target = (name: string) =>
  targetSpecOf(name, targetFacts.parse({ kind: "postgresql", host: `${name}.example`, administrator: "rotator" }));
const account = (on: string, name: string, administrator: AskedAccount["administrator"] = ["known"]): AskedAccount => ({
  target: target(on),
  name,
  administrator,
});
const refused = (problem: string) => new TargetError(problem, "correct it");
const forever = () => new Promise<never>(() => undefined);

describe("asking targets about accounts", () => {
  it("asks targets side by side, and one account of a target after the other", async () => {
    const events: string[] = [];
    const open = new Map<string, () => void>();
    const found = examineAccounts([account("one", "a"), account("one", "b"), account("two", "c")], {
      examine: (_, __, name) => {
        events.push(name);
        return new Promise((resolve) => open.set(name, resolve));
      },
      late: forever,
    });
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    await settle();
    assert.deepEqual(events, ["a", "c"]);
    open.get("a")?.();
    await settle();
    assert.deepEqual(events, ["a", "c", "b"]);
    open.get("b")?.();
    open.get("c")?.();
    assert.deepEqual(await found, [undefined, undefined, undefined]);
  });

  it("says of each account in turn what is wrong, and tries the next password where one is refused", async () => {
    const tried: string[] = [];
    const found = await examineAccounts(
      [account("one", "a", ["old", "new"]), account("one", "b", ["old", "older"]), account("two", "c")],
      {
        examine: (_, administrator, name) => {
          tried.push(`${name} ${administrator}`);
          return ["new", "known"].includes(administrator)
            ? Promise.resolve()
            : Promise.reject(refused(`${administrator} is wrong`));
        },
        late: forever,
      },
    );
    assert.deepEqual(
      found.map((each) => each?.message),
      [undefined, "old is wrong", undefined],
    );
    assert.deepEqual(tried.sort(), ["a new", "a old", "b old", "b older", "c known"]);
  });

  it("waits for no answer longer than it may, and fails with what is no answer of a target", async () => {
    const [silent] = await examineAccounts([account("one", "a", ["old", "new"])], {
      examine: forever,
      late: () => Promise.resolve(),
    });
    assert.equal(silent?.message, "it did not answer within 30 s");
    assert.equal(silent.fix, "see why it does not, or correct targets.one");
    const broken = new Error("a bug");
    await assert.rejects(
      examineAccounts([account("one", "a")], { examine: () => Promise.reject(broken), late: forever }),
      broken,
    );
  });
});
