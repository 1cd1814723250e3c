import assert from "node:assert/strict";
import { parameter } from "../../aws/resources/parameter.ts";
import { Secret, Unknown } from "../../support/values.ts";
import { ask, kindsOf, onAws, refused } from "./scene.ts";

const inputs = { name: "/shop/db", type: "SecureString", value: new Secret("v"), tags: { a: "1" } };
const answers = {
  PutParameter: {},
  GetParameter: { Parameter: { ARN: "arn", Name: "/shop/db", Type: "SecureString", Value: "v", Version: 3 } },
  DescribeParameters: { Parameters: [{ KeyId: "alias/aws/ssm", Tier: "Standard", DataType: "text" }] },
  ListTagsForResource: {
    TagList: [
      { Key: "a", Value: "1" },
      { Key: "team", Value: "x" },
    ],
  },
};
const state = {
  ...{ name: "/shop/db", type: "SecureString", value: new Secret("v"), region: "eu-central-1", version: 3 },
  ...{ keyId: "alias/aws/ssm", tier: "Standard", dataType: "text", tags: { a: "1" }, tagsAll: { a: "1", team: "x" } },
};

describe("the aws stand-in: a parameter", () => {
  it("is created once, never over another, and keeps its value secret", async () => {
    const { handler, sent } = onAws(parameter, answers, { team: "x" });
    const { id, outputs } = await handler.create(ask.create(inputs));
    assert.equal(id, "/shop/db");
    assert.deepEqual(sent[0], [
      "PutParameter",
      {
        ...{ Name: "/shop/db", Value: "v", Type: "SecureString", Overwrite: false },
        Tags: [
          { Key: "team", Value: "x" },
          { Key: "a", Value: "1" },
        ],
      },
    ]);
    assert.ok(outputs["value"] instanceof Secret);
    assert.deepEqual([outputs["version"], outputs["tags"], outputs["tagsAll"]], [3, { a: "1" }, { a: "1", team: "x" }]);
  });

  it("does not change when nothing did, and shows what did", async () => {
    const { handler } = onAws(parameter, {}, { team: "x" });
    assert.deepEqual(await kindsOf(handler, state, inputs), {});
    assert.deepEqual(await kindsOf(handler, state, { ...inputs, tier: "Intelligent-Tiering" }), {});
    assert.deepEqual(await kindsOf(handler, state, { ...inputs, value: new Secret("w") }), { value: "update" });
    assert.deepEqual(await kindsOf(handler, state, { ...inputs, name: "/b" }), { name: "update-replace" });
    assert.deepEqual(await kindsOf(handler, state, { ...inputs, region: "eu-west-1" }), { region: "update-replace" });
    assert.deepEqual(await kindsOf(handler, { ...state, tier: "Advanced" }, { ...inputs, tier: "Standard" }), {
      tier: "update-replace",
    });
    const other = onAws(parameter, {}, { team: "y" });
    assert.deepEqual(await kindsOf(other.handler, state, inputs), { tagsAll: "update" });
  });

  it("answers an unknown version when the value changes, at preview, and asks AWS nothing", async () => {
    const { handler, sent } = onAws(parameter);
    const changed = await handler.update(ask.update("/shop/db", state, { ...inputs, value: new Secret("w") }, true));
    assert.ok(changed["version"] instanceof Unknown);
    assert.equal((await handler.update(ask.update("/shop/db", state, { ...inputs, tags: {} }, true)))["version"], 3);
    assert.deepEqual(sent, []);
  });

  it("overwrites on update, and only when more than tags changed", async () => {
    const first = onAws(parameter, { ...answers, AddTagsToResource: {}, RemoveTagsFromResource: {} });
    await first.handler.update(ask.update("/shop/db", state, { ...inputs, tags: { b: "2" } }));
    assert.deepEqual(
      first.sent.slice(0, 2).map(([name, input]) => [name, input["TagKeys"] ?? input["Tags"]]),
      [
        ["RemoveTagsFromResource", ["a", "team"]],
        ["AddTagsToResource", [{ Key: "b", Value: "2" }]],
      ],
    );
    const second = onAws(parameter, answers, { team: "x" });
    await second.handler.update(ask.update("/shop/db", state, { ...inputs, value: new Secret("w") }));
    const [operation, input] = second.sent[0] ?? [];
    assert.deepEqual(
      [operation, input?.["Value"], input?.["Overwrite"], input?.["Tags"]],
      ["PutParameter", "w", true, undefined],
    );
  });

  it("sends a write-only value and keeps none of it; only its counter says that it changed", async () => {
    const { value: _, ...rest } = inputs;
    const writeOnly = { ...rest, valueWo: new Secret("hidden"), valueWoVersion: 1 };
    const { handler, sent } = onAws(parameter, answers, { team: "x" });
    const { outputs } = await handler.create(ask.create(writeOnly));
    assert.equal(sent[0]?.[1]["Value"], "hidden");
    assert.ok(!("valueWo" in outputs) && !("value" in outputs) && outputs["hasValueWo"] === true);
    assert.deepEqual(await kindsOf(handler, outputs, { ...writeOnly, valueWo: new Secret("other") }), {});
    assert.deepEqual(await kindsOf(handler, outputs, { ...writeOnly, valueWoVersion: 2 }), {
      valueWoVersion: "update",
    });
  });

  it("notices by refresh what was changed by hand, and what is gone", async () => {
    const changed = { ...answers, GetParameter: { Parameter: { ...answers.GetParameter.Parameter, Value: "hand" } } };
    const found = await onAws(parameter, changed).handler.read(ask.read("/shop/db", inputs, state));
    assert.deepEqual(found?.outputs["value"], new Secret("hand"));
    const gone = onAws(parameter, { GetParameter: refused("ParameterNotFound") });
    assert.equal(await gone.handler.read(ask.read("/shop/db", inputs, state)), undefined);
  });

  it("is imported with the inputs that a program would have", async () => {
    const found = await onAws(parameter, answers).handler.read(ask.read("/shop/db", {}, {}));
    assert.deepEqual(Object.keys(found?.inputs ?? {}).sort(), [
      "dataType",
      "keyId",
      "name",
      "region",
      "tags",
      "tier",
      "type",
      "value",
    ]);
  });

  it("says AWS' refusal as the official plugin does, without the value", async () => {
    const message = "The parameter already exists.";
    const { handler } = onAws(parameter, { PutParameter: refused("ParameterAlreadyExists", message) });
    await assert.rejects(handler.create(ask.create(inputs)), {
      message:
        "creating SSM Parameter (/shop/db): operation error SSM: PutParameter, https response error StatusCode: 400, RequestID: r1, ParameterAlreadyExists: The parameter already exists.",
    });
  });

  it("deletes what is there, and takes what is gone for deleted", async () => {
    const { handler, sent } = onAws(parameter, { DeleteParameter: refused("ParameterNotFound") });
    await handler.delete(ask.remove("/shop/db", state));
    assert.deepEqual(sent, [["DeleteParameter", { Name: "/shop/db" }]]);
  });

  it("refuses inputs that it would ignore, and wants exactly one value", async () => {
    const { handler } = onAws(parameter);
    const of = async (more: object) =>
      (await handler.check(ask.check({ ...inputs, ...more }))).failures?.map(({ property }) => property);
    assert.deepEqual(await of({}), []);
    assert.deepEqual(await of({ arn: "x", nonsense: 1 }), ["arn", "nonsense"]);
    assert.deepEqual(await of({ insecureValue: "x" }), ["value"]);
  });
});
