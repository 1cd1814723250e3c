import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { canDownload, HOSTS, type Hosts, networkFile } from "../../downloads/network.ts";
import { writeJson } from "../../support/files.ts";
import { withPublisher } from "./server.ts";

describe("the network of a platform", () => {
  let root = "";
  const offline = process.env["SANDBOX_OFFLINE"];
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "network-"));
    delete process.env["SANDBOX_OFFLINE"];
  });
  afterEach(async () => {
    if (offline !== undefined) process.env["SANDBOX_OFFLINE"] = offline;
    await rm(root, { recursive: true, force: true });
  });

  /** Every host at one server, by a path of its own. */
  const hostsAt = (address: string): Hosts =>
    Object.fromEntries(Object.keys(HOSTS).map((name) => [name, `${address}/${name}`])) as Hosts;

  it("is asked about every host at once, and only once", () =>
    withPublisher(async ({ address, answers, asked }) => {
      answers.set("/helm", 200).set("/github", 502).set("/hashicorp", 407);
      const ask = (host: keyof Hosts) => canDownload(root, host, hostsAt(address));
      // A 404 is an answer of the vendor's server, too.
      assert.deepEqual(await Promise.all([ask("helm")]), [true]);
      assert.deepEqual([await ask("pulumi"), await ask("github"), await ask("hashicorp")], [true, false, false]);
      assert.deepEqual(
        asked.sort(),
        Object.keys(HOSTS)
          .map((name) => `HEAD /${name}`)
          .sort(),
      );
    }));

  it("is not there where no host answers, which is remembered", async () => {
    // Nobody listens at port 1 of the loopback address.
    assert.equal(await canDownload(root, "helm", hostsAt("http://127.0.0.1:1")), false);
    const { reachable } = JSON.parse(await readFile(networkFile(root), "utf8")) as { reachable: unknown };
    assert.deepEqual(reachable, []);
    await withPublisher(async ({ address, asked }) => {
      assert.equal(await canDownload(root, "helm", hostsAt(address)), false);
      assert.deepEqual(asked, []);
    });
  });

  it("is asked again after half a day, and where the file is of an older version", () =>
    withPublisher(async ({ address }) => {
      for (const known of [
        { reachable: [], at: Date.now() - 13 * 3600 * 1000 },
        { reachable: false, at: Date.now() },
      ]) {
        await writeJson(networkFile(root), known);
        assert.equal(await canDownload(root, "helm", hostsAt(address)), true);
      }
    }));

  it("is left alone where SANDBOX_OFFLINE says so", () =>
    withPublisher(async ({ address, asked }) => {
      process.env["SANDBOX_OFFLINE"] = "1";
      assert.equal(await canDownload(root, "helm", hostsAt(address)), false);
      delete process.env["SANDBOX_OFFLINE"];
      assert.deepEqual(asked, []);
    }));
});
