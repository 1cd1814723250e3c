import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readFile, readlink, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gitRevision, rewrite } from "../../../operations/migrate/retire/revisions.ts";

describe("a file that is written anew", () => {
  let folder = "";
  const file = (name: string) => path.join(folder, name);
  const git = (...words: readonly string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.com", ...words]);
  before(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), "revisions-")));
    await writeFile(file(".env"), "A=1\n");
  });
  after(() => rm(folder, { recursive: true }));

  it("is known to git as it was committed, with changes, or not at all", async () => {
    assert.equal(await gitRevision(file(".env")), "untracked");
    git("init", "-q");
    await writeFile(file(".gitignore"), "ignored\n");
    await writeFile(file("ignored"), "A=1\n");
    git("add", ".env");
    assert.equal(await gitRevision(file(".env")), "changed");
    git("commit", "-qm", "first");
    assert.equal(await gitRevision(file(".env")), "committed");
    assert.equal(await gitRevision(file("ignored")), "untracked");
    await writeFile(file(".env"), "A=2\n");
    assert.equal(await gitRevision(file(".env")), "changed");
  });

  it("keeps its permissions, and is written where a link leads", async () => {
    await chmod(file(".env"), 0o600);
    await symlink(".env", file("link"));
    await rewrite(file("link"), "B=1\n");
    assert.equal(await readlink(file("link")), ".env");
    assert.equal(await readFile(file(".env"), "utf8"), "B=1\n");
    assert.equal((await stat(file(".env"))).mode & 0o777, 0o600);
  });
});
