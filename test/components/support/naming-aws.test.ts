import assert from "node:assert/strict";
import fc from "fast-check";
import { awsOperatorRole, awsReaderRole } from "../../../components/support/naming.ts";

const scope = { platform: "acme", environment: "dev", cluster: "main", namespace: "shop", store: "ssm" };
const slugs = fc.oneof(
  fc.stringMatching(/^[a-z](?:[a-z0-9-]{0,25}[a-z0-9])?$/),
  fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("-")),
);
const scopes = fc.record({ platform: slugs, environment: slugs, cluster: slugs, namespace: slugs, store: slugs });

describe("names of AWS roles", () => {
  it("say whose they are", () => {
    assert.equal(awsReaderRole(scope), "acme.dev.main.shop.ssm");
    assert.equal(awsOperatorRole(scope), "acme.dev.main.operator");
  });

  it("end in a digest where they would be too long", () => {
    const name = awsReaderRole({ ...scope, namespace: "n".repeat(60) });
    assert.equal(name, `acme.dev.main.${"n".repeat(39)}_96b5188c48`);
  });

  it("are legal and never shared, neither by two readers nor by a reader and an operator", () => {
    fc.assert(
      fc.property(scopes, scopes, (a, b) => {
        assert.match(awsReaderRole(a), /^[\w+=,.@-]{1,64}$/);
        assert.match(awsOperatorRole(a), /^[\w+=,.@-]{1,64}$/);
        const same = JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
        assert.equal(awsReaderRole(a) === awsReaderRole(b), same);
        assert.notEqual(awsReaderRole(a), awsOperatorRole(b));
      }),
      { numRuns: 2000 },
    );
  });
});
