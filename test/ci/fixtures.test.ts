import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { fixture, fixtures, fixtureText } from "./fixtures.ts";

/** Where a path of a machine begins: at a slash that follows no name, on a drive, or by going up to the root. */
const machinePath =
  /(?:^|[\s"'`(=:,])(?:file:)?\/[\w.@-]+\/[^\s"\\]*|\b[A-Za-z]:\\\\\w[^\s"]*|\w+:\/\/\/[^\s"]*|(?:\.\.\/)+[^\s"]*/g;

describe("fixtures of previews", () => {
  it("are all in the list", () => {
    assert.deepEqual(readdirSync(path.dirname(fixture("rotation.json"))).sort(), [...fixtures].sort());
  });

  for (const name of fixtures) {
    it(`hold no path of the machine that made them: ${name}`, () => {
      assert.deepEqual(fixtureText(name).match(machinePath) ?? [], []);
      assert.doesNotMatch(fixtureText(name), /sourcePosition|stackTrace/);
    });
  }

  it("would show such a path", () => {
    for (const text of [
      '"project:///../checkout/file:/srv/checkout/index.ts#1,2"',
      '{\\"kubeconfig\\":\\"/srv/kubeconfig/admin\\"}',
      "at /home/me/index.ts:1",
      "file:///home/me/index.ts",
      "at ../../home/me",
      String.raw`C:\\Users\\me`,
    ]) {
      assert.match(text, new RegExp(machinePath.source));
    }
    for (const text of [
      "https://vault.example/v1/sys",
      "mlflow/db-password/vault",
      "urn:pulumi:a::b:kv/secretV2:SecretV2",
    ]) {
      assert.doesNotMatch(text, new RegExp(machinePath.source));
    }
  });
});
