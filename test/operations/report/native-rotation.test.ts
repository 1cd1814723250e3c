import assert from "node:assert/strict";
import type { NativeRotation, NotAsked, StoreExaminer, Told } from "../../../components/backends/examiner.ts";
import { reportText } from "../../../cli/text/report.ts";
import { reportPage } from "../../../operations/report/html/page.ts";
import { withNativeRotation } from "../../../operations/report/native-rotation.ts";
import { reportOf } from "../../../operations/report/report.ts";
import { environment, facts } from "../../support/fixtures.ts";

const aws = { kind: "aws-secrets-manager", region: "eu-central-1", accountId: "111122223333" };
const spec = environment({
  facts: {
    ...facts,
    stores: { aws },
    clusters: { main: { ...facts.clusters.main, issuer: "https://issuer.example" } },
    namespaces: { shop: { cluster: "main", store: "aws" } },
    reference: { "shop/db": true },
  },
});

const asked: string[] = [];
const examiner = (answer: Told<NativeRotation | undefined>): StoreExaminer => ({
  store: () => Promise.reject(new Error("not asked")),
  reader: () => Promise.reject(new Error("not asked")),
  object: () => Promise.reject(new Error("not asked")),
  rotation: ({ name }) => {
    asked.push(name);
    return Promise.resolve(answer);
  },
});

const reported = async (store: StoreExaminer | NotAsked) =>
  withNativeRotation(reportOf({ environment: spec, stack: "test", asOf: "2026-03-01" }), spec, () =>
    Promise.resolve(store),
  );

describe("a rotation that the store carries out itself", () => {
  it("is told with its cadence and its next day", async () => {
    const report = await reported(
      examiner({ value: { by: "AWS (rds)", everyDays: 7, next: new Date("2026-03-05T12:00:00Z") } }),
    );
    assert.deepEqual(report.secrets[0]?.stores[0]?.nativeRotation, {
      by: "AWS (rds)",
      everyDays: 7,
      nextOn: "2026-03-05",
    });
    assert.match(reportText(report), /referenced, rotated by AWS \(rds\) every 7 days, next by 2026-03-05/);
    assert.deepEqual(asked, ["acme-test/shop/db"]);
  });

  it("is not mentioned where there is none, or nothing is there", async () => {
    for (const answer of [{ value: undefined }, { absent: true }] as const) {
      const report = await reported(examiner(answer));
      assert.equal("nativeRotation" in (report.secrets[0]?.stores[0] ?? {}), false);
    }
  });

  it("is unknown where the store was not asked or refused, which fails nothing", async () => {
    const report = await reported({ reason: "Could not load credentials from any providers" });
    assert.ok(
      reportText(report).endsWith(
        "Not told by the store whether it rotates:\n  aws: Could not load credentials from any providers: shop/db\n",
      ),
    );
    assert.match(
      reportPage(report),
      /<p class="quiet">Not told by the store whether it rotates: aws: Could not load credentials from any providers: shop\/db<\/p>/,
    );
  });
});
