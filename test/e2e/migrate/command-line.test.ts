import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { connectionEnvironment } from "../../../sandbox/connection.ts";
import { layoutOf, repositoryRoot } from "../../../sandbox/layout.ts";
import { startLanguageHost, type LanguageHost } from "../../../sandbox/engine/language-host.ts";
import { cli, configured } from "../support/cli.ts";
import { cluster, decode, readSecret } from "../support/cluster.ts";
import { killTree } from "../support/mishaps/child.ts";
import { connection } from "../support/platform.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { open, succeed, transcripts, type StackOptions } from "../support/stacks.ts";
import { readAllTheTime, type Seen } from "./reader.ts";

const stack = "sandbox.moving";
const namespace = "private-ai-demo";
const secret = "huggingface-token";
const inUse = "hf_in-use-4e7b";
const page = path.join(repositoryRoot, "docs/migrate.md");

/** A part of the environment `sandbox`, with the catalogue of this repository and the operator of the shared stack. */
const part = (): StackOptions => ({
  stack,
  demo: false,
  facts: {
    applications: ["huggingface"],
    clusters: { local: { externalSecrets: { install: false } } },
    namespaces: { ...onlyNamespaces([]), [namespace]: { cluster: "local", store: "vault" } },
  },
});

interface Typed {
  readonly code: number | null;
  readonly output: string;
}

describe("npx secrets migrate, with the real command line of Pulumi", function () {
  this.timeout(600_000);
  let host: LanguageHost;
  let folder = "";
  let reader: { readonly stop: () => Promise<Seen> };
  const file = (name: string) => path.join(folder, name);
  const project = () => path.join(connection().root, "project");
  const journal = () => path.join(project(), ".secrets", `migration.${stack}.json`);

  before(async () => {
    await deployShared();
    host = await startLanguageHost();
    folder = await mkdtemp(path.join(tmpdir(), "migrate-"));
    await writeFile(file(".env"), `# of the demo\nPORT=8080\nHF_TOKEN=${inUse}\n`);
    await writeFile(file("made.env"), `HF_TOKEN=${inUse}\nnote=theirs\n`);
    await writeTools();
    const { core } = await cluster();
    await core.createNamespace({ body: { metadata: { name: namespace } } }).catch(() => undefined);
    const words = ["create", "secret", "generic", secret, "-n", namespace, `--from-env-file=${file("made.env")}`];
    const made = await cli("kubectl", words);
    assert.equal(made.code, 0, made.output);
    await open(part()); // writes the project and its configuration
  });
  after(async () => {
    await succeed("destroy", part());
    const { core } = await cluster();
    await core.deleteNamespace({ name: namespace });
    host.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    reader = await readAllTheTime(namespace, { [secret]: { HF_TOKEN: inUse, note: "theirs" } });
  });
  afterEach(async () => {
    const { reads, gaps } = await reader.stop();
    assert.deepEqual(gaps, []);
    assert.ok(reads > 0);
  });

  /**
   * `npx` as people have it, and a `pulumi` that notes how it was called. The program runs as Pulumi's language host for
   * Node runs it, which a machine without Pulumi's official download does not have: `--client` says where that is.
   */
  async function writeTools(): Promise<void> {
    await mkdir(file("bin"));
    const pulumi = connection().binaries.pulumi;
    const scripts = {
      npx: `#!/bin/sh\nshift\nexec ${process.execPath} ${path.join(repositoryRoot, "cli/secrets.js")} "$@" --root ${project()}\n`,
      pulumi: `#!/bin/sh
echo "$*" >> ${file("calls")}
if [ "$1" = up ]; then
  shift
  exec ${pulumi} up --client=${host.address} --exec-kind=auto.inline "$@"
fi
exec ${pulumi} "$@"
`,
    };
    for (const [name, text] of Object.entries(scripts)) {
      await writeFile(file(`bin/${name}`), text);
      await chmod(file(`bin/${name}`), 0o755);
    }
  }

  function start(command: string) {
    const child = spawn("sh", ["-c", command], {
      cwd: folder,
      env: {
        ...process.env,
        ...connectionEnvironment(connection()),
        PULUMI_STACK: stack,
        PULUMI_STANDIN_HELM: connection().binaries.helm,
        PATH: [file("bin"), layoutOf(connection().root).bin, process.env["PATH"] ?? ""].join(path.delimiter),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
    const ended = new Promise<Typed>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        transcripts.push({ title: command, text: output });
        resolve({ code, output });
      });
    });
    if (child.pid === undefined) throw new Error("no process");
    return { pid: child.pid, ended };
  }
  const type = (command: string) => start(command).ended;
  const migrate = (words: string) => type(`npx secrets migrate ${words} --stack ${stack}`);
  const sources = `.env live:${namespace}/${secret}`;

  it("is killed while the engine runs, and says how to go on", async () => {
    const run = start(`npx secrets migrate run ${sources} --stack ${stack} --until prove`);
    let isOver = false;
    void run.ended.then(() => (isOver = true));
    const locks = path.join(connection().root, "pulumi-state", ".pulumi", "locks");
    const isLocked = async () => (await readdir(locks, { recursive: true })).some((name) => name.endsWith(".json"));
    while (!isOver && !(await isLocked().catch(() => false))) await setTimeout(20);
    assert.equal(isOver, false, "the run was over before it could be killed");
    await killTree(run);
    const { code, output } = await migrate(`run ${sources} --until prove`);
    assert.equal(code, 3, output);
    assert.match(output, /^pulumi up ended with exit code \d+:$/m);
    const fix =
      /or, if it was killed and nobody is at work: (?<fix>pulumi cancel --yes --stack [\w.]+), then this again/;
    const cancel = fix.exec(output)?.groups?.["fix"];
    assert.ok(cancel !== undefined, output);
    const cancelled = await type(`cd ${project()} && ${cancel}`);
    assert.equal(cancelled.code, 0, cancelled.output);
  });

  it("does what the page says, command by command", async () => {
    const text = await readFile(page, "utf8");
    const walk = /^## Walk-through$(?<walk>.*?)^## /ms.exec(text)?.groups?.["walk"] ?? "";
    const commands = [...walk.matchAll(/^npx secrets .*$/gm)].map(([command]) =>
      command.replace("--stack dev", `--stack ${stack}`),
    );
    assert.equal(commands.length, 6);
    const outputs: string[] = [];
    for (const command of commands) {
      const { code, output } = await type(command);
      assert.equal(code, 0, `${command}\n${output}`);
      outputs.push(output);
    }
    const [, planned, proved, switched, shown, retired] = outputs;
    assert.match(
      planned ?? "",
      /huggingfaceToken: HF_TOKEN of Secret private-ai-demo\/huggingface-token, from \.env, line 3/,
    );
    assert.match(proved ?? "", /^ {2}private-ai-demo\/huggingface-token HF_TOKEN: equal$/m);
    assert.match(switched ?? "", /^ {2}done {2}switch/m);
    assert.match(
      shown ?? "",
      /^ {2}@@ line 3: HF_TOKEN of Secret private-ai-demo\/huggingface-token\n {2}- HF_TOKEN=…$/m,
    );
    assert.match(retired ?? "", /is retired: 1 Secret is this project's\.$/m);
    assert.equal(await readFile(file(".env"), "utf8"), "# of the demo\nPORT=8080\n");
    assert.equal(existsSync(journal()), false);
    assert.deepEqual((await configured(stack))["existingSecrets"], { [`${namespace}/${secret}`]: "adopt" });
    const found = await readSecret(namespace, secret);
    assert.equal(decode(found ?? {})["note"], "theirs");
    assert.equal(found?.metadata?.annotations?.["multicloud-secrets/stack"], `multicloud-secrets/${stack}`);
    assert.equal(await readSecret(namespace, `${secret}-beside`), undefined);
  });

  it("has no value on a command line, in what it printed or in the stack's file", async () => {
    const texts = [
      await readFile(file("calls"), "utf8"),
      await readFile(path.join(project(), `Pulumi.${stack}.yaml`), "utf8"),
      ...transcripts.map(({ text }) => text),
    ];
    assert.ok(texts[0]?.includes(`config set --secret huggingfaceToken --stack ${stack} --non-interactive`));
    assert.ok(texts[0]?.includes(`up --yes --skip-preview --non-interactive --color never --stack ${stack}`));
    assert.ok(!texts.some((text) => text.includes(inUse)));
  });
});
