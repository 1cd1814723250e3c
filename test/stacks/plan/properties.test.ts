import assert from "node:assert/strict";
import fc from "fast-check";
import { planIssues } from "../../../stacks/plan/check.ts";
import { makePlan } from "../../../stacks/plan/plan.ts";
import type { PlanInput, PlannedStore } from "../../../stacks/plan/contract.ts";
import { remoteStoreKinds } from "../../../components/backends/index.ts";
import { input } from "./fixtures.ts";

const size = fc.constantFrom("standard" as const, "advanced" as const);
const object = fc.record({ size, versions: fc.integer({ min: 1, max: 5 }), referenced: fc.boolean() });
const consumer = (store: string) =>
  fc.record({
    cluster: fc.constant("main"),
    store: fc.constant(store),
    reads: fc.record({ standard: fc.nat(20), advanced: fc.nat(20) }),
  });
const storeOf = (name: string): fc.Arbitrary<PlannedStore> =>
  fc.record({
    name: fc.constant(name),
    kind: fc.constantFrom(...remoteStoreKinds),
    layout: fc.constantFrom("bundle" as const, "per-key" as const),
    locations: fc.integer({ min: 1, max: 4 }),
    customerKey: fc.boolean(),
    objects: fc.array(object, { maxLength: 30 }),
  });
const planOfOne = (name: string, refreshSeconds: number): fc.Arbitrary<PlanInput> =>
  fc
    .tuple(storeOf(name), fc.array(consumer(name), { maxLength: 30 }))
    .map(([store, consumers]) => input({ refreshSeconds, stores: [store], consumers }));
const interval = fc.integer({ min: 1, max: 90_000 });
const one = interval.chain((seconds) => planOfOne("a", seconds));
const two = interval.chain((seconds) => fc.tuple(planOfOne("a", seconds), planOfOne("b", seconds)));

/** 30 digits behind the point: a division that does not end can't be exact, and a cent is far from there. */
function cost(plan: PlanInput): readonly [storage: string, calls: string] {
  const { storage, calls } = makePlan(plan).cost;
  return [storage.toFixed(30), calls.toFixed(30)];
}

describe("properties of a plan", () => {
  it("the cost of two stores is the sum of their costs", () => {
    fc.assert(
      fc.property(two, ([a, b]) => {
        const both = { ...a, stores: [...a.stores, ...b.stores], consumers: [...a.consumers, ...b.consumers] };
        const [left, right] = [makePlan(a).cost, makePlan(b).cost];
        assert.deepEqual(cost(both), [
          left.storage.plus(right.storage).toFixed(30),
          left.calls.plus(right.calls).toFixed(30),
        ]);
      }),
    );
  });

  it("more objects, more readers, more replicas or a shorter interval never cost less", () => {
    fc.assert(
      fc.property(one, object, consumer("a"), (plan, another, reader) => {
        const before = makePlan(plan);
        const [first] = plan.stores;
        assert.ok(first !== undefined);
        const larger: readonly PlanInput[] = [
          { ...plan, stores: [{ ...first, objects: [...first.objects, another] }] },
          { ...plan, stores: [{ ...first, locations: first.locations + 1 }] },
          { ...plan, stores: [{ ...first, customerKey: true }] },
          { ...plan, consumers: [...plan.consumers, reader] },
          { ...plan, refreshSeconds: Math.max(1, plan.refreshSeconds - 1) },
        ];
        for (const each of larger) {
          const after = makePlan(each);
          assert.ok(after.cost.storage.gte(before.cost.storage), "storage got cheaper");
          assert.ok(after.cost.calls.gte(before.cost.calls), "calls got cheaper");
          assert.ok(after.firstUpSeconds >= before.firstUpSeconds, "the first up got shorter");
        }
      }),
    );
  });

  it("a burst lies between the reads of one Secret and those of all", () => {
    fc.assert(
      fc.property(one, (plan) => {
        const [store] = makePlan(plan).stores;
        const most = Math.max(0, ...plan.consumers.map(({ reads }) => reads.standard + reads.advanced));
        assert.ok(store !== undefined);
        assert.ok(store.burstCallsPerSecond >= most && store.burstCallsPerSecond <= store.readsPerRefresh);
      }),
    );
  });

  it("the interval that a refusal advises is not refused", () => {
    const hasty = fc.integer({ min: 1, max: 10 }).chain((seconds) => planOfOne("a", seconds));
    fc.assert(
      fc.property(hasty, (plan) => {
        const advised = intervals(plan);
        const refreshSeconds = Math.max(plan.refreshSeconds, ...advised);
        assert.deepEqual(intervals({ ...plan, refreshSeconds }), []);
      }),
    );
  });
});

/** Refresh intervals that the checks advise. */
function intervals(plan: PlanInput): readonly number[] {
  return planIssues(plan).flatMap(({ fix = "" }) =>
    [...fix.matchAll(/refreshSeconds (\d+)/g)].map(([, seconds]) => Number(seconds)),
  );
}
