import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseDocument } from "yaml";
import { reportPage } from "../../operations/report/html/page.ts";
import { withLastSync } from "../../operations/report/last-sync.ts";
import { reportOf } from "../../operations/report/report.ts";
import { loadStack } from "../../preview/preview.ts";
import { startBrowser } from "../support/browser.ts";
import { root } from "../support/project.ts";

/**
 * Makes `docs/images/report-light.png` and `report-dark.png`: the page of `secrets report prod --live --html` on a day on which
 * some secrets are rotated, some are due soon and some are overdue. Run it after a change of the page:
 *
 *     node --no-warnings test/docs/report-images.ts
 */

const asOf = "2027-02-25";
const rotations = {
  "mlflow/db-password": "2026-12-20",
  "deparrow/postgres": "2027-01-10",
  "grafana/admin": "2027-01-28",
  "minio/root": "2027-02-01",
};
/** What its cluster would answer: the operator read the store within the last hour, each Secret at another minute. */
const syncedAt = (minute: number) => `${asOf}T08:${String(minute).padStart(2, "0")}:00Z`;

async function page(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "report-images-"));
  try {
    await cp(path.join(root, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    const facts = parseDocument(await readFile(path.join(root, "Pulumi.prod.yaml"), "utf8"));
    facts.setIn(["config", "multicloud-secrets:rotations"], rotations);
    await writeFile(path.join(folder, "Pulumi.prod.yaml"), facts.toString());
    const environment = await loadStack({ root: folder, stack: "prod", now: new Date(asOf) });
    const described = reportOf({ environment, stack: "prod", asOf });
    const names = described.secrets.flatMap(({ consumers }) => consumers.map(({ secret }) => secret));
    const unasked = () => Promise.reject(new Error("the report asks for ExternalSecrets alone"));
    const report = await withLastSync(described, () => ({
      version: unasked,
      issuer: unasked,
      servedVersions: unasked,
      get: unasked,
      events: unasked,
      list: () =>
        Promise.resolve({
          value: names.map((name, index) => ({
            metadata: { name },
            status: { refreshTime: syncedAt((index * 7) % 60) },
          })) as never,
        }),
    }));
    return reportPage(report);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const folder = await mkdtemp(path.join(tmpdir(), "report-images-"));
const browser = await startBrowser();
try {
  const file = path.join(folder, "report.html");
  await writeFile(file, await page());
  for (const scheme of ["light", "dark"]) {
    const tab = await browser.newPage();
    await tab.setViewport({ width: 1900, height: 1300, deviceScaleFactor: 1 });
    await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await tab.goto(pathToFileURL(file).href);
    await tab.screenshot({ path: path.join(root, `docs/images/report-${scheme}.png`) });
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}
