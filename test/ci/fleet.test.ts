import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { main, reducedReport } from "../../ci/fleet.ts";
import type { FleetReport, PartResult } from "../../operations/fleet/model.ts";

const report = (part: string, result: Partial<PartResult> = {}): string =>
  JSON.stringify({
    schemaVersion: 1,
    environment: "prod",
    action: "up",
    parts: [
      { part, stack: `prod.${part}`, outcome: "done", seconds: 9.14, changes: { same: 41, create: 0 }, ...result },
    ],
  } satisfies FleetReport);

describe("ci/fleet.ts", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "fleet-summary-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (name: string) => path.join(folder, name);

  it("writes one summary of what the jobs of all parts have reported", () => {
    const message = "error: the stack is currently locked by 1 lock(s)";
    writeFileSync(file("base.json"), report("base"));
    writeFileSync(file("p1.json"), report("p1", { outcome: "failed", changes: {}, message }));
    for (const part of ["base", "p1"]) main(["--report", file(`${part}.json`), "--out", file(`fleet-${part}.json`)]);
    writeFileSync(file("summary.md"), "before\n");
    main(["--stack", "prod", "--parts", '["p1","p2"]', "--results", folder, "--out", file("summary.md")]);
    assert.equal(
      readFileSync(file("summary.md"), "utf8"),
      `before
## \`prod\`: 1 of 3 stacks deployed

| Part | Outcome | Changes | Time |
| --- | ---: | ---: | ---: |
| \`base\` | done | 41 same | 9.1 s |
| ❌ \`p1\` | failed | - | 9.1 s |
| ❌ \`p2\` | no report | - | - |

### \`p1\`

\`\`\`text
${message}
\`\`\`

A part without a report was not begun, or its job failed before: its log says why.

Re-run the failed jobs to finish: what is done is not done twice.
`,
    );
  });

  it("lets names, numbers and masked messages out of a job, and nothing else", () => {
    const leaky = JSON.parse(report("p1", { message: 'password: "canaryA" postgres://user:canaryB@db' })) as object;
    const reduced = reducedReport(JSON.stringify({ ...leaky, config: "canaryC" }));
    assert.doesNotMatch(reduced, /canary/);
    assert.match(reduced, /"outcome":"done"/);
    for (const text of ["", "[]", '{"parts":[{"outcome":"<b>","changes":{"`":1},"seconds":"x"}]}']) {
      assert.equal(reducedReport(text), '{"parts":[{"outcome":"","seconds":0,"changes":{},"message":""}]}\n');
    }
  });

  it("shows why a part was refused", () => {
    const message = "Nothing was changed: part p1 of prod is deployed after the base";
    assert.equal(
      reducedReport(JSON.stringify({ error: { kind: "refused", message } })),
      `{"parts":[{"outcome":"refused","seconds":0,"changes":{},"message":"${message}"}]}\n`,
    );
  });

  it("takes names of parts from the list, and nothing else", () => {
    for (const list of ["", "[]", '["../x"]', '["p1",1]', '{"a":"p1"}']) {
      assert.throws(
        () => {
          main(["--stack", "prod", "--parts", list, "--results", folder, "--out", file("x.md")]);
        },
        { message: `--parts must be what ci/environments.ts writes, such as ["p1"], received "${list}"` },
      );
    }
    assert.throws(() => {
      main(["--stack", "prod", "--out", file("x.md")]);
    }, /^Error: usage: /);
  });
});
