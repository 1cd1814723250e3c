import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { digestIn } from "../../downloads/checksum.ts";
import { fetchVerified } from "../../downloads/fetch.ts";
import { cutOff, type Publisher, withPublisher } from "./server.ts";

const digest = (text: string) => createHash("sha256").update(text).digest("hex");
const { signal } = new AbortController();
const LIST = `${"0".repeat(64)}  other\n${digest("tool")}  tool.tar.gz\n`;

describe("a published file", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "fetch-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const get = ({ address }: Publisher, stop = signal) =>
    fetchVerified(
      { url: `${address}/tool.tar.gz`, checksum: { url: `${address}/SUMS`, algorithm: "sha256", form: "list" } },
      path.join(folder, "tool.tar.gz"),
      stop,
    );
  const content = () => readFile(path.join(folder, "tool.tar.gz"), "utf8");

  it("is there once it has its published checksum", () =>
    withPublisher(async (publisher) => {
      publisher.answers.set("/SUMS", LIST).set("/tool.tar.gz", "tool");
      await get(publisher);
      assert.equal(await content(), "tool");
      assert.deepEqual(publisher.asked, ["/SUMS", "/tool.tar.gz"]);
    }));

  it("is not there with another checksum", () =>
    withPublisher(async (publisher) => {
      publisher.answers.set("/SUMS", LIST).set("/tool.tar.gz", "another");
      const message = `${publisher.address}/tool.tar.gz does not have the checksum in ${publisher.address}/SUMS`;
      await assert.rejects(get(publisher), { message });
      assert.deepEqual(await readdir(folder), []);
    }));

  it("is not asked for without a checksum", () =>
    withPublisher(async (publisher) => {
      publisher.answers.set("/SUMS", `${digest("tool")}  tool.tar.gz.asc\n`).set("/tool.tar.gz", "tool");
      await assert.rejects(get(publisher), { message: `${publisher.address}/SUMS has no checksum of tool.tar.gz` });
      assert.deepEqual(publisher.asked, ["/SUMS"]);
    }));

  it("is asked for once more when the transfer breaks off", () =>
    withPublisher(async (publisher) => {
      publisher.answers.set("/SUMS", LIST).set("/tool.tar.gz", cutOff("to"));
      await assert.rejects(get(publisher), { message: `${publisher.address}/tool.tar.gz broke off` });
      assert.deepEqual(publisher.asked, ["/SUMS", "/tool.tar.gz", "/tool.tar.gz"]);
      assert.deepEqual(await readdir(folder), []);
    }));

  it("is complete when the second transfer is", () =>
    withPublisher(async (publisher) => {
      publisher.answers.set("/SUMS", LIST).set("/tool.tar.gz", (response) => {
        publisher.answers.set("/tool.tar.gz", "tool");
        cutOff("to")(response);
      });
      await get(publisher);
      assert.equal(await content(), "tool");
    }));

  it("is not there where the server does not have it", () =>
    withPublisher(async (publisher) => {
      publisher.answers.set("/SUMS", LIST);
      await assert.rejects(get(publisher), { message: `${publisher.address}/tool.tar.gz: HTTP 404` });
      assert.deepEqual(await readdir(folder), []);
    }));

  it("is left when the run is stopped", () =>
    withPublisher(async (publisher) => {
      const stop = new AbortController();
      publisher.answers.set("/SUMS", LIST).set("/tool.tar.gz", (response) => {
        response.write("to", () => {
          stop.abort();
        });
      });
      await assert.rejects(get(publisher, stop.signal));
      assert.deepEqual([publisher.asked.length, await readdir(folder)], [2, []]);
    }));
});

describe("a published checksum", () => {
  it("stands alone, in a list, or among GitHub's assets", () => {
    assert.equal(digestIn("abc\n", "alone", "kubectl"), "abc");
    assert.equal(digestIn("abc *tool.zip\ndef  other.zip\n", "list", "other.zip"), "def");
    assert.equal(digestIn("abc *tool.zip\n", "list", "tool.zip"), "abc");
    const assets = [{ name: "kwok", digest: "sha256:abc" }];
    assert.equal(digestIn(JSON.stringify({ assets }), "github", "kwok"), "abc");
  });

  it("is missing where no line or asset has the name", () => {
    assert.equal(digestIn("", "list", "tool"), undefined);
    assert.equal(digestIn("abc  tool.tar.gz\n", "list", "tool"), undefined);
    assert.equal(digestIn("{}", "github", "kwok"), undefined);
    assert.equal(digestIn('{"assets":[{"name":"kwok","digest":null}]}', "github", "kwok"), undefined);
  });
});
