import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { reportPage } from "../../../operations/report/html/page.ts";
import { reportOf } from "../../../operations/report/report.ts";
import type { Report, ReportedSecret } from "../../../operations/report/schema.ts";
import { loadStack } from "../../../preview/preview.ts";
import { noBrowser, startBrowser } from "../../support/browser.ts";
import { root } from "../../support/project.ts";
import { lowContrasts, type Contrasts } from "./contrast.ts";

const reason = noBrowser();

describe(`the report as a page${reason === undefined ? "" : ` (skipped: ${reason})`}`, function () {
  let folder = "";
  let browser: Browser;
  let report: Report;
  before(async function () {
    if (reason !== undefined) return this.skip();
    folder = await mkdtemp(path.join(tmpdir(), "report-page-"));
    report = reportOf({ environment: await loadStack({ root, stack: "prod" }), stack: "prod", asOf: "2027-02-21" });
    report = withStates(report);
    browser = await startBrowser();
  });
  after(async () => {
    if (reason !== undefined) return;
    await browser.close();
    await rm(folder, { recursive: true });
  });

  /** Opens a report from the disk. */
  async function opened(what: Report): Promise<{ readonly page: Page; readonly requests: readonly string[] }> {
    const file = path.join(folder, "report.html");
    await writeFile(file, reportPage(what));
    const page = await browser.newPage();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, requests };
  }

  it("lists every secret, what is due first at the top", async () => {
    const { page } = await opened(report);
    assert.deepEqual(
      await column(page, 0),
      report.secrets.map(({ id }) => id),
    );
    assert.equal(await sorted(page), "Due ascending");
    await page.close();
  });

  it("sorts by the column whose head is pressed, numbers as numbers, empty cells last, and back", async () => {
    const { page } = await opened(report);
    const ids = report.secrets.map(({ id }) => id);
    await press(page, "Secret");
    assert.deepEqual(await column(page, 0), [...ids].sort());
    await press(page, "Secret");
    assert.deepEqual(await column(page, 0), [...ids].sort().reverse());
    assert.equal(await sorted(page), "Secret descending");
    await press(page, "Every");
    const cadences = (await column(page, 3)).map((text) => (text === "" ? undefined : Number.parseInt(text)));
    assert.deepEqual(cadences, [9, 30, 90, 90, 90, 90, 90, 90, 90, undefined, undefined, undefined]);
    await press(page, "Every");
    assert.deepEqual((await column(page, 3)).slice(-4), ["9 days", "", "", ""]);
    await page.close();
  });

  it("shows what the filter names, in table, timeline and pictures", async () => {
    const { page } = await opened(report);
    await page.type("#filter", "MLFLOW tracking");
    assert.deepEqual(await column(page, 0), ["mlflow/tracking"]);
    assert.equal(await inPage(page, 'document.querySelector("#count").textContent'), "1 of 12 secrets");
    const applications = () =>
      inPage<string[]>(
        page,
        '[...document.querySelectorAll("[data-application]:not(tr):not([hidden])")].map((each) => each.localName + " " + each.dataset.application)',
      );
    assert.deepEqual(await applications(), ["g mlflow", "figure mlflow"]);
    await page.click("#filter", { count: 3 });
    await page.keyboard.press("Backspace");
    assert.equal((await column(page, 0)).length, 12);
    assert.equal((await applications()).length, 7 + 8);
    await page.close();
  });

  it("has a mark for each application and day on which secrets are due, with their number", async () => {
    const { page } = await opened(report);
    const marks = await inPage<string[][]>(
      page,
      `[...document.querySelectorAll("g.due")].map((each) => [
        each.querySelector("title").textContent,
        each.querySelector("circle").getAttribute("class"),
        each.querySelector("text").textContent,
      ])`,
    );
    assert.equal(marks.length, 8);
    assert.deepEqual(
      marks.filter(([title]) => title?.includes("deparrow")),
      [["2027-02-20, 1 day OVERDUE: deparrow/postgres, deparrow/redis", "mark overdue", "2"]],
    );
    assert.deepEqual(
      marks.filter(([title]) => title?.includes("mlflow")),
      [
        ["2027-02-20, 1 day OVERDUE: mlflow/db-password", "mark overdue", "1"],
        ["2027-03-01, in 8 days: mlflow/tracking", "mark due-soon", "1"],
      ],
    );
    await page.close();
  });

  it("pictures the way from an application to whoever reads its store", async () => {
    const { page } = await opened(report);
    const figure = 'figure[data-application="huggingface"]';
    const texts = await textsOf(page, `${figure} svg g text`);
    assert.deepEqual(texts, [
      "huggingface",
      "eks: private-ai-demo/huggingface-token",
      "gke: private-ai-demo/huggingface-token",
      "aws",
      "gcp",
      "eks: ServiceAccount private-ai-demo/secrets-reader",
      "gke: ServiceAccount private-ai-demo/secrets-reader",
    ]);
    assert.equal((await textsOf(page, `${figure} path.edge`)).length, 6);
    await page.close();
  });

  for (const scheme of ["light", "dark"] as const) {
    it(`is legible in ${scheme}: every text has a contrast of 4.5 at least`, async () => {
      const { page } = await opened(report);
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      const { texts, low, page: background } = await inPage<Contrasts>(page, lowContrasts);
      assert.deepEqual(low, []);
      assert.ok(texts > 150, `${texts} texts were looked at`);
      assert.equal(background, scheme === "light" ? "rgb(255, 255, 255)" : "rgb(13, 17, 23)");
      await page.close();
    });
  }

  it("asks for nothing but itself", async () => {
    const { page, requests } = await opened(report);
    await press(page, "Secret");
    await page.type("#filter", "mlflow");
    assert.deepEqual(requests, [pathToFileURL(path.join(folder, "report.html")).href]);
    await page.close();
  });

  it("has a policy that lets nothing be loaded, sent or run", async () => {
    const asked: string[] = [];
    const server = createServer(({ url = "" }, response) => {
      asked.push(url);
      response.end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { page } = await opened(report);
    assert.deepEqual(await inPage(page, attempts(port)), ["connect-src", "frame-src", "img-src", "script-src-elem"]);
    assert.equal(await page.title(), "Secrets of prod on 2027-02-21");
    assert.deepEqual(asked, []);

    // The same is done by a page without it.
    const open = path.join(folder, "open.html");
    await writeFile(open, reportPage(report).replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""));
    await page.goto(pathToFileURL(open).href);
    assert.deepEqual(await inPage(page, attempts(port)), []);
    assert.equal(await page.title(), "changed");
    assert.deepEqual(asked.sort(), ["/fetch", "/iframe", "/img"]);
    await page.close();
    server.close();
  });

  it("shows names as text, whatever is in them", async () => {
    const bad = `<script>document.title="run"</script>`;
    const worse = `"><img src=x onerror='document.title="run"'>&amp;\u{202e}`;
    const { page } = await opened(hostile(report, { bad, worse }));
    assert.equal(await page.title(), "Secrets of prod on 2027-02-21");
    assert.equal((await textsOf(page, "script, img")).length, 1);
    assert.equal((await column(page, 0))[0], bad);
    assert.equal((await column(page, 1))[0], String.raw`"><img src=x onerror='document.title="run"'>&amp;\u{202e}`);
    const text = await inPage<string>(page, "document.body.textContent");
    assert.ok(text.includes(`${bad}, bundle`) && text.includes(`${bad}/${bad}`), text);
    await press(page, "Secret");
    await page.type("#filter", "<script>");
    assert.deepEqual(await column(page, 0), [bad]);
    await page.close();
  });
});

/** Tries to send, load and run something; the directives that kept it from that, by name. */
function attempts(port: number): string {
  return `(async () => {
    const found = [];
    const place = "http://127.0.0.1:${port}/";
    document.addEventListener("securitypolicyviolation", (event) => found.push(event.effectiveDirective));
    await fetch(place + "fetch", { mode: "no-cors" }).catch(() => undefined);
    for (const tag of ["img", "iframe"]) {
      const element = document.createElement(tag);
      element.src = place + tag;
      document.body.append(element);
    }
    const script = document.createElement("script");
    script.textContent = "document.title = 'changed'";
    document.body.append(script);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return found.sort();
  })()`;
}

/** The report with other states and cadences than those of one day. */
function withStates(report: Report): Report {
  const changes: Readonly<Record<string, Partial<ReportedSecret["rotation"]>>> = {
    "mlflow/tracking": { state: "due-soon", dueOn: "2027-03-01", dueInDays: 8, everyDays: 9 },
    "model-registry/db": { state: "scheduled", dueOn: "2027-05-01", dueInDays: 69, everyDays: 30 },
    "huggingface/token": { state: "unknown" },
  };
  const secrets = report.secrets.map((each) => ({ ...each, rotation: { ...each.rotation, ...changes[each.id] } }));
  const key = ({ id, rotation: { dueOn = "9999" } }: ReportedSecret) => `${dueOn} ${id}`;
  return { ...report, secrets: secrets.sort((one, other) => (key(one) < key(other) ? -1 : 1)) };
}

/** The report whose first secret has names that nobody should have. */
function hostile(report: Report, { bad, worse }: { readonly bad: string; readonly worse: string }): Report {
  const [first, ...rest] = report.secrets;
  assert.ok(first);
  const [store] = first.stores;
  const [consumer] = first.consumers;
  assert.ok(store !== undefined && consumer !== undefined);
  const changed = {
    ...first,
    id: bad,
    application: worse,
    stores: [{ ...store, store: bad }],
    consumers: [
      {
        ...consumer,
        namespace: bad,
        secret: bad,
        store: worse,
        identity: { login: "service-account", account: worse },
      },
    ],
    rotation: { ...first.rotation, fix: bad },
  } satisfies ReportedSecret;
  return { ...report, secrets: [changed, ...rest] };
}

/** What an expression is in the browser. */
async function inPage<T>(page: Page, expression: string): Promise<T> {
  return (await page.evaluate(expression)) as T;
}

function textsOf(page: Page, selector: string): Promise<readonly string[]> {
  return inPage(page, `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => each.textContent)`);
}

/** Texts of a column, of the rows that are shown. */
function column(page: Page, index: number): Promise<readonly string[]> {
  return textsOf(page, `tbody tr:not([hidden]) > td:nth-child(${index + 1})`);
}

async function press(page: Page, head: string): Promise<void> {
  const buttons = await page.$$("th button");
  const at = (await textsOf(page, "th button")).indexOf(head);
  assert.ok(at >= 0, `no column is called ${head}`);
  await buttons[at]?.click();
}

async function sorted(page: Page): Promise<string> {
  return inPage(
    page,
    '[...document.querySelectorAll("th[aria-sort]")].map((each) => each.textContent + " " + each.ariaSort).join()',
  );
}
