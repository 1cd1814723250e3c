import assert from "node:assert/strict";
import { htpasswd, literal, password, type Recipe } from "../../../components/values/recipe.ts";
import {
  beginsRotation,
  canRollBack,
  epochBackCommand,
  hasBegunRotation,
  isRolledBack,
  waysOf,
} from "../../../components/values/rotations.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";

const specAt = (
  epoch: string,
  { keys = {}, ...rest }: Partial<Pick<SecretSpec, "keys" | "retired" | "rolledBack">> = {},
): SecretSpec => ({
  id: "shop/db",
  app: "shop",
  name: "db",
  path: "shop/db",
  keys: { username: literal("shop"), password: password(), ...keys },
  epoch,
  rotatedAt: "2026-12-01T00:00:00Z",
  origin: { kind: "generated" },
  ...rest,
});
const remove = `pulumi config rm --path 'rotations["shop/db"]'`;
const set = (epoch: string) => `pulumi config set --path 'rotations["shop/db"]' ${epoch}`;
const giveUp = (epoch: string) => `pulumi config set --path 'rollBack["shop/db"]' ${epoch}`;
const namesOf = (keys: readonly string[]) => new Set(keys.map((key) => `shop/db/${key}`));

interface Row {
  readonly epoch: string;
  readonly rolledBack?: string;
  readonly state: readonly string[];
  readonly is?: "begins" | "has begun" | "can be rolled back" | "is rolled back";
  readonly ways?: ReturnType<typeof waysOf>;
}

const [first, second] = ["password", "password@2026-12-01"];
const rows: Readonly<Record<string, Row>> = {
  "a first value": { epoch: "initial", state: [] },
  "a value that stays": { epoch: "initial", state: [first] },
  "a finished one": { epoch: "2026-12-01", state: [second] },
  "the first one, which begins": {
    ...{ epoch: "2026-12-01", state: [first], is: "begins" },
    ways: { back: `${remove} && ${giveUp("2026-12-01")}` },
  },
  "a second one, which begins": {
    ...{ epoch: "2026-12-01", state: ["password@2026-06-01"], is: "begins" },
    ways: { back: `${set("2026-06-01")} && ${giveUp("2026-12-01")}` },
  },
  "one that has begun": {
    ...{ epoch: "2026-12-01", state: [first, second], is: "has begun" },
    ways: { back: `${remove} && ${giveUp("2026-12-01")}` },
  },
  "one after another that was not finished, and goes back to what was": {
    ...{ epoch: "2026-12-02T10:00:00Z", state: [first, second], is: "begins" },
    ways: { back: `${remove} && ${giveUp("2026-12-02T10:00:00Z")}` },
  },
  "one whose entry is lost": { epoch: "initial", state: [first, second], is: "can be rolled back" },
  "one that is rolled back": {
    ...{ epoch: "initial", rolledBack: "2026-12-01", state: [first, second], is: "is rolled back" },
    ways: { forward: `${set("2026-12-01")} && pulumi config rm --path 'rollBack["shop/db"]'` },
  },
  "two that are rolled back, by the newer one": {
    ...{ epoch: "initial", rolledBack: "2026-12-02", state: [first, second, "password@2026-12-02"] },
    is: "is rolled back",
    ways: { forward: `${set("2026-12-02")} && pulumi config rm --path 'rollBack["shop/db"]'` },
  },
  "two, of which facts give up the older one": {
    ...{ epoch: "initial", rolledBack: "2026-12-01", state: [first, second, "password@2026-12-02"] },
    is: "can be rolled back",
  },
  "one that was rolled back": { epoch: "initial", rolledBack: "2026-12-01", state: [first] },
  "one that was finished, and is given up in vain": {
    ...{ epoch: "initial", rolledBack: "2026-12-01", state: [second], is: "begins" },
  },
};

describe("a rotation, as the state and the description have it", () => {
  for (const [title, { epoch, rolledBack, state, is, ways = {} }] of Object.entries(rows)) {
    it(title, () => {
      const spec = specAt(epoch, rolledBack === undefined ? {} : { rolledBack });
      const names = namesOf(state);
      const back = is === "can be rolled back" || is === "is rolled back";
      assert.deepEqual(
        {
          begins: beginsRotation(spec, names),
          hasBegun: hasBegunRotation(spec, names),
          canRollBack: canRollBack(spec, names),
          isRolledBack: isRolledBack(spec, names),
          ways: waysOf(spec, names),
        },
        {
          begins: is === "begins",
          hasBegun: is === "has begun" || back,
          canRollBack: back,
          isRolledBack: is === "is rolled back",
          ways,
        },
      );
    });
  }

  it("can't be rolled back to an epoch of which the state lacks a value", () => {
    const keys = { token: password() };
    const names = namesOf([first, second, "token@2026-12-01"]);
    assert.deepEqual(waysOf(specAt("2026-12-01", { keys }), names), {});
    assert.equal(isRolledBack(specAt("initial", { keys, rolledBack: "2026-12-01" }), names), false);
  });

  it("is not offered to be rolled back where its previous value is retired", () => {
    const spec = specAt("2026-12-01", { retired: "2026-12-01" });
    assert.deepEqual(waysOf(spec, namesOf([first, second])), {});
  });

  it("is finished where a key has a name that looks like an epoch of another one", () => {
    const keys: Readonly<Record<string, Recipe>> = {
      auth: htpasswd({ bob: "password", "bob@example.com": "password" }),
    };
    const spec = specAt("2026-12-01", { keys });
    const names = namesOf([second, "auth/bob@2026-12-01", "auth/bob@example.com@2026-12-01"]);
    assert.equal(hasBegunRotation(spec, names), false);
    assert.equal(beginsRotation({ ...spec, epoch: "2026-12-02" }, names), true);
    assert.equal(epochBackCommand({ ...spec, epoch: "2026-12-02" }, names), set("2026-12-01"));
  });

  it("that has not begun is taken out of the facts again, with the retirement of its previous value", () => {
    assert.equal(epochBackCommand(specAt("2026-12-01"), namesOf([first])), remove);
    assert.equal(epochBackCommand(specAt("2026-12-01"), namesOf(["password@2026-06-01"])), set("2026-06-01"));
    assert.equal(
      epochBackCommand(specAt("2026-12-01", { retired: "2026-12-01" }), namesOf([first])),
      `${remove} && pulumi config rm --path 'retirePrevious["shop/db"]'`,
    );
  });
});
