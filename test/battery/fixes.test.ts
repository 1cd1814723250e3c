import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { Input, Tree } from "./case.ts";
import { classes } from "./classes/index.ts";
import { runCase } from "./run.ts";
import { validInput } from "./input.ts";

/** One line of a refusal, with the command that is its whole fix. */
interface Fixed {
  readonly problem: string;
  readonly command: string;
}

/** The problems of a refusal that one command for the configuration puts right. Others have prose in their fix. */
function fixedByCommand(refusal: string): readonly Fixed[] {
  const found = refusal.matchAll(/^ {2}(?<problem>\S.*)\n {4}fix: (?<command>pulumi config (?:set|rm) .*)$/gm);
  return [...found].flatMap(({ groups: { problem = "", command = "" } = {} }) =>
    // `<blank>` is for people to fill in, "; " or ", " begins another sentence, and what is escaped or cut can't be typed.
    /<[^>]*>|[;,] | or | and | \(|\\(?:[nrt]|u\{)|…$/.test(command) ? [] : [{ problem, command }],
  );
}

/** The arguments that a shell gives to `pulumi`. */
function argumentsOf(command: string): readonly string[] {
  const script = `pulumi() { printf '%s\\0' "$@"; }\n${command}`;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
  assert.deepEqual([status, stderr], [0, ""], command);
  return stdout.split("\0").slice(0, -1);
}

/** A path as the CLI reads it: `stores.main`, `adopt["a/b"]`, `list[0]`. */
function namesIn(path: string): readonly (string | number)[] {
  const parts = [...path.matchAll(/\.?(?<name>[^.[\]"]+)|\["(?<quoted>(?:\\"|[^"])*)"\]|\[(?<index>\d+)\]/g)];
  assert.equal(parts.map(([text]) => text).join(""), path, `the CLI reads another path than ${path}`);
  return parts.map(({ groups: { name, quoted, index } = {} }) =>
    index === undefined ? (name ?? quoted?.replaceAll('\\"', '"') ?? "") : Number(index),
  );
}

/** Does to the facts what `pulumi config` would. */
function typed(command: string, facts: Tree): void {
  const [, verb, ...rest] = argumentsOf(command);
  const flags = new Set(rest.filter((each) => /^--[a-z]+$/.test(each)));
  const [key = "", value = "a-value"] = rest.filter((each, index) => !/^--/.test(each) && rest[index - 1] !== "--type");
  const names = flags.has("--path") ? namesIn(key) : [key];
  const last = names.at(-1) ?? "";
  let parent: Tree = facts;
  for (const name of names.slice(0, -1)) {
    const child = Object.hasOwn(parent, name) ? parent[name] : undefined;
    if (typeof child !== "object" || child === null) {
      assert.equal(verb, "set", `there is no ${key} to remove`);
      parent[name] = {};
    }
    parent = parent[name] as Tree;
  }
  if (verb === "rm") {
    assert.ok(Object.hasOwn(parent, last), `there is no ${key} to remove`);
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  } else if (flags.has("--secret")) parent[last] = { secure: value };
  else parent[last] = flags.has("--type") ? value : scalar(value);
}

/** The CLI reads what looks like a number or a boolean as one. */
function scalar(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

describe("fixes that are one command", () => {
  it("are told from those with prose, and typed as the CLI reads them", () => {
    const refusal = [
      "The configuration has 3 problems.",
      '  adopt["a/b"]: is odd',
      `    fix: pulumi config rm --path 'adopt["a/b"]'`,
      "  stores.main: is odd",
      "    fix: pulumi config set --path 'stores.main' <store>",
      "  list: is odd",
      "    fix: pulumi config set --path 'list[0]' --type string -- '8080'",
    ].join("\n");
    const fixes = fixedByCommand(refusal);
    const facts: Tree = { adopt: { "a/b": true, "c/d": true }, list: [1] };
    for (const { command } of fixes) typed(command, facts);
    assert.deepEqual(facts, { adopt: { "c/d": true }, list: ["8080"] });
    assert.throws(() => typed("pulumi config rm --path 'adopt.none'", facts), /there is no adopt\.none to remove/);
  });

  for (const { title, cases } of classes) {
    it(`put right what they say, when typed: ${title}`, async () => {
      for (const { name, outcome, change } of cases) {
        const input = validInput();
        change(input);
        if (outcome !== "refused" || input.yaml !== undefined) continue;
        const { text } = await runCase({ change });
        for (const { problem, command } of fixedByCommand(text)) {
          const repaired = (again: Input) => {
            change(again);
            typed(command, again.facts);
          };
          const after = await runCase({ change: repaired });
          assert.ok(!after.text.split("\n").includes(`  ${problem}`), `${name}: ${command}\n${after.text}`);
        }
      }
    }).timeout(120_000);
  }
});
