import { z } from "zod";
import { reportSchema } from "../../operations/doctor/report.ts";
import { assertGolden } from "../support/golden.ts";

describe("golden: the schema of what the doctor finds", () => {
  it("is what docs/doctor.schema.json says", () => {
    assertGolden("docs/doctor.schema.json", z.toJSONSchema(reportSchema));
  });
});
