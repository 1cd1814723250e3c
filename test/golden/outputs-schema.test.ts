import { z } from "zod";
import { outputsSchema } from "../../stacks/outputs/index.ts";
import { assertGolden } from "../support/golden.ts";

describe("golden: the schema of the outputs", () => {
  it("is what docs/outputs.schema.json says", () => {
    assertGolden("docs/outputs.schema.json", z.toJSONSchema(outputsSchema));
  });
});
