import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { placeFolder } from "../../support/files.ts";

describe("a finished folder", () => {
  let root = "";
  beforeEach(async () => (root = await mkdtemp(path.join(tmpdir(), "files-"))));
  afterEach(() => rm(root, { recursive: true }));

  const folder = async (name: string) => {
    const made = path.join(root, name);
    await mkdir(made);
    await writeFile(path.join(made, "file"), name);
    return made;
  };
  const target = () => path.join(root, "target");

  it("is moved to its place, where another one stays that was first", async () => {
    await placeFolder(await folder("one"), target());
    assert.equal(await readFile(path.join(target(), "file"), "utf8"), "one");
    const other = await folder("other");
    await placeFolder(other, target());
    assert.equal(await readFile(path.join(target(), "file"), "utf8"), "one");
    assert.equal(await readFile(path.join(other, "file"), "utf8"), "other");
  });

  it("is missed where it does not exist", async () => {
    await assert.rejects(placeFolder(path.join(root, "none"), target()), { code: "ENOENT" });
  });
});
