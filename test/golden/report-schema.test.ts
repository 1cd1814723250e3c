import { z } from "zod";
import { reportSchema } from "../../operations/report/schema.ts";
import { assertGolden } from "../support/golden.ts";

describe("golden: the schema of the report", () => {
  it("is what docs/report.schema.json says", () => {
    assertGolden("docs/report.schema.json", z.toJSONSchema(reportSchema));
  });
});
