import assert from "node:assert/strict";
import type { CostChange } from "../../ci/cost.ts";
import { readPreview, type Preview } from "../../ci/preview.ts";
import { markers, maximumBytes, renderComment } from "../../ci/render.ts";
import { emptyPreview, fixtureText, step } from "./fixtures.ts";

const render = (preview: Preview) => renderComment([{ name: "dev", preview }]);

describe("the comment", () => {
  it("begins with a row per environment, and names the values that are rotated", () => {
    const text = renderComment([
      { name: "dev", preview: readPreview(fixtureText("rotation.json")), cost: { before: 320, after: 360 } },
      { name: "staging", preview: emptyPreview() },
    ]);
    assert.equal(
      text,
      `<!-- multicloud-secrets: preview -->

## Preview of the environments

3 resources change. ⚠ 1 of them is replaced or deleted.

| Environment | Create | Update | Replace | Delete | Unchanged | Monthly cost |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
| \`dev\` | 1 | 1 | 0 | ⚠ **1** | 120 | $3.20 → $3.60 (+$0.40) |
| \`staging\` | 0 | 0 | 0 | 0 | 7 | unknown |

### \`dev\`

**⚠ Rotated: 1 value.** Each old value is deleted once its replacement is in place.

- \`mlflow/db-password/password\`: initial value → \`2026-12-01\`

<details><summary>1 updated</summary>

- \`vault:kv/secretV2:SecretV2\`, \`dataJson\`: \`mlflow/db-password/vault\`

</details>

_Names only: this comment is written without reading the value of any secret, input or output._
`,
    );
  });

  it("has one row for an environment of several stacks, and a section for each part that changes", () => {
    const part = (name: string, preview: Preview, cost?: CostChange) => ({
      name,
      preview,
      ...(name === "prod" ? {} : { partOf: "prod" }),
      ...(cost === undefined ? {} : { cost }),
    });
    const created = emptyPreview({ counts: { create: 2, same: 3 }, steps: [step("create", "a:b:C", "new")] });
    const parts = [
      part("prod", emptyPreview(), { before: 100, after: 100 }),
      part("prod.p1", created, { before: 50, after: 70 }),
      part("prod.p2", created, { after: 30 }),
    ];
    const text = renderComment([{ name: "dev", preview: emptyPreview() }, ...parts]);
    assert.match(text, /^4 resources change\.$/m);
    assert.match(text, /^\| `prod`, 3 stacks \| 4 \| 0 \| 0 \| 0 \| 13 \| \$1\.50 → \$2\.00 \(\+\$0\.50\) \|$/m);
    assert.equal(text.match(/^\| `/gm)?.length, 2);
    assert.deepEqual(text.match(/^### .*/gm), ["### `prod.p1`", "### `prod.p2`"]);
    const failed = renderComment([...parts, part("prod.p3", emptyPreview({ failed: true }))]);
    assert.match(failed, /^\| ❌ `prod`, 4 stacks \| 4 \| 0 \| 0 \| 0 \| 20 \| unknown \|$/m);
  });

  it("has no column for cost when nobody estimated it, and no section for an environment that stays as it is", () => {
    const text = render(emptyPreview());
    assert.doesNotMatch(text, /Cost|###|⚠|❌/);
    assert.match(text, /^No resource changes\.$/m);
  });

  it("is loud about what is replaced, with the properties that force it", () => {
    const text = render(readPreview(fixtureText("replacement.json")));
    assert.match(text, /^49 resources change\. ⚠ 41 of them are replaced or deleted\.$/m);
    assert.match(text, /^\*\*⚠ Replaced: deleted and recreated \(41\)\*\*$/m);
    assert.match(text, /^- `vault:kv\/secretV2:SecretV2`, because of `name`: `argocd\/admin\/vault`, /m);
    assert.match(text, /^- `kubernetes:external-secrets\.io\/v1:ExternalSecret`, because a dependency is replaced: /m);
    // In sight without a click.
    assert.ok(text.indexOf("⚠ Replaced") < text.indexOf("<details>"));
  });

  it("is loud about what is deleted, and says what becomes of the object", () => {
    const text = render(
      emptyPreview({
        counts: { delete: 3 },
        steps: [
          step("delete", "a:b:C", "gone"),
          step("delete", "a:b:C", "kept", { retained: true }),
          step("delete", "a:b:C", "locked", { protected: true }),
        ],
      }),
    );
    assert.match(text, /^\*\*⚠ Deleted \(3\)\*\*$/m);
    assert.match(text, /^- `a:b:C`, no longer in the program: `gone`$/m);
    assert.match(text, /^- `a:b:C`, no longer in the program \(the object stays, but is no longer managed\): `kept`$/m);
    assert.match(text, /^- `a:b:C`, no longer in the program \(\*\*protected: the update will fail\*\*\): `locked`$/m);
  });

  it("shows the errors of a failed preview in full, and folds warnings", () => {
    const text = renderComment([{ name: "prod", preview: readPreview(fixtureText("refused.json")) }]);
    assert.match(text, /^❌ \*\*1 preview failed\.\*\*/m);
    assert.match(text, /^\| ❌ `prod` \|/m);
    assert.match(text, /^ {2}mlflow\/db-password: store vault already holds/m);
    const warning = emptyPreview({ diagnostics: [{ severity: "warning", text: "old rule" }] });
    assert.match(render(warning), /<details><summary>Warnings \(1\)<\/summary>\n\n```text\nold rule\n```/);
  });

  it("names a first preview's resources by type", () => {
    const text = render(readPreview(fixtureText("first-preview.json")));
    assert.match(text, /<summary>122 created<\/summary>/);
    assert.match(text, /^- `pulumi:index:Stash`: `argocd\/admin\/admin\.password`, /m);
  });

  it("has a marker and a title of its own for drift", () => {
    const text = renderComment([{ name: "dev", preview: emptyPreview() }], "drift");
    assert.ok(text.startsWith(`${markers.drift}\n\n## Drift\n`));
    assert.ok(!text.includes(markers.preview));
  });
});

describe("names in the comment", () => {
  const hostile = [
    "`</code>` @everyone",
    "a|b|c",
    "line\nbreak\r\n## heading",
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example) ![x](https://evil.example/x.png)",
    "<!-- multicloud-secrets: preview -->",
    "\u202Etxt.exe\u2066\u200B",
    "</details>",
    "x".repeat(5000),
  ];
  const text = renderComment([
    {
      name: "dev",
      preview: emptyPreview({
        counts: { create: hostile.length, explode: 1 },
        steps: [
          ...hostile.map((name) => step("create", "a:b:C", name)),
          ...hostile.map((name) => step("update", name, "x", { changed: [name] })),
          ...hostile.map((name) => step("replace", "a:b:C", name, { replacedFor: [name] })),
          step("ex`plode", "a:b:C", "x"),
        ],
        diagnostics: [
          { severity: "error", text: hostile.slice(0, -1).join("\n") + "\n```\n# out of the block @everyone" },
        ],
      }),
    },
  ]);

  it("stay within inline code: no mention, link, image, HTML or heading comes of them", () => {
    // What is left after all code is taken out is what GitHub renders.
    const rendered = text.replaceAll(/^```text$[\s\S]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "");
    assert.doesNotMatch(rendered, /@|\]\(|<img|evil|onerror|`/);
    assert.deepEqual(rendered.match(/^#+ .*/gm), ["## Preview of the environments", "### "]);
    assert.deepEqual(rendered.match(/<!--.*?-->/g), [markers.preview]);
    assert.equal(rendered.match(/<details>/g)?.length, rendered.match(/<\/details>/g)?.length);
  });

  it("lose marks that change how a line is read, and are cut when they are long", () => {
    assert.doesNotMatch(text, /[\u202E\u2066\u200B\r]/);
    assert.doesNotMatch(text, /x{300}/);
  });
});

describe("the size of the comment", () => {
  it("stays within GitHub's limit, and says how much was left out", () => {
    const steps = Array.from({ length: 3000 }, (_, index) =>
      step("replace", `a:b:Kind${index}`, `⚠ ${"name".repeat(20)} ${index}`, { replacedFor: ["name"] }),
    );
    const many = { name: "prod", preview: emptyPreview({ steps, counts: { replace: 3000 } }) };
    const text = renderComment([many, { ...many, name: "staging" }, { ...many, name: "dev" }]);
    assert.ok(Buffer.byteLength(text) <= maximumBytes);
    assert.match(text, /^- … and 2950 more$/m);
    assert.match(
      text,
      /^_8850 entries are left out: GitHub allows 65,536 characters\. The artifact of each environment's job holds all of it\._$/m,
    );
    assert.match(text, /^\| `prod` \| 0 \| 0 \| ⚠ \*\*3000\*\* \|/m);
  });

  it("keeps to it with messages without end", () => {
    const diagnostics = Array.from({ length: 50 }, (_, index) => ({
      severity: "error" as const,
      text: `${index} ${"word ".repeat(5000)}`,
    }));
    const text = render(emptyPreview({ diagnostics, failed: true }));
    assert.ok(Buffer.byteLength(text) <= maximumBytes);
    assert.match(text, /^… \(\d+ more characters\)$/m);
    assert.match(text, /entries are left out: GitHub allows 65,536 characters/);
  });

  it("keeps to it with hundreds of environments", () => {
    const environments = Array.from({ length: 2000 }, (_, index) => ({ name: `env${index}`, preview: emptyPreview() }));
    const text = renderComment(environments);
    assert.ok(Buffer.byteLength(text) <= maximumBytes);
    assert.match(text, /The rest is left out: GitHub allows 65,536 characters\./);
  });
});
