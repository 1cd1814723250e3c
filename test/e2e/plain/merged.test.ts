import assert from "node:assert/strict";
import { succeed } from "../support/stacks.ts";
import { choose, destroyExisting, inUse, live, makeByHand, withAnother, withFacts } from "./scene.ts";

describe("a plain Secret made by hand, with keys merged into it", () => {
  const merging = choose("merge");

  before(async () => {
    await makeByHand();
    await succeed("up", withFacts(merging, withAnother));
  });
  after(destroyExisting);

  it("gets the values of the catalogue, and keeps its other key", async () => {
    const { rootUser, rootPassword, another, note, ...others } = await live();
    assert.deepEqual([rootUser, note, others], [inUse.rootUser, inUse.note, {}]);
    for (const made of [rootPassword, another]) assert.match(made ?? "", /^[a-zA-Z0-9]{32}$/);
  });

  it("loses a key that leaves the catalogue, and no other, even after a rotation", async () => {
    const rotated = { ...merging, rotations: { "shop/root": "2026-11-23" } };
    await succeed("up", withFacts(rotated, withAnother));
    const before = await live();
    await succeed("up", withFacts(rotated));
    const { another, ...others } = before;
    assert.match(another ?? "", /^[a-zA-Z0-9]{32}$/);
    assert.deepEqual(await live(), others);
  });

  it("outlives destroy with every key", async () => {
    const before = await live();
    await succeed("destroy", withFacts(merging));
    assert.deepEqual(await live(), before);
  });
});
