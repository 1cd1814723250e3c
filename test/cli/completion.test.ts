import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { completionScript, shells, type Shell } from "../../cli/completion/scripts.ts";
import { completionTree } from "../../cli/completion/tree.ts";
import { secretsProgram } from "../../cli/program.ts";
import { secrets } from "./command-line.ts";

/** What each shell offers for a line that ends with the word to complete. */
const offered: { readonly [S in Shell]: (script: string, words: readonly string[]) => readonly string[] } = {
  bash: (script, words) => [
    "bash",
    "--norc",
    "-c",
    `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _secrets; printf '%s\\n' "\${COMPREPLY[@]}"`,
    "bash",
    script,
    ...words,
  ],
  // Outside of a completion there is no compadd: what would be added is printed.
  zsh: (script, words) => [
    "zsh",
    "-f",
    "-c",
    `compdef() { :; }; _files() { :; }
     compadd() { shift; local each; for each in "$@"; do [[ $each == \${words[CURRENT]}* ]] && print -r -- $each; done; true; }
     source "$1"; shift; words=("$@"); CURRENT=$#; _secrets`,
    "zsh",
    script,
    ...words,
  ],
  fish: (script, words) => [
    "fish",
    "--no-config",
    "-c",
    `source $argv[1]; complete -C "$argv[2]"`,
    script,
    words.join(" "),
  ],
};

function isInstalled(shell: Shell): boolean {
  try {
    execFileSync(shell, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("completion of the command line", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "completion-"));
    for (const stack of ["dev", "prod"]) await writeFile(path.join(folder, `Pulumi.${stack}.yaml`), "");
    await writeFile(path.join(folder, "Pulumi.yaml"), "");
    const nodes = completionTree(secretsProgram());
    for (const shell of shells) await writeFile(path.join(folder, shell), completionScript(shell, nodes));
  });
  after(() => rm(folder, { recursive: true }));

  const commands = () =>
    secretsProgram()
      .commands.map((each) => each.name())
      .sort();

  for (const shell of shells) {
    describe(`in ${shell}`, () => {
      before(function () {
        if (!isInstalled(shell)) this.skip();
      });

      const offers = async (...words: readonly string[]): Promise<readonly string[]> => {
        const [program = "", ...args] = offered[shell](path.join(folder, shell), words);
        const { stdout } = await promisify(execFile)(program, args, { cwd: folder });
        const lines = stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] ?? ""]));
        return lines.filter((each) => !each.startsWith("-")).sort();
      };
      const offersOptions = async (...words: readonly string[]): Promise<readonly string[]> => {
        const [program = "", ...args] = offered[shell](path.join(folder, shell), words);
        const { stdout } = await promisify(execFile)(program, args, { cwd: folder });
        return stdout.split("\n").flatMap((line) => (line.startsWith("--") ? [line.split("\t")[0] ?? ""] : []));
      };

      it("offers every command after secrets and npx secrets", async () => {
        assert.deepEqual(await offers("secrets", ""), commands());
        assert.deepEqual(await offers("npx", "secrets", ""), commands());
        assert.deepEqual(await offers("npx", "secrets", "doc"), ["doctor"]);
      });

      it("offers the commands of a group, and the options of a command", async () => {
        assert.deepEqual(await offers("npx", "secrets", "migrate", "r"), ["read", "retire", "rollback", "run"]);
        assert.deepEqual(await offersOptions("npx", "secrets", "doctor", "--s"), ["--stack"]);
        assert.deepEqual(await offersOptions("npx", "secrets", "report", "prod", "--js"), ["--json"]);
      });

      it("offers the environments of the folder, and the shells", async () => {
        assert.deepEqual(await offers("npx", "secrets", "doctor", "--stack", ""), ["dev", "prod"]);
        assert.deepEqual(await offers("npx", "secrets", "report", "p"), ["prod"]);
        assert.deepEqual(await offers("secrets", "completion", ""), [...shells].sort());
      });
    });
  }

  it("is printed by a command, the same each time, and with no path of this machine", async () => {
    for (const shell of shells) {
      const { code, stdout, stderr } = await secrets("completion", shell);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      assert.equal(stdout, completionScript(shell, completionTree(secretsProgram())));
      assert.ok(!stdout.includes(process.cwd()));
    }
  });

  it("refuses another shell", async () => {
    assert.deepEqual(await secrets("completion", "tcsh"), {
      code: 2,
      stdout: "",
      stderr:
        "error: command-argument value 'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.\n(--help shows how it is used)\n",
    });
  });
});
