import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { commands } from "../../cli/commands/index.ts";
import { FailedError } from "../../cli/exit-codes.ts";
import { secretsProgram } from "../../cli/program.ts";
import { progressOn } from "../../cli/progress.ts";
import { ExpectedError } from "../../components/support/messages/errors.ts";
import { root } from "../support/project.ts";
import { framed } from "./captured.ts";
import { secrets } from "./command-line.ts";

const canary = "c4nary-Vq8Zt2";

describe("npx secrets", () => {
  it("shows every command and the exit codes, without a command as with --help", async () => {
    const { code, stdout, stderr } = await secrets("--help");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^Usage: secrets <command> \[options\]\n\nDay-two commands for the secrets of this project\./);
    const names = [...stdout.matchAll(/^ {2}([a-z-]+) .*$/gm)].map(([, name]) => name);
    assert.deepEqual(names, [...commands.map((each) => each().name()), "help"]);
    assert.match(stdout, /\n {2}2 {4}refused before anything was changed\n/);
    assert.deepEqual(await secrets(), { code: 0, stdout, stderr: "" });
  });

  it("ends without an error where its reader has gone, and with exit code 3 where the disk is full", async function () {
    if (!existsSync("/dev/full")) return this.skip();
    const ended = (command: string) =>
      new Promise((resolve) => {
        const child = execFile("bash", ["-o", "pipefail", "-c", command], { cwd: root }, (_, stdout, stderr) =>
          resolve({ code: child.exitCode, stdout, stderr }),
        );
      });
    const typed = `"${process.execPath}" --no-warnings cli/secrets.js`;
    assert.deepEqual(await ended(`${typed} report dev --json | head -n 1`), { code: 0, stdout: "{\n", stderr: "" });
    assert.deepEqual(await ended(`${typed} --help > /dev/full`), {
      code: 3,
      stdout: "",
      stderr:
        "The output can't be written (ENOSPC).\n    fix: write it where there is room, and that you may write to\n",
    });
  });

  it("gives every command a description and help of its own", () => {
    for (const each of commands) {
      const command = each();
      assert.match(command.description(), /^[A-Z].*\.$/, command.name());
      assert.match(command.helpInformation(), /-h, --help/);
    }
  });

  it("shows examples in the help of every command, each of which is a command with options that it has", () => {
    const program = secretsProgram();
    for (const command of leaves(program)) {
      const help: string[] = [];
      command.configureOutput({ writeOut: (text) => help.push(text) }).outputHelp();
      const [, examples = ""] = /\nExamples:\n((?: {2}.*\n?)+)/.exec(help.join("")) ?? [];
      const lines = examples.split("\n").filter((line) => line !== "");
      assert.notEqual(lines.length, 0, `${command.name()} has no examples`);
      for (const line of lines) {
        const [typed = ""] = line.split(/ # | [|>] /);
        const options = [...typed.matchAll(/(?<= )--[a-z-]+/g)].map(([option]) => option);
        const known = command
          .createHelp()
          .visibleOptions(command)
          .map(({ long }) => long);
        assert.match(typed, new RegExp(`npx secrets [a-z -]*\\b${command.name()}\\b`), line);
        for (const option of options) assert.ok(known.includes(option), `${line}: ${option}`);
      }
    }
  });

  it("refuses a command that does not exist, and arguments that are missing, with exit code 2", async () => {
    assert.deepEqual(await secrets("migrat"), {
      code: 2,
      stdout: "",
      stderr: "error: unknown command 'migrat'\n(Did you mean migrate?)\n(npx secrets --help lists the commands)\n",
    });
    assert.deepEqual(await secrets("migrate", "read"), {
      code: 2,
      stdout: "",
      stderr: "error: missing required argument 'source'\n(--help shows how it is used)\n",
    });
  });
});

function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

describe("the frame of a command", () => {
  it("prints JSON and sets the exit code that the command returns", async () => {
    const { code, stdout, stderr } = await framed(true, ({ print, note }) => {
      note("people only");
      print({ text: () => "for people\n", data: { found: 1 } });
      return 1;
    });
    assert.deepEqual(
      { code, stdout: JSON.parse(stdout) as unknown, stderr },
      { code: 1, stdout: { found: 1 }, stderr: "" },
    );
  });

  it("prints text to people", async () => {
    const outcome = await framed(false, ({ print }) => print({ text: () => "for people\n", data: {} }));
    assert.deepEqual(outcome, { code: 0, stdout: "for people\n", stderr: "" });
  });

  it("says what is refused or failed by its message alone", async () => {
    const refused = () => {
      throw new ExpectedError("stores.main: is missing");
    };
    assert.deepEqual(await framed(false, refused), { code: 2, stdout: "", stderr: "stores.main: is missing\n" });
    const failed = () => {
      throw new FailedError("phase store: the engine ended");
    };
    const { code, stdout, stderr } = await framed(true, failed);
    assert.deepEqual(
      { code, stdout: JSON.parse(stdout) as unknown, stderr },
      {
        code: 3,
        stdout: { error: { kind: "failed", message: "phase store: the engine ended" } },
        stderr: "phase store: the engine ended\n",
      },
    );
  });

  it("shows of an unexpected error its class and place, never its message or its stack", async () => {
    const { code, stdout, stderr } = await framed(false, () => {
      throw new TypeError(`${canary} is no number`);
    });
    assert.deepEqual({ code, stdout }, { code: 70, stdout: "" });
    assert.match(
      stderr,
      /^This is a bug of secrets: TypeError at test\/cli\/program\.test\.ts:\d+\. The error's own message is not shown, because it may quote a value\.\n$/,
    );
    const { stderr: ofText } = await framed(false, () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a library may do
      throw canary;
    });
    assert.equal(
      ofText,
      "This is a bug of secrets: string. The error's own message is not shown, because it may quote a value.\n",
    );
  });

  it("ends with 130 when a signal comes while it works", async () => {
    const { code, stderr } = await framed(false, async ({ signal }) => {
      const aborted = new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true }),
      );
      process.emit("SIGTERM");
      await aborted;
    });
    assert.deepEqual({ code, stderr }, { code: 130, stderr: "Interrupted. Run the same command again to continue.\n" });
  });
});

describe("progress", () => {
  it("is one line on a terminal, cut to its width, and nothing elsewhere", () => {
    const shownOn = (isTTY: boolean) => {
      const written: string[] = [];
      const progress = progressOn({ isTTY, columns: 12, write: (text) => written.push(String(text)) > 0 });
      progress.step("reading values.yaml");
      progress.end();
      return written.filter((each) => !each.startsWith("\u001b"));
    };
    assert.deepEqual(shownOn(false), []);
    assert.deepEqual(shownOn(true), ["… reading va"]);
  });
});
