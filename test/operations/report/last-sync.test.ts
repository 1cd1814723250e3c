import assert from "node:assert/strict";
import { withLastSync } from "../../../operations/report/last-sync.ts";
import { reportOf } from "../../../operations/report/report.ts";
import { reportSchema } from "../../../operations/report/schema.ts";
import { consumerText, untold } from "../../../operations/report/words.ts";
import { environment, facts } from "../../support/fixtures.ts";
import { minutesAgo, readerOf, soundWorld, the, type World } from "../doctor/scene.ts";

describe("the last sync of each Secret", () => {
  const report = reportOf({ environment: environment(), stack: "test", asOf: "2026-03-01" });

  /** What a report says of its Secrets after it asked a cluster. */
  async function told(world: World) {
    const asked: string[] = [];
    const live = await withLastSync(report, (cluster) => {
      asked.push(cluster);
      return readerOf(world);
    });
    assert.deepEqual(asked, ["main"]);
    assert.deepEqual(reportSchema.parse(live), live);
    const lines = live.secrets.flatMap(({ consumers }) =>
      consumers.map((each) => consumerText(each, { withCluster: false })),
    );
    return [...lines, ...untold(live).flatMap((each) => each.lines)];
  }

  it("is the time of the operator's last read that succeeded", async () => {
    const world = soundWorld();
    the(world, "ExternalSecret").status = { refreshTime: minutesAgo(2) };
    assert.deepEqual(await told(world), ["shop/shop-db, synced 2026-03-01 11:58 UTC"]);
  });

  it("is unknown where it never was, where there is no ExternalSecret, and where the cluster does not say", async () => {
    const never = soundWorld();
    the(never, "ExternalSecret").status = {};
    assert.deepEqual(await told(never), ["shop/shop-db, last sync unknown", "main: it was never synced: shop/shop-db"]);
    const without = soundWorld();
    without.objects.ExternalSecret = [];
    assert.deepEqual(await told(without), [
      "shop/shop-db, last sync unknown",
      "main: there is no ExternalSecret of this name: shop/shop-db",
    ]);
    const refused = soundWorld();
    refused.refused.add("ExternalSecret");
    assert.deepEqual(await told(refused), [
      "shop/shop-db, last sync unknown",
      "main: ExternalSecret is forbidden: shop/shop-db",
    ]);
  });

  it("is not asked for where nothing is synced", async () => {
    const plain = environment({
      facts: { ...facts, stores: {}, namespaces: { shop: { cluster: "main", via: "plain" } } },
    });
    const described = reportOf({ environment: plain, stack: "test", asOf: "2026-03-01" });
    const live = await withLastSync(described, () => assert.fail("a cluster was asked"));
    assert.deepEqual(live, described);
  });
});
