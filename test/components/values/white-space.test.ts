import assert from "node:assert/strict";
import { whiteSpaceWarning } from "../../../components/values/white-space.ts";
import { provided } from "../../../components/values/recipe.ts";
import { leaks } from "../../support/clear-text.ts";
import { catalogueOf } from "../../support/fixtures.ts";
import { runProgram } from "../../support/mocks.ts";
import { stack } from "../../support/stack.ts";

const pem = "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----";
const warn = (value: string) => whiteSpaceWarning({ id: "shop/db", key: "token", config: "shopToken", value });

describe("white space at an end of a provided value", () => {
  for (const [what, value, said] of [
    ["a line break", "canary\n", "ends with a line break"],
    ["a Windows line break", "canary\r\n", "ends with a Windows line break"],
    ["a carriage return, as Pulumi leaves it", "canary\r", "ends with a carriage return"],
    ["a space", "canary ", "ends with a space"],
    ["a tab", "\tcanary", "begins with a tab"],
    ["both ends", " canary\n", "begins with a space and ends with a line break"],
    ["a byte order mark", "\uFEFFcanary", "begins with a byte order mark"],
    ["a space that does not break", "canary\u00a0", "ends with white space"],
    ["two line breaks after several lines", `${pem}\n\n`, "ends with a line break"],
    ["a Windows line break after several lines", `${pem}\r\n`, "ends with a Windows line break"],
    ["a space before the last line break", `${pem} \n`, "ends with a line break"],
    ["nothing else", "\n", "begins with a line break and ends with a line break"],
  ] as const) {
    it(`is said by the name of the key, and nothing of the value: ${what}`, () => {
      assert.equal(
        warn(value),
        `shop/db token: the provided value ${said}. It is stored as it is.\n` +
          "    fix: if that is not meant, set it again: pulumi config set --secret shopToken (docs/multi-line-values.md)",
      );
    });
  }

  for (const [what, value] of [
    ["a word", "canary"],
    ["white space within", "can ary\tx"],
    ["several lines without a line break at the end", pem],
    ["several lines with one", `${pem}\n`],
    ["nothing", ""],
  ] as const) {
    it(`is not said of ${what}`, () => {
      assert.equal(warn(value), undefined);
    });
  }

  it("is a warning of the run, which keeps the value as it is", async () => {
    const canary = "canary-with-white-space\n";
    const { logs, vault } = await runProgram(
      ...stack({ catalogue: catalogueOf({ token: provided("tillToken") }), secret: { tillToken: canary } }),
    );
    assert.deepEqual(
      logs.map(({ severity, message }) => [severity, message.split("\n")[0]]),
      [["warning", "shop/db token: the provided value ends with a line break. It is stored as it is."]],
    );
    assert.deepEqual(leaks([logs], [canary.trim()]), []);
    assert.equal(vault.read("secret", "acme-test/shop/db")["token"], canary);
  });
});
