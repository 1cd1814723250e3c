import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import {
  blank,
  configPath,
  removeCommand,
  setCommand,
  setSecretCommand,
} from "../../../../components/support/messages/config-command.ts";

/** The arguments that a shell gives to `pulumi` for each of these commands. */
function typed(...commands: readonly string[]): readonly (readonly string[])[] {
  const script = ['pulumi() { printf \'%s\\0\' "$#" "$@"; }', ...commands].join("\n");
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
  assert.deepEqual([status, stderr], [0, ""]);
  const words = stdout.split("\0").slice(0, -1);
  const found: string[][] = [];
  while (words.length > 0) found.push(words.splice(0, Number(words.shift())));
  return found;
}

describe("commands for the configuration", () => {
  for (const [command, expected] of [
    [setCommand("refreshSeconds", 300), "pulumi config set refreshSeconds 300"],
    [setCommand("stores.main.layout", "per-key"), "pulumi config set --path 'stores.main.layout' per-key"],
    [setCommand(["stores", "main", "layout"], "bundle"), "pulumi config set --path 'stores.main.layout' bundle"],
    [setCommand(["adopt", "shop/db"], true), `pulumi config set --path 'adopt["shop/db"]' true`],
    [setCommand("platform", blank("name")), "pulumi config set platform <name>"],
    [
      setCommand(["rotations", "<app>/<secret>"], blank("today")),
      `pulumi config set --path 'rotations["<app>/<secret>"]' <today>`,
    ],
    [
      setCommand("clusters.main.identifier", "https://k8s.example/?a=b&c"),
      "pulumi config set --path 'clusters.main.identifier' 'https://k8s.example/?a=b&c'",
    ],
    [setCommand("a.b", -1), "pulumi config set --path 'a.b' -- -1"],
    [setCommand("a.b", ""), "pulumi config set --path 'a.b' ''"],
    [setCommand(["list", 0], "user", { asText: true }), "pulumi config set --path 'list[0]' user"],
    [setCommand(["list", 0], "8080", { asText: true }), "pulumi config set --path 'list[0]' --type string -- '8080'"],
    [setSecretCommand("shopPassword"), "pulumi config set --secret shopPassword"],
    [
      setSecretCommand("tokens", '{"<cluster>":"<token>"}'),
      `pulumi config set --secret tokens '{"<cluster>":"<token>"}'`,
    ],
    [setSecretCommand(["tokens", "main"]), "pulumi config set --secret --path 'tokens.main'"],
    [removeCommand("mount"), "pulumi config rm mount"],
    [removeCommand(["adopt", "shop/db"]), `pulumi config rm --path 'adopt["shop/db"]'`],
  ] as const) {
    it(`are as people type them: ${expected}`, () => {
      assert.equal(command, expected);
    });
  }

  it("reach the CLI as they were meant, whatever a value holds", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab1 .-_/'\"\\$`*?[]{}()<>|&;#~!=\n\té") });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(text, { minLength: 1 }), text), { minLength: 1 }), (entries) => {
        const commands = entries.flatMap(([path, value]) => [
          setCommand(path, value),
          setCommand(path, value, { asText: true }),
          setSecretCommand(path, value),
          removeCommand(path),
        ]);
        const words = (each: string) => each.split(" ").filter((word) => word !== "");
        const expected = entries.flatMap(([path, value]) => {
          const rendered = configPath(path);
          const where = /[.[]/.test(rendered) ? ["--path", rendered] : [rendered];
          const simple = /^[A-Za-z_][\w.-]*$/.test(value);
          return [
            ["config", "set", ...where, ...(value.startsWith("-") ? ["--"] : []), value],
            ["config", "set", ...where, ...(simple ? [] : words("--type string --")), value],
            ["config", "set", "--secret", ...where, value],
            ["config", "rm", ...where],
          ];
        });
        assert.deepEqual(typed(...commands), expected);
      }),
      { numRuns: 25 },
    );
  });
});

describe("messages", () => {
  it("have their commands built, so that each is quoted rightly", () => {
    const files = ["ci", "components", "preview", "stacks"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
    );
    const sources = files.filter((name) => name.endsWith(".ts") && !name.endsWith("/config-command.ts"));
    assert.ok(sources.length > 100);
    for (const file of sources) {
      // Without a key it is no command, but the mention of one.
      const lines = readFileSync(file, "utf8")
        .split("\n")
        .filter(
          (line) => /pulumi config (?:set|rm)(?: --[\w-]+)* [^-]/.test(line) && !/^\s*(?:\/\*\*|\*|\/\/)/.test(line),
        );
      assert.deepEqual(lines, [], file);
    }
  });
});

describe("paths of the configuration", () => {
  for (const [path, expected] of [
    [["stores", "vault", "address"], "stores.vault.address"],
    [["namespaces", "main/shop", "store"], 'namespaces["main/shop"].store'],
    [["namespaces", "a.b"], 'namespaces["a.b"]'],
    [["adoptWithout", "shop/db", 0], 'adoptWithout["shop/db"][0]'],
    [["shop/db", "key"], '["shop/db"].key'],
    [["a.b"], '["a.b"]'],
    [[], ""],
    [["stores", "my-vault_2"], "stores.my-vault_2"],
    [["clusters", "1st"], 'clusters["1st"]'],
    [["keys", 'a"b\\c'], 'keys["a\\"b\\c"]'],
  ] as const) {
    it(`are as the CLI reads them: ${expected}`, () => {
      assert.equal(configPath(path), expected);
    });
  }

  it("are different for different names, but for those that end in a backslash", () => {
    const name = fc.oneof(
      fc.string().filter((text) => !text.endsWith("\\")),
      fc.nat(),
    );
    fc.assert(
      fc.property(fc.array(name), fc.array(name), (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        assert.equal(configPath(a) === configPath(b), same);
      }),
    );
  });
});
