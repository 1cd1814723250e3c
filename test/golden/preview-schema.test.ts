import { z } from "zod";
import { previewSchema } from "../../preview/schema.ts";
import { assertGolden } from "../support/golden.ts";

describe("golden: the schema of a preview", () => {
  it("is what docs/preview.schema.json says", () => {
    assertGolden("docs/preview.schema.json", z.toJSONSchema(previewSchema));
  });
});
