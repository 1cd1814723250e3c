import assert from "node:assert/strict";
import { received, receivedFact } from "../../../../components/support/messages/received.ts";

describe("what was received", () => {
  for (const [value, text] of [
    [undefined, "received nothing"],
    [null, "received nothing"],
    [NaN, "received no number at all"],
    [-12.5, "received -12.5"],
    [1234567890, "received 1234567890"],
    [1e12, "received a number of 13 digits"],
    [true, "received true"],
    ["", "received an empty text"],
    ["x", "received a text of 1 character"],
    ["hunter2", "received a text of 7 characters"],
    [[], "received a list"],
    [{}, "received an object"],
    [() => 1, "received a function"],
  ] as const) {
    it(`is told without a text: ${text}`, () => {
      assert.equal(received(value), text);
    });
  }

  for (const [value, expected, text] of [
    [{}, undefined, "received a map"],
    [[], "object", "received a list"],
    [null, "string", "received nothing"],
    [true, "string", "received true: put it in quotation marks"],
    [12, "string", "received a number: put it in quotation marks"],
    [12, "boolean", "received 12"],
    [12345678901, "number", "received a number of 11 digits"],
    ["", "string", "received an empty text"],
    ["hunter2", "string", undefined],
    ["hunter2", undefined, undefined],
    ["hunter2", "boolean", "received a text of 7 characters"],
    ["yes", "boolean", 'received "yes", which YAML takes for a text'],
    ["yes", "number", "received a text of 3 characters"],
  ] as const) {
    it(`is told in the words of the configuration file: ${JSON.stringify(value)} for ${expected ?? "anything"}`, () => {
      assert.equal(receivedFact(value, expected), text);
    });
  }
});
