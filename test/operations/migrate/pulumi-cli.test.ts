import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { EngineError } from "../../../operations/migrate/run/engine.ts";
import { pulumiCli } from "../../../operations/migrate/run/pulumi-cli.ts";
import { SecretValue } from "../../../operations/migrate/secret-value.ts";
import { canary } from "./reading.ts";

/** Keeps secrets as the CLI does: it takes one line break off the end of what it reads, and adds one to what it prints. */
const stub = `#!${process.execPath}
const fs = require("node:fs");
const words = process.argv.slice(2);
fs.appendFileSync("calls", JSON.stringify(words) + "\\n");
const file = (key) => "value." + key;
if (words[0] === "up") {
  if (process.env.SAYS !== undefined) console.error(process.env.SAYS);
  else console.log("Updating (dev):\\n  error: stores.vault.address: is missing");
  process.exit(process.env.FAIL === undefined ? 0 : 255);
}
if (words[1] === "set" && words.includes("--secret")) {
  const text = fs.readFileSync(0, "utf8").replace(/\\n$/, "");
  fs.writeFileSync(file(words[3]), process.env.DAMAGE === undefined ? text : text.trim());
} else if (words[1] === "get") {
  if (process.env.LOCKED !== undefined) {
    console.error("error: incorrect passphrase");
    process.exit(1);
  }
  if (!fs.existsSync(file(words[2]))) {
    console.error("error: configuration key '" + words[2] + "' not found for stack 'dev'");
    process.exit(1);
  }
  process.stdout.write(fs.readFileSync(file(words[2]), "utf8") + "\\n");
} else if (words[1] === "rm" && fs.existsSync(file(words[2]))) fs.rmSync(file(words[2]));
`;

describe("the engine's command line", () => {
  let root = "";
  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), "pulumi-"));
    await writeFile(path.join(root, "pulumi"), stub);
    await chmod(path.join(root, "pulumi"), 0o755);
  });
  after(() => rm(root, { recursive: true }));

  const cli = (environment: Readonly<Record<string, string>> = {}) =>
    pulumiCli({ root, stack: "dev", command: path.join(root, "pulumi"), environment });
  const calls = async () => {
    const text = await readFile(path.join(root, "calls"), "utf8");
    await rm(path.join(root, "calls"));
    return text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as readonly string[]);
  };

  it("gets secret values by standard input alone, and keeps them exactly, line breaks at the end as well", async () => {
    for (const text of [canary, `${canary}\n`, `${canary}\n\n`, `${canary}\r\n`, `-${canary}`, `{"a":"${canary}"}`]) {
      const value = new SecretValue(text);
      await cli().setSecret("shopToken", value);
      assert.equal((await cli().secret("shopToken"))?.reveal(), text);
    }
    const words = await calls();
    assert.ok(!JSON.stringify(words).includes(canary), "a value on a command line");
    assert.deepEqual(words[0], ["config", "set", "--secret", "shopToken", "--stack", "dev", "--non-interactive"]);
    assert.equal(await cli().secret("nobody"), undefined);
  });

  it("does not take a value that can't be read for one that does not exist", async () => {
    await assert.rejects(cli({ LOCKED: "1" }).secret("shopToken"), {
      name: "EngineError",
      message: "pulumi config get ended with exit code 1:\n  error: incorrect passphrase",
    });
  });

  it("takes a value away again that is not kept exactly", async () => {
    const setting = cli({ DAMAGE: "1" }).setSecret("damaged", new SecretValue(` ${canary} `));
    await assert.rejects(setting, (error: unknown) => {
      assert.ok(error instanceof EngineError);
      assert.equal(
        error.message,
        "pulumi config keeps another value for damaged than it was given. The key was removed again.",
      );
      return true;
    });
    assert.equal(await cli().secret("damaged"), undefined);
  });

  it("sets facts by their path, and keeps texts that look like something else texts", async () => {
    await rm(path.join(root, "calls"), { force: true });
    await cli().setFact({ path: ["existingSecrets", "shop/shop-env"], value: "adopt" });
    await cli().setFact({ path: ["stores", "aws", "accountId"], value: "111122223333" });
    await cli().removeFact(["namespaces", "shop", "secrets", "shop-env", "deliveredAs"]);
    const stack = ["--stack", "dev", "--non-interactive"];
    assert.deepEqual(await calls(), [
      ["config", "set", "--path", 'existingSecrets["shop/shop-env"]', ...stack, "--", "adopt"],
      ["config", "set", "--path", "stores.aws.accountId", ...stack, "--type", "string", "--", "111122223333"],
      ["config", "rm", "--path", "namespaces.shop.secrets.shop-env.deliveredAs", ...stack],
    ]);
  });

  it("says what pulumi up said where it fails, and where there is no CLI", async () => {
    await cli().up();
    await assert.rejects(cli({ FAIL: "1" }).up(), {
      name: "EngineError",
      message: "pulumi up ended with exit code 255:\n  Updating (dev):\n    error: stores.vault.address: is missing",
    });
    const says = (text: string) => cli({ FAIL: "1", SAYS: text }).up();
    await assert.rejects(says("error: the stack is currently locked by 1 lock(s)."), {
      name: "EngineError",
      message:
        "pulumi up ended with exit code 255:\n  error: the stack is currently locked by 1 lock(s).\n" +
        "    fix: when the run that holds the lock has ended, run this again\n" +
        "    or, if it was killed and nobody is at work: pulumi cancel --yes --stack dev, then this again",
    });
    await assert.rejects(
      says(
        "error: 1 problem\n    fix: pulumi config rm --path 'rotations[\"shop/db\"]' && pulumi up --refresh\n    or pulumi up --stack other",
      ),
      {
        name: "EngineError",
        message:
          "pulumi up ended with exit code 255:\n  error: 1 problem\n" +
          "      fix: pulumi config rm --stack dev --path 'rotations[\"shop/db\"]' && pulumi up --refresh --stack dev\n" +
          "      or pulumi up --stack other",
      },
    );
    await assert.rejects(says("error: failed to load language plugin nodejs"), {
      name: "EngineError",
      message:
        "pulumi up ended with exit code 255:\n  error: failed to load language plugin nodejs\n" +
        "    fix: install the Pulumi CLI of https://www.pulumi.com/docs/install, which has the language host for Node, then run this again",
    });
    await assert.rejects(pulumiCli({ root, stack: "dev", command: path.join(root, "nowhere") }).up(), {
      name: "EngineError",
      message: `${path.join(root, "nowhere")} can't be run: install the Pulumi CLI, or put its folder into PATH`,
    });
  });
});
