import assert from "node:assert/strict";
import { inspect } from "node:util";
import { SecretValue } from "../../../operations/migrate/secret-value.ts";
import { canary } from "./reading.ts";

describe("a secret value", () => {
  const value = new SecretValue(canary);

  it("shows nothing of itself, however it is printed", () => {
    const forms = [
      String(value),
      `${value as unknown as string}`,
      JSON.stringify({ value, list: [value] }),
      inspect(value, { showHidden: true, depth: 9, customInspect: true }),
      inspect(value, { customInspect: false, showHidden: true }),
      inspect({ deep: { value } }, { depth: 9 }),
      JSON.stringify(Object.entries(value)),
      "" + (value as unknown as string),
    ];
    for (const form of forms) assert.ok(!form.includes(canary), form);
  });

  it("is revealed by name only", () => {
    assert.equal(value.reveal(), canary);
  });

  it("is compared without being shown", () => {
    assert.ok(value.equals(new SecretValue(canary)));
    assert.ok(!value.equals(new SecretValue(`${canary} `)));
  });

  it("keeps every byte of a text, and is none where bytes are no text", () => {
    assert.equal(SecretValue.ofBytes(new TextEncoder().encode("\ufeffä\n"))?.reveal(), "\ufeffä\n");
    assert.equal(SecretValue.ofBytes(Uint8Array.of(0xff, 0xfe)), undefined);
  });
});
