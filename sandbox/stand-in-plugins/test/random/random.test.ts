import assert from "node:assert/strict";
import { compareSync } from "bcryptjs";
import fc from "fast-check";
import { alphabetOf, draw, minimumLength } from "../../../../sandbox/plugins/random/characters.ts";
import { randomProvider } from "../../../../sandbox/plugins/random/provider.ts";
import { SILENT } from "../../../../sandbox/plugins/support/engine.ts";
import type { ResourceHandler } from "../../../../sandbox/plugins/support/provider.ts";
import { type PropertyMap, reveal, Secret, Unknown } from "../../../../sandbox/plugins/support/values.ts";

const request = {
  urn: "urn:pulumi:s::p::t::n",
  type: "t",
  name: "n",
  log: SILENT,
  signal: new AbortController().signal,
};
const handler = (name: string): ResourceHandler =>
  randomProvider().resource(`random:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`);
const make = (name: string, inputs: PropertyMap, preview = false) =>
  handler(name).create({ ...request, inputs, timeoutSeconds: 0, preview });
const diff = async (name: string, oldOutputs: PropertyMap, newInputs: PropertyMap) =>
  (await handler(name).diff({ ...request, id: "x", oldInputs: {}, oldOutputs, newInputs, ignoreChanges: [] })).detailed;
const check = (name: string, newInputs: PropertyMap) =>
  handler(name).check({ ...request, oldInputs: {}, newInputs, randomSeed: new Uint8Array() });

describe("the random stand-in", () => {
  it("draws by the rule", () => {
    const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
    const small = fc.nat(4);
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 64 }),
        small,
        small,
        small,
        small,
        (length, lower, upper, digits, special) => {
          const flags = { lower: true, upper: true, numeric: true, special: true, overrideSpecial: "-_" };
          const rule = { ...flags, length, minLower: lower, minUpper: upper, minNumeric: digits, minSpecial: special };
          const text = draw(rule);
          assert.equal(text.length, length);
          assert.ok(minimumLength(rule) <= length);
          assert.ok([...text].every((character) => alphabetOf(rule).includes(character)));
          assert.ok(count(text, /[a-z]/g) >= lower && count(text, /[A-Z]/g) >= upper);
          assert.ok(count(text, /[0-9]/g) >= digits && count(text, /[-_]/g) >= special);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("makes a password with a hash that fits, both secret, under an id that says nothing", async () => {
    const { id, outputs } = await make("RandomPassword", { length: 20, special: false });
    assert.equal(id, "none");
    assert.ok(outputs["result"] instanceof Secret && outputs["bcryptHash"] instanceof Secret);
    const hash = reveal(outputs["bcryptHash"]) as string;
    assert.match(hash, /^\$2a\$10\$/);
    assert.ok(compareSync(reveal(outputs["result"]) as string, hash));
    assert.deepEqual([outputs["number"], outputs["numeric"], outputs["minLower"]], [true, true, 0]);
  });

  it("knows nothing at preview", async () => {
    const { id, outputs } = await make("RandomPassword", { length: 20 }, true);
    assert.equal(id, "");
    assert.ok(outputs["result"] instanceof Unknown && outputs["bcryptHash"] instanceof Unknown);
  });

  it("has the value of bytes as their id, as the official plugin does", async () => {
    const { id, outputs } = await make("RandomBytes", { length: 16 });
    assert.equal(id, reveal(outputs["base64"] ?? null));
    assert.equal(Buffer.from(id, "base64").toString("hex"), reveal(outputs["hex"] ?? null));
  });

  it("has the result of a UUID as its id, in clear", async () => {
    const { id, outputs } = await make("RandomUuid", {});
    assert.equal(outputs["result"], id);
  });

  it("makes a new value for every change of the rule, and for nothing else", async () => {
    const { outputs } = await make("RandomPassword", { length: 20, keepers: { epoch: "1" } });
    const same = { length: 20, keepers: { epoch: "1" } };
    assert.deepEqual(await diff("RandomPassword", outputs, same), {});
    assert.deepEqual(await diff("RandomPassword", outputs, { ...same, overrideSpecial: "", numeric: true }), {});
    assert.deepEqual(Object.keys(await diff("RandomPassword", outputs, { ...same, keepers: { epoch: "2" } })), [
      "keepers.epoch",
    ]);
    for (const change of [
      { length: 21 },
      { upper: false },
      { minSpecial: 1 },
      { overrideSpecial: "-" },
      { number: false },
    ]) {
      const kinds = Object.values(await diff("RandomPassword", outputs, { ...same, ...change })).map(
        ({ kind }) => kind,
      );
      assert.ok(kinds.length > 0 && kinds.every((kind) => kind.endsWith("-replace")), JSON.stringify(change));
    }
  });

  it("refuses rules that can't be met", async () => {
    const reasons = async (inputs: PropertyMap) =>
      (await check("RandomPassword", inputs)).failures?.map(({ reason }) => reason);
    assert.deepEqual(await reasons({ length: 0 }), ["length must be a whole number of at least 1"]);
    assert.match((await reasons({ length: 3, minLower: 4 }))?.[0] ?? "", /at least the sum of .* \(4\), got: 3/);
    assert.equal((await reasons({ length: 8, lower: false, upper: false, numeric: false, special: false }))?.length, 1);
    assert.equal((await reasons({ length: 8, number: true, numeric: false }))?.length, 1);
    assert.deepEqual(await reasons({ length: 8 }), []);
  });

  it("reads from the state, and imports a value that was made elsewhere", async () => {
    const { id, outputs } = await make("RandomPassword", { length: 12 });
    const again = await handler("RandomPassword").read({
      ...request,
      id,
      oldInputs: { length: 12 },
      oldOutputs: outputs,
    });
    assert.equal(again?.outputs, outputs);
    const adopted = await handler("RandomPassword").read({ ...request, id: "hunter22", oldInputs: {}, oldOutputs: {} });
    assert.equal(adopted?.id, "none");
    assert.equal(reveal(adopted.outputs["result"] ?? null), "hunter22");
    assert.equal(adopted.inputs["length"], 8);
  });

  it("names the official plugin for every other type", () => {
    assert.throws(
      () => handler("RandomString"),
      /RandomString is not implemented by the stand-in for the "random" plugin/,
    );
  });
});
