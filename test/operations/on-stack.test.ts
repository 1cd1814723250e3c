import assert from "node:assert/strict";
import { onStack } from "../../operations/on-stack.ts";

describe("commands of a message", () => {
  const stacks = { stack: "prod", deployedBy: "prod.p1" };
  const cases: Readonly<Record<string, string>> = {
    "pulumi up": "pulumi up --stack prod.p1",
    "then run pulumi up again, which goes on": "then run pulumi up --stack prod.p1 again, which goes on",
    "pulumi refresh && pulumi up --refresh": "pulumi refresh --stack prod.p1 && pulumi up --refresh --stack prod.p1",
    "pulumi config rm --path 'rotations[\"shop/db\"]' && pulumi up":
      "pulumi config rm --stack prod --path 'rotations[\"shop/db\"]' && pulumi up --stack prod.p1",
    "pulumi config set --secret targetPasswords": "pulumi config set --stack prod --secret targetPasswords",
    "pulumi destroy --target-dependents --target 'urn'":
      "pulumi destroy --stack prod.p1 --target-dependents --target 'urn'",
    "pulumi state delete --target-dependents 'urn'": "pulumi state delete --stack prod.p1 --target-dependents 'urn'",
  };
  for (const [message, said] of Object.entries(cases)) {
    it(`name their stack: ${message}`, () => {
      assert.equal(onStack(message, stacks), said);
      // What names one is left alone.
      assert.equal(onStack(said, stacks), said);
    });
  }

  it("are left alone where they name another stack, or are none", () => {
    for (const message of [
      "pulumi up --refresh --stack other",
      "pulumi config rm a --stack other",
      "pulumi upgrade",
      "pulumi login",
    ])
      assert.equal(onStack(message, stacks), message);
  });
});
