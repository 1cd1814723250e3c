import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { reportText } from "../../cli/text/report.ts";
import { reportPage } from "../../operations/report/html/page.ts";
import { reportOf } from "../../operations/report/report.ts";
import { reportSchema } from "../../operations/report/schema.ts";
import { environment } from "../support/fixtures.ts";
import { root } from "../support/project.ts";
import { secrets } from "./command-line.ts";

describe("npx secrets report", () => {
  it("prints what its page shows, with exit code 1 where a secret is overdue", async () => {
    const { code, stdout, stderr } = await secrets("report", "dev", "--as-of", "2027-02-21");
    assert.deepEqual({ code, stderr }, { code: 1, stderr: "" });
    const page = await readFile(path.join(root, "docs/report.md"), "utf8");
    assert.ok(page.includes(`\`\`\`\n${withoutCommands(stdout)}\`\`\``), stdout);
  });

  it("exits with 0 where none is, and prints data that its schema describes", async () => {
    const { code, stdout, stderr } = await secrets("report", "--stack", "prod", "--as-of", "2027-02-20", "--json");
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const { stack, asOf, overdue, secrets: reported } = reportSchema.parse(JSON.parse(stdout));
    assert.deepEqual({ stack, asOf, overdue }, { stack: "prod", asOf: "2027-02-20", overdue: 0 });
    assert.deepEqual(
      reported.find(({ id }) => id === "model-server/admin-token")?.stores.map(({ store, role }) => [store, role]),
      [
        ["aws", "written"],
        ["gcp", "written"],
      ],
    );
  });

  it("says of clusters that do not answer --live that the last sync is unknown, once", () => {
    const report = reportOf({ environment: environment(), stack: "test", asOf: "2026-03-02" });
    const secrets = report.secrets.map((each) => ({
      ...each,
      consumers: each.consumers.map((consumer) => ({ ...consumer, lastSync: { unknown: "connection refused" } })),
    }));
    const text = reportText({ ...report, secrets });
    assert.ok(text.includes("│ shop/shop-db, last sync unknown │"), text);
    assert.ok(text.endsWith("\n\nLast sync unknown:\n  main: connection refused: shop/shop-db\n"), text);
    assert.ok(
      reportPage({ ...report, secrets }).includes(
        '<p class="quiet">Last sync unknown: main: connection refused: shop/shop-db</p>',
      ),
    );
  });

  it("writes a page over its own, with the same exit code, and over nothing else", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "report-"));
    const file = path.join(folder, "report.html");
    const words = ["report", "dev", "--as-of", "2027-02-21", "--html", file];
    const written = {
      code: 1,
      stdout: `dev on 2027-02-21: 12 secrets, 9 overdue. The stores cost about 0.06 USD a month.\n${file} is written\n`,
      stderr: "",
    };
    assert.deepEqual(await secrets(...words), written);
    const page = await readFile(file, "utf8");
    assert.match(page, /^<!doctype html>\n/);
    assert.deepEqual(await secrets(...words), written);
    assert.equal(await readFile(file, "utf8"), page);
    await writeFile(file, "<h1>somebody's</h1>");
    assert.deepEqual(await secrets(...words), {
      code: 2,
      stdout: "",
      stderr: `${file}: not written by this command, and would be overwritten. Nothing was changed.\n    fix: move it, or name another file (--html)\n`,
    });
    assert.equal(await readFile(file, "utf8"), "<h1>somebody's</h1>");
    const nowhere = path.join(folder, "none/report.html");
    assert.deepEqual(await secrets("report", "dev", "--html", nowhere), {
      code: 2,
      stdout: "",
      stderr: `${nowhere}: can't be written (ENOENT)\n    fix: name a file in a folder that exists, and that you may write to (--html)\n`,
    });
    assert.deepEqual(await readdir(folder), ["report.html"]);
    await rm(folder, { recursive: true });
  });

  it("refuses what is no date, no environment, or two", async () => {
    const refused = { code: 2, stdout: "" };
    const day = new Date().toISOString().slice(0, 10);
    assert.deepEqual(await secrets("report", "dev", "--as-of", "2027-02-30"), {
      ...refused,
      stderr: `--as-of is "2027-02-30", which is no date.\n    fix: give one as YYYY-MM-DD, such as ${day}\n`,
    });
    assert.deepEqual(await secrets("report", "dev", "--stack", "prod"), {
      ...refused,
      stderr: "A report is of one environment, and both dev and prod are named.\n    fix: name one\n",
    });
    const { code, stdout, stderr } = await secrets("report", "shop");
    assert.deepEqual({ code, stdout }, refused);
    assert.match(stderr, /Pulumi\.shop\.yaml: does not exist; there are dev, /);
  });

  it("gives the command that rotates what is overdue", () => {
    const text = reportText(reportOf({ environment: environment(), stack: "test", asOf: "2026-06-02" }));
    assert.equal(
      text,
      [
        "test on 2026-06-02: 1 secret, 1 overdue. The stores cost about 0.00 USD a month.",
        "",
        "┌─────────┬────────────────────┬─────────┬─────────────────────────────┬───────────────┬──────────────┬───────────┐",
        "│ secret  │ age                │   every │ due                         │ stores        │ delivered to │ USD/month │",
        "├─────────┼────────────────────┼─────────┼─────────────────────────────┼───────────────┼──────────────┼───────────┤",
        "│ shop/db │ 122 days (created) │ 90 days │ 2026-05-01, 32 days OVERDUE │ vault, bundle │ shop/shop-db │      0.00 │",
        "└─────────┴────────────────────┴─────────┴─────────────────────────────┴───────────────┴──────────────┴───────────┘",
        "",
        "Overdue:",
        "  shop/db: npx secrets rotate shop/db --stack test (first read docs/rotation.md where another system keeps a copy of the value)",
        "",
      ].join("\n"),
    );
  });
});

/** The report without commands, which name the day of the run: the page's day may be over by now. */
function withoutCommands(text: string): string {
  return text.replace(/\n\nOverdue:\n[^]*$/, "\n");
}
