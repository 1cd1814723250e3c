import assert from "node:assert/strict";
import { reportText } from "../../../cli/text/report.ts";
import { cli } from "../support/cli.ts";
import { liveReport } from "../support/live-report.ts";
import { deployShared, shared } from "../support/shared-small-stack.ts";
import { succeed } from "../support/stacks.ts";

describe("the report, asking what runs", () => {
  before(deployShared);
  after(async () => {
    await succeed("up", shared, { refresh: true });
  });

  it("tells when each Secret was synced last, as the cluster says", async () => {
    const { secrets } = await liveReport(shared);
    const syncs = secrets.flatMap(({ consumers }) => consumers.map(({ lastSync }) => lastSync?.at));
    assert.equal(syncs.length, 5);
    for (const at of syncs) assert.ok(Math.abs(Date.now() - Date.parse(at ?? "")) < 24 * 3_600_000, at);
  });

  it("says that it does not know it of an ExternalSecret that is gone, and goes on", async () => {
    const { code, output } = await cli("kubectl", ["delete", "externalsecret", "secret-0", "--namespace=shared"]);
    assert.equal(code, 0, output);
    const report = await liveReport(shared);
    assert.match(
      reportText(report),
      /Last sync unknown:\n {2}local: there is no ExternalSecret of this name: shared\/secret-0\n$/,
    );
  });
});
