import assert from "node:assert/strict";
import { connection } from "../support/platform.ts";
import { oddFiles } from "./odd-files.ts";
import { openReaders, type Readers } from "./readers.ts";

describe("a file of facts is read by the preview as by the engine", () => {
  let readers: Readers;
  let refused = 0;

  before(async () => {
    readers = await openReaders(connection().binaries.pulumi);
  });
  after(async () => {
    await readers.close();
  });

  for (const [name, file] of Object.entries(oddFiles)) {
    it(name, async () => {
      const { engine, preview } = await readers.read(file);
      assert.deepEqual(preview, engine);
      if (engine === "refused") refused += 1;
    });
  }

  it("and most of them are valid, so that there is something to compare", () => {
    assert.ok(refused * 3 < Object.keys(oddFiles).length, `${refused} are refused`);
  });
});
