import assert from "node:assert/strict";
import fc from "fast-check";
import { assign, successor, type AssignArgs, type Group } from "../../../operations/fleet/assign.ts";

const group = (resources: number, ...applications: string[]): Group => ({ applications, resources });
const of = (changes: Partial<AssignArgs>) => {
  const { assigned, added, removed } = assign({
    groups: [],
    assigned: new Map(),
    deployed: new Set(),
    full: 100,
    ...changes,
  });
  return { assigned: Object.fromEntries(assigned), added: Object.fromEntries(added), removed };
};

describe("parts of an environment", () => {
  it("are filled one after the other, and the base gets nothing", () => {
    assert.deepEqual(of({ groups: [group(60, "a"), group(60, "b"), group(30, "c")] }), {
      assigned: { base: [], p1: ["a", "c"], p2: ["b"] },
      added: { a: "p1", b: "p2", c: "p1" },
      removed: [],
    });
  });

  it("leave what the environment's own stack holds in the base", () => {
    const { assigned } = of({ groups: [group(90, "a"), group(90, "b")], deployed: new Set(["b"]) });
    assert.deepEqual(assigned, { base: ["b"], p1: ["a"] });
  });

  it("keep what they have, however full they are", () => {
    const assigned = new Map([
      ["base", []],
      ["p1", ["a", "b", "c"]],
    ]);
    const groups = [group(90, "a"), group(90, "b"), group(90, "c"), group(90, "d")];
    assert.deepEqual(of({ groups, assigned }).assigned, { base: [], p1: ["a", "b", "c"], p2: ["d"] });
  });

  it("get the next application where it leaves the most room", () => {
    const assigned = new Map([
      ["base", []],
      ["p1", ["a"]],
      ["p2", ["b"]],
    ]);
    const groups = [group(70, "a"), group(20, "b"), group(30, "c")];
    assert.deepEqual(of({ groups, assigned }).added, { c: "p2" });
  });

  it("give what belongs to an application the same part, though it is full", () => {
    const assigned = new Map([
      ["base", []],
      ["p1", ["a"]],
    ]);
    assert.deepEqual(of({ groups: [group(200, "a", "new")], assigned }).assigned, { base: [], p1: ["a", "new"] });
  });

  it("have a hole where an application is gone, which a later one fills; an empty part stays", () => {
    const assigned = new Map([
      ["base", []],
      ["p1", ["gone"]],
      ["p2", ["b"]],
    ]);
    assert.deepEqual(of({ groups: [group(50, "b")], assigned }), {
      assigned: { base: [], p1: [], p2: ["b"] },
      added: {},
      removed: ["gone"],
    });
    const { added } = of({ groups: [group(50, "b"), group(50, "c")], assigned });
    assert.deepEqual(added, { c: "p1" });
  });

  it("never move an application, and are found again by a second plan", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, sizes, (before, more) => {
        const all = [...before, ...more].map((resources, index) => group(resources, `app-${index}`));
        const first = assign({
          groups: all.slice(0, before.length),
          assigned: new Map(),
          deployed: new Set(),
          full: 100,
        });
        const second = assign({ groups: all, assigned: first.assigned, deployed: new Set(), full: 100 });
        for (const [part, apps] of first.assigned) {
          assert.deepEqual((second.assigned.get(part) ?? []).slice(0, apps.length), apps);
        }
        const again = assign({ groups: all, assigned: second.assigned, deployed: new Set(), full: 100 });
        assert.deepEqual(again.assigned, second.assigned);
        assert.equal(again.added.size, 0);
        assert.deepEqual(
          [...second.assigned.values()].flat().toSorted(),
          all.flatMap((each) => each.applications).toSorted(),
        );
      }),
    );
  });

  it("are numbered after the highest there is", () => {
    assert.equal(successor(["base", "p1", "p7", "eu"]), "p8");
    assert.equal(successor(["base"]), "p1");
  });
});
