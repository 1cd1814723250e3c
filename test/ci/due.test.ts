import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { main, type Ended } from "../../ci/due.ts";

const stacks = JSON.stringify([
  { stack: "dev", environment: "dev" },
  { stack: "prod", environment: "prod" },
  // Asked with its environment.
  { stack: "prod.p1", environment: "prod", part: true },
]);
const report = (rotations: readonly object[], leftOut: readonly object[] = [], notes: readonly string[] = []) =>
  JSON.stringify({ schemaVersion: 1, outcome: "moved", rotations, leftOut, notes });
const target = { step: "target", what: ["target database (postgresql at db:5432) gets password of shop"] };

describe("ci/due.ts", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "due-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** Runs it with a command line that answers so by stack, and returns what it was asked. */
  async function due(answers: Readonly<Record<string, Partial<Ended>>>) {
    const asked: string[] = [];
    const out = path.join(folder, "body.md");
    const printed = await main(["--stacks", stacks, "--within", "7", "--out", out], (words) => {
      asked.push(words.join(" "));
      const answer = answers[words.at(-1) ?? ""];
      if (answer === undefined) throw new Error(`nothing is known of ${words.at(-1) ?? ""}`);
      return Promise.resolve({ code: 0, stdout: "", stderr: "", ...answer });
    });
    return { printed, asked, body: readFileSync(out, "utf8") };
  }

  it("moves the epochs of each stack, and says what was moved, and what is left to others", async () => {
    const rotations = [{ id: "shop/db", from: "initial", to: "2026-12-01", steps: [target] }];
    const theirs = { id: "shop/theirs", reason: "is referenced: somebody else makes its value", fix: "ask" };
    const { printed, asked, body } = await due({
      dev: { stdout: report(rotations) },
      prod: { code: 1, stdout: report([{ ...rotations[0], steps: [] }], [theirs], ["no window | is open"]) },
    });
    assert.equal(printed, "moved=2\n");
    assert.deepEqual(asked, [
      "rotate --due --within 7 --config-only --json --stack dev",
      "rotate --due --within 7 --config-only --json --stack prod",
    ]);
    assert.equal(
      body,
      `2 secrets are due. After the merge, \`deploy.yml\` generates the new values and carries them to targets, stores and Secrets, in this order.

| Stack | Secret | Epoch | Target |
| --- | ---: | ---: | ---: |
| \`dev\` | \`shop/db\` | \`initial\` → \`2026-12-01\` | \`target database (postgresql at db:5432) gets password of shop\` |
| \`prod\` | \`shop/db\` | \`initial\` → \`2026-12-01\` |  |

Due as well, and not rotated here:

- \`prod\` \`shop/theirs\`: \`is referenced: somebody else makes its value\`

\`\`\`text
no window | is open
\`\`\`

GitHub starts no workflow for a pull request that a workflow has opened: close it and open it again for its previews and checks.

`,
    );
  });

  it("counts nothing where nothing is due", async () => {
    const nothing = { stdout: report([]) };
    assert.equal((await due({ dev: nothing, prod: nothing })).printed, "moved=0\n");
  });

  it("fails where a stack can't be read, with what was said and no value", async () => {
    const refused = { code: 2, stderr: "Pulumi.prod.yaml: is no YAML; password: hunter2hunter2Q7\n" };
    await assert.rejects(due({ dev: { stdout: report([]) }, prod: refused }), (error: Error) => {
      assert.match(error.message, /^prod: Pulumi\.prod\.yaml: is no YAML;/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  });

  it("shows how it is used", async () => {
    await assert.rejects(
      main(["--stacks", stacks], () => Promise.reject(new Error("not asked"))),
      /^UsageError|usage: node ci\/due\.ts/,
    );
  });
});
