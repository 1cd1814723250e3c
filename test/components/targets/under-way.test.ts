import assert from "node:assert/strict";
import { UnderWay, type UnderWayOptions } from "../../../components/targets/under-way.ts";

const forever = () => new Promise<never>(() => undefined);
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("a target that fails while others are under way", () => {
  const started = (options: Partial<UnderWayOptions> = {}) =>
    new UnderWay({ rotated: [], needs: () => false, late: forever, ...options });
  /** Whether the failure is said yet. */
  const failing = (run: UnderWay, id: string) => {
    const failure = { isSaid: false };
    void run.failed(id).then(() => (failure.isSaid = true));
    return failure;
  };

  it("says so at once where nobody else is", async () => {
    const run = started();
    run.begins("shop/db");
    await run.failed("shop/db");
  });

  it("waits for those that were told before it and meanwhile, to their end", async () => {
    const run = started();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    run.begins("shop/db");
    run.begins("shop/cache");
    run.endsWith("shop/cache", [first.promise]);
    const failure = failing(run, "shop/db");
    await settle();
    assert.equal(failure.isSaid, false);
    assert.equal(run.begins("till/db"), true);
    run.endsWith("till/db", [second.promise]);
    first.resolve();
    await settle();
    assert.equal(failure.isSaid, false);
    second.resolve();
    await settle();
    assert.equal(failure.isSaid, true);
  });

  it("waits for what is still to be told, and for an end that is known only later", async () => {
    const run = started({ rotated: ["shop/cache"] });
    const failure = failing(run, "shop/db");
    await settle();
    assert.equal(failure.isSaid, false);
    run.endsWith("shop/cache", [Promise.resolve()]);
    await settle();
    assert.equal(failure.isSaid, true);
  });

  it("waits for none that fails too, in whatever way, and for none that can't get to its end without it", async () => {
    const run = started({ needs: (id, other) => id === "shop/both" && other === "shop/db" });
    for (const id of ["shop/db", "shop/both", "shop/cache", "till/db"]) run.begins(id);
    run.endsWith("till/db", [Promise.reject(new Error("its store is down"))]);
    const failures = ["shop/db", "shop/cache"].map((id) => failing(run, id));
    await settle();
    assert.deepEqual(
      failures.map(({ isSaid }) => isSaid),
      [true, false],
    );
    run.endsWith("shop/both", [Promise.resolve()]);
    await settle();
    assert.equal(failures[1]?.isSaid, true);
  });

  it("waits as long as another step ends, and no longer than it may for the next", async () => {
    const late: (() => void)[] = [];
    const run = started({ late: () => new Promise<void>((resolve) => late.push(resolve)) });
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    run.begins("shop/cache");
    run.endsWith("shop/cache", [first.promise, second.promise]);
    const failure = failing(run, "shop/db");
    await settle();
    const count = late.length;
    first.resolve();
    await settle();
    assert.ok(late.length > count);
    for (const each of late.slice(0, count)) each();
    await settle();
    assert.equal(failure.isSaid, false);
    late.at(-1)?.();
    await settle();
    assert.equal(failure.isSaid, true);
  });

  it("lets nobody be told once it is said", async () => {
    const run = started({ late: () => Promise.resolve() });
    run.begins("shop/db");
    run.begins("shop/cache");
    await run.failed("shop/db");
    assert.equal(run.begins("till/db"), false);
  });
});
