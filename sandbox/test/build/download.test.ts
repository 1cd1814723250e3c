import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { buildTools } from "../../build/builder.ts";
import { currentTarget } from "../../build/cache-key.ts";
import { downloadReleases, type ReleaseSource } from "../../build/download.ts";
import { locate, planJobs } from "../../build/jobs.ts";
import { releaseOf } from "../../build/releases.ts";
import type { ToolName } from "../../build/tools.ts";
import { HOSTS, type Hosts } from "../../downloads/network.ts";
import type { Progress } from "../../support/progress.ts";
import { cutOff, type Publisher, withPublisher } from "../downloads/server.ts";

const { signal } = new AbortController();
const target = currentTarget();
const SCRIPT = "#!/bin/sh\necho tool\n";
/** A zip file of one program, `vault`. */
const ZIP = Buffer.from(
  "UEsDBBQAAAAAAAAAIVzdwkRfFQAAABUAAAAFAAAAdmF1bHQjIS9iaW4vc2gKZWNobyB2YXVsdApQSwECFAMUAAAAAAAAACFc3cJEXxUAAAAVAAAABQAAAAAAAAAAAAAA7QEAAAAAdmF1bHRQSwUGAAAAAAEAAQAzAAAAOAAAAAAA",
  "base64",
);

describe("programs that are published", () => {
  let folder = "";
  let cache = "";
  const said: string[] = [];
  const progress: Progress = {
    run: async ({ steps }) => {
      for (const step of steps) await step.run((note) => said.push(`${step.title}: ${note}`), signal);
    },
    info: (text) => said.push(text),
  };
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "releases-"));
    cache = path.join(folder, "cache");
    await mkdir(path.join(cache, "bin"), { recursive: true });
    said.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const hostsAt = (address: string): Hosts =>
    Object.fromEntries(Object.keys(HOSTS).map((name) => [name, `${address}/${name}`])) as Hosts;
  const source = ({ address }: Publisher, reachable = true): ReleaseSource => ({
    reachable: () => Promise.resolve(reachable),
    hosts: hostsAt(address),
  });

  /** Publishes a program with the checksum of `signed`. */
  async function publish(publisher: Publisher, name: ToolName, content: Buffer, signed = content): Promise<void> {
    const [job] = await planJobs(cache, [name]);
    const version = job?.module.version ?? "";
    const release = releaseOf(name, version, { target, hosts: hostsAt(publisher.address) });
    assert.ok(release);
    const place = (url: string) => new URL(url).pathname;
    const digest = createHash(release.checksum.algorithm).update(signed).digest("hex");
    const list = release.checksum.form === "alone" ? digest : `${digest}  ${path.posix.basename(release.url)}\n`;
    publisher.answers.set(place(release.url), content).set(place(release.checksum.url), list);
  }

  /** A `.tar.gz` as Helm's. */
  async function helm(): Promise<Buffer> {
    const inner = path.join(folder, "helm", `${target.os}-${target.arch}`);
    await mkdir(inner, { recursive: true });
    await writeFile(path.join(inner, "helm"), SCRIPT);
    await execa("tar", ["-czf", path.join(folder, "helm.tar.gz"), "-C", path.join(folder, "helm"), "."]);
    return await readFile(path.join(folder, "helm.tar.gz"));
  }

  const versionOf = async (name: ToolName) => (await planJobs(cache, [name]))[0]?.module.version ?? "";
  const download = async (publisher: Publisher, names: readonly ToolName[], reachable = true) => {
    const jobs = await planJobs(cache, names);
    await downloadReleases(jobs, { source: source(publisher, reachable), progress, signal });
    return await locate(jobs);
  };

  it("are in the cache, executable: a plain file, one of a .tar.gz, one of a .zip", () =>
    withPublisher(async (publisher) => {
      await publish(publisher, "kubectl", Buffer.from(SCRIPT));
      await publish(publisher, "helm", await helm());
      await publish(publisher, "vault", ZIP);
      const found = await download(publisher, ["kubectl", "helm", "vault"]);
      const outputs = await Promise.all(
        ["kubectl", "helm", "vault"].map(async (name) => (await execa(found.get(name)?.path ?? "")).stdout),
      );
      assert.deepEqual(outputs, ["tool", "tool", "vault"]);
      assert.deepEqual(
        [...found.values()].map(({ origin }) => origin),
        ["release", "release", "release"],
      );
      assert.equal((await readdir(path.join(cache, "bin"))).length, 3);
    }));

  it("are left out with another checksum, which is said, and leave the others alone", () =>
    withPublisher(async (publisher) => {
      await publish(publisher, "kubectl", Buffer.from("changed on the way"), Buffer.from(SCRIPT));
      await publish(publisher, "vault", ZIP);
      const found = await download(publisher, ["kubectl", "vault"]);
      assert.deepEqual([...found.keys()], ["vault"]);
      const kubectl = `kubectl ${await versionOf("kubectl")}`;
      const { url, checksum } = releaseOf("kubectl", await versionOf("kubectl"), {
        target,
        hosts: hostsAt(publisher.address),
      }) ?? { url: "", checksum: { url: "" } };
      assert.deepEqual(said, [
        `${kubectl}: not downloaded: built instead`,
        `${kubectl} is built instead: ${url} does not have the checksum in ${checksum.url}.`,
        `vault ${await versionOf("vault")}: ${new URL(publisher.address).host}`,
      ]);
      assert.equal((await readdir(path.join(cache, "bin"))).length, 1);
    }));

  it("are left out where the server does not have them, or breaks off", () =>
    withPublisher(async (publisher) => {
      await publish(publisher, "kubectl", Buffer.from(SCRIPT));
      const url = [...publisher.answers.keys()].find((each) => each.endsWith("/kubectl")) ?? "";
      publisher.answers.set(url, cutOff("#!/bin"));
      assert.deepEqual([...(await download(publisher, ["kubectl", "vault"])).keys()], []);
      assert.deepEqual(said, [
        `kubectl ${await versionOf("kubectl")}: not downloaded: built instead`,
        `vault ${await versionOf("vault")}: not downloaded: built instead`,
      ]);
      assert.deepEqual(await readdir(path.join(cache, "bin")), []);
    }));

  it("are not asked for without a network", () =>
    withPublisher(async (publisher) => {
      await publish(publisher, "vault", ZIP);
      assert.deepEqual([...(await download(publisher, ["kubectl", "vault"], false)).keys()], []);
      assert.deepEqual([publisher.asked, said], [[], []]);
    }));

  it("need no Go, and no plugin of Vault, whose release has it built in", () =>
    withPublisher(async (publisher) => {
      await publish(publisher, "vault", ZIP);
      const tools = ["vault", "vault-plugin-auth-kubernetes"] as const;
      const options = { cache, tools, releases: source(publisher), progress, signal };
      const found: Readonly<Record<string, { readonly origin: string }>> = await buildTools(options);
      assert.deepEqual(
        Object.entries(found).map(([name, { origin }]) => [name, origin]),
        [["vault", "release"]],
      );
      const asked = publisher.asked.length;
      await buildTools(options);
      assert.equal(publisher.asked.length, asked);
    }));

  it("give way to one that was built before", () =>
    withPublisher(async (publisher) => {
      const [job] = await planJobs(cache, ["vault"]);
      assert.ok(job);
      await writeFile(job.built, SCRIPT, { mode: 0o755 });
      await publish(publisher, "vault", ZIP);
      const { vault } = await buildTools({ cache, tools: ["vault"], releases: source(publisher), progress, signal });
      assert.deepEqual([vault.origin, vault.path, publisher.asked], ["built", job.built, []]);
    }));
});
