import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { NotEditable, withEpochs } from "../../../operations/rotate/stack-file-edit.ts";
import { root } from "../../support/project.ts";

const edited = (text: string, epochs: Readonly<Record<string, string>> = { "shop/db": "2026-12-01" }) =>
  withEpochs({ text, project: "p", epochs: new Map(Object.entries(epochs)) });

describe("epochs in a stack's file", () => {
  it("are added to a file that has none, and nothing else changes", () => {
    for (const stack of ["dev", "prod"]) {
      const text = readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8");
      const after = withEpochs({ text, project: "multicloud-secrets", epochs: new Map([["shop/db", "2026-12-01"]]) });
      const added = '  multicloud-secrets:rotations:\n    shop/db: "2026-12-01"\n';
      assert.equal(after.replace(added, ""), text);
      assert.ok(after.includes(added), after);
    }
  });

  it("come with those that are retired, in a fact of their own", () => {
    const text = "config:\n  p:rotations:\n    shop/jwt: 2026-05-03 # ticket 12\n";
    const epochs = new Map([["shop/jwt", "2026-12-01"]]);
    assert.equal(
      withEpochs({ text, project: "p", epochs, retired: epochs }),
      'config:\n  p:rotations:\n    shop/jwt: "2026-12-01" # ticket 12\n  p:retirePrevious:\n    shop/jwt: "2026-12-01"\n',
    );
  });

  it("are set where they stand, beside their comments", () => {
    const text = `# Facts
config:
  p:platform: acme   # the platform
  p:rotations:
    # After the leak of May.
    shop/db: 2026-05-03 # ticket 12
    "shop/api": '2026-05-04'

  p:created: "2026-01-31"
encryptionsalt: v1:abc
`;
    assert.equal(
      edited(text, { "shop/db": "2026-12-01", "shop/api": "2026-12-01T10:00:00Z", "shop/new": "2026-12-01" }),
      `# Facts
config:
  p:platform: acme   # the platform
  p:rotations:
    # After the leak of May.
    shop/db: "2026-12-01" # ticket 12
    "shop/api": "2026-12-01T10:00:00Z"
    shop/new: "2026-12-01"

  p:created: "2026-01-31"
encryptionsalt: v1:abc
`,
    );
  });

  it("are set under a key without the project's name, in files of Windows, and at the end of a file without a line break", () => {
    assert.equal(
      edited('config:\r\n  rotations:\r\n    shop/api: "2026-05-04"'),
      'config:\r\n  rotations:\r\n    shop/api: "2026-05-04"\r\n    shop/db: "2026-12-01"',
    );
  });

  it("follow a text of several lines", () => {
    const text = "config:\n  p:ca: |\n    -----BEGIN\n    -----END\n# end\n";
    assert.equal(
      edited(text),
      'config:\n  p:ca: |\n    -----BEGIN\n    -----END\n  p:rotations:\n    shop/db: "2026-12-01"\n# end\n',
    );
  });

  it("are written anew in braces, with the comments of the file", () => {
    assert.equal(
      edited("config: # ours\n  p:rotations: { shop/api: 2026-05-04 }\n"),
      'config:\n  # ours\n  p:rotations: { shop/api: 2026-05-04, shop/db: "2026-12-01" }\n',
    );
    assert.equal(edited("config:\n  p:rotations: {}\n"), 'config:\n  p:rotations: { shop/db: "2026-12-01" }\n');
    assert.equal(edited(""), 'config:\n  p:rotations:\n    shop/db: "2026-12-01"\n');
    assert.equal(edited("config:\n"), 'config:\n  p:rotations:\n    shop/db: "2026-12-01"\n');
  });

  it("are refused in what has no place for them", () => {
    for (const text of ["- a\n", "config: text\n", "config: [\n"]) {
      assert.throws(() => edited(text), NotEditable, text);
    }
  });

  it("are read as they were meant, whatever ids and comments stand around them", () => {
    const id = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,8}\/[a-z0-9][a-z0-9.-]{0,8}$/);
    const comment = fc.constantFrom("", " # why", "\n    # above the next");
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(id, comment), { selector: ([each]) => each }), id, (present, wanted) => {
        const lines = present.map(([each, said]) => `    ${JSON.stringify(each)}: "2026-01-01"${said}\n`).join("");
        const text = `config:\n  p:created: "2026-01-01"\n${lines === "" ? "" : `  p:rotations:\n${lines}`}  p:via: plain\n`;
        const after = edited(text, { [wanted]: "2026-12-01" });
        const before = parse(text) as { config: Record<string, Record<string, string>> };
        assert.deepEqual(parse(after), {
          config: { ...before.config, "p:rotations": { ...before.config["p:rotations"], [wanted]: "2026-12-01" } },
        });
        for (const [, said] of present) assert.ok(after.includes(said.trim()));
      }),
    );
  });
});
