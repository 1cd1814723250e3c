import assert from "node:assert/strict";
import { literal, password, type Recipe } from "../../../components/values/recipe.ts";
import {
  beginsRotation,
  epochBackCommand,
  hasBegunRotation,
  isTakenBack,
  takeBackCommand,
} from "../../../components/values/rotations.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";

const specAt = (epoch: string, keys: Readonly<Record<string, Recipe>> = {}): SecretSpec => ({
  id: "shop/db",
  app: "shop",
  name: "db",
  path: "shop/db",
  keys: { username: literal("shop"), password: password(), ...keys },
  epoch,
  rotatedAt: "2026-12-01T00:00:00Z",
  origin: { kind: "generated" },
});
const remove = `pulumi config rm --path 'rotations["shop/db"]'`;
const set = (epoch: string) => `pulumi config set --path 'rotations["shop/db"]' ${epoch}`;

describe("a rotation, as the state and the description have it", () => {
  for (const [title, { epoch, state, begins = false, hasBegun = false, takenBack = false, back }] of Object.entries<{
    readonly epoch: string;
    readonly state: readonly string[];
    readonly begins?: boolean;
    readonly hasBegun?: boolean;
    readonly takenBack?: boolean;
    readonly back?: string;
  }>({
    "a first value": { epoch: "initial", state: [] },
    "a value that stays": { epoch: "initial", state: ["password"] },
    "a finished one": { epoch: "2026-12-01", state: ["password@2026-12-01"] },
    "the first one, which begins": { epoch: "2026-12-01", state: ["password"], begins: true, back: remove },
    "a second one, which begins": {
      ...{ epoch: "2026-12-01", state: ["password@2026-06-01"], begins: true },
      back: set("2026-06-01"),
    },
    "one that has begun": {
      ...{ epoch: "2026-12-01", state: ["password", "password@2026-12-01"], hasBegun: true },
      back: remove,
    },
    "one after another that was not finished": {
      ...{ epoch: "2026-12-02T10:00:00Z", begins: true },
      state: ["password", "password@2026-12-02"],
      back: set("2026-12-02"),
    },
    "the first one, taken back": {
      ...{ epoch: "initial", state: ["password", "password@2026-12-01"], hasBegun: true },
      takenBack: true,
    },
    "a second one, taken back": {
      ...{ epoch: "2026-06-01", state: ["password@2026-06-01", "password@2026-12-01"], hasBegun: true },
      takenBack: true,
    },
    "one that was finished, and is set back in vain": {
      epoch: "initial",
      state: ["password@2026-12-01"],
      begins: true,
    },
  })) {
    it(title, () => {
      const spec = specAt(epoch);
      const names = new Set(state.map((key) => `shop/db/${key}`));
      assert.deepEqual(
        {
          begins: beginsRotation(spec, names),
          hasBegun: hasBegunRotation(spec, names),
          takenBack: isTakenBack(spec, names),
          back: takeBackCommand(spec, names),
        },
        { begins, hasBegun, takenBack, back },
      );
    });
  }

  it("can't be taken back to an epoch of which the state lacks a value", () => {
    const keys = { token: password() };
    const names = new Set(["shop/db/password", "shop/db/password@2026-12-01", "shop/db/token@2026-12-01"]);
    assert.equal(takeBackCommand(specAt("2026-12-01", keys), names), undefined);
    assert.equal(isTakenBack(specAt("initial", keys), names), false);
  });

  it("that has not begun is taken out of the facts again, where nothing else was before", () => {
    assert.equal(epochBackCommand(specAt("2026-12-01"), new Set(["shop/db/password"])), remove);
    assert.equal(epochBackCommand(specAt("2026-12-01"), new Set(["shop/db/password@2026-06-01"])), set("2026-06-01"));
  });
});
