import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../support/project.ts";
import { costText, readCost } from "../../ci/cost.ts";

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

const side = (total: unknown) => ({ plan: { cost: { currency: "USD", storage: "1.00", calls: "2.00", total } } });
const read = (before: unknown, after: unknown) => readCost(JSON.stringify({ before, after }));

describe("the change of cost", () => {
  it("is the difference of both totals, to the cent", () => {
    assert.deepEqual(read(side("3.20"), side("3.60")), { before: 320, after: 360 });
    assert.equal(costText({ before: 320, after: 360 }), "$3.20 → $3.60 (+$0.40)");
    assert.equal(costText({ before: 360, after: 320 }), "$3.60 → $3.20 (−$0.40)");
    assert.equal(costText({ before: 360, after: 360 }), "unchanged, $3.60");
  });

  it("takes an estimate without the preview around it", () => {
    assert.deepEqual(read({ total: "0.10" }, { total: "12.00" }), { before: 10, after: 1200 });
  });

  it("says what it knows when one side is missing", () => {
    assert.deepEqual(read(undefined, side("3.60")), { after: 360 });
    assert.equal(costText({ after: 360 }), "$3.60");
    assert.equal(costText({ before: 360 }), "$3.60 → unknown");
  });

  it("is the one of the preview's schema", () => {
    const schema = JSON.parse(readFileSync(path.join(root, "docs/preview.schema.json"), "utf8")) as JsonSchema;
    assert.ok(schema.properties?.["plan"]?.properties?.["cost"]?.properties?.["total"] !== undefined);
  });

  it("is unknown when there is no estimate, and takes nothing but an amount", () => {
    assert.equal(readCost(""), undefined);
    assert.equal(readCost("no JSON"), undefined);
    assert.equal(read(side("<b>3.20</b>"), side(3.2)), undefined);
    assert.equal(read(side("-3.20"), side("3.2")), undefined);
  });
});
