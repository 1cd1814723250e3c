import assert from "node:assert/strict";
import path from "node:path";
import { reportText } from "../../../cli/text/report.ts";
import { kubernetesReader } from "../../../operations/doctor/kubernetes.ts";
import { openExaminer } from "../../../operations/doctor/stores.ts";
import { withLastSync } from "../../../operations/report/last-sync.ts";
import { withNativeRotation } from "../../../operations/report/native-rotation.ts";
import { reportOf } from "../../../operations/report/report.ts";
import { connectionEnvironment } from "../../../sandbox/connection.ts";
import { loadStack } from "../../../preview/preview.ts";
import { environments } from "../../../stacks/environments/index.ts";
import { sandbox } from "../../../stacks/environments/sandbox.ts";
import { cli } from "../support/cli.ts";
import { connection } from "../support/platform.ts";
import { deployShared, shared } from "../support/shared-small-stack.ts";
import { succeed, transcripts } from "../support/stacks.ts";

/** What `npx secrets report --live` puts together of the shared stack. */
async function liveReport() {
  const { stack = "", catalogue } = shared;
  const root = path.join(connection().root, "project");
  const env = { ...process.env, ...connectionEnvironment(connection()) };
  const environment = await loadStack({
    root,
    stack,
    ...(catalogue === undefined ? {} : { catalogue }),
    policies: { ...environments, [stack]: sandbox },
  });
  const described = reportOf({ environment, stack, asOf: new Date().toISOString().slice(0, 10) });
  const open = (store: Parameters<typeof openExaminer>[0]) => openExaminer(store, (name) => env[name]);
  const report = await withLastSync(await withNativeRotation(described, environment, open), (name) =>
    kubernetesReader(environment.clusters.get(name)?.spec ?? {}),
  );
  transcripts.push({ title: "report of shared", text: reportText(report) });
  return report;
}

describe("the report, asking what runs", () => {
  before(deployShared);
  after(async () => {
    await succeed("up", shared, { refresh: true });
  });

  it("tells when each Secret was synced last, as the cluster says", async () => {
    const { secrets } = await liveReport();
    const syncs = secrets.flatMap(({ consumers }) => consumers.map(({ lastSync }) => lastSync?.at));
    assert.equal(syncs.length, 5);
    for (const at of syncs) assert.ok(Math.abs(Date.now() - Date.parse(at ?? "")) < 24 * 3_600_000, at);
  });

  it("says that it does not know it of an ExternalSecret that is gone, and goes on", async () => {
    const { code, output } = await cli("kubectl", ["delete", "externalsecret", "secret-0", "--namespace=shared"]);
    assert.equal(code, 0, output);
    const report = await liveReport();
    assert.match(
      reportText(report),
      /Last sync unknown:\n {2}local: there is no ExternalSecret of this name: shared\/secret-0\n$/,
    );
  });
});
