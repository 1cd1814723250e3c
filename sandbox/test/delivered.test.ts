import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { readDelivered } from "../delivered.ts";
import { deliveredTable } from "../terminal/delivered-table.ts";
import type { EnvironmentOutputs } from "../../stacks/outputs/index.ts";
import { startCluster, type FakeCluster } from "../../test/support/fake-cluster.ts";

const secrets = Object.fromEntries(
  ["made", "merged", "waiting"].map((name) => [
    name,
    { keys: ["password"], remoteNames: { vault: [`acme-test/shop/${name}`] }, rotatedAt: "", merged: name !== "made" },
  ]),
);
const clusters = { local: { store: "vault", secretStore: "secrets-reader" } };
const outputs = { namespaces: { shop: { clusters, secrets } } } as unknown as EnvironmentOutputs;

const ready = (name: string, reason: string) => ({
  metadata: { name, namespace: "shop" },
  status: { conditions: [{ type: "Ready", status: "True", reason }] },
});
const list = (kind: string, items: readonly object[]) => ({ kind, apiVersion: "v1", metadata: {}, items });
const secret = (name: string, data: object) => ({ metadata: { name, namespace: "shop" }, data });

describe("what arrived in the sandbox", () => {
  let cluster: FakeCluster;
  const hold = (...present: readonly object[]) => {
    const external = [
      ready("made", "SecretSynced"),
      ready("merged", "SecretSynced"),
      ready("waiting", "SecretMissing"),
    ];
    cluster.answers.set("/api/v1/namespaces/shop/secrets", list("SecretList", present));
    cluster.answers.set(
      "/apis/external-secrets.io/v1/namespaces/shop/externalsecrets",
      list("ExternalSecretList", external),
    );
  };
  beforeEach(async () => {
    cluster = await startCluster({});
  });
  afterEach(() => cluster.close());
  const both = [secret("made", { password: "" }), secret("merged", { password: "" })];
  const found = async () =>
    (await readDelivered(cluster.kubeconfig, outputs)).map(({ secret: name, synced, pending }) => [
      name,
      synced,
      pending,
    ]);

  it("does not have keys whose Secret was not there to be merged into, though the operator calls them Ready", async () => {
    hold(...both);
    assert.deepEqual(await found(), [
      ["made", true, false],
      ["merged", true, false],
      ["waiting", false, true],
    ]);
  });

  it("does not have them while the operator has not looked again, though the Secret is there by now", async () => {
    hold(...both, secret("waiting", { "of-others": "" }));
    assert.deepEqual((await found())[2], ["waiting", false, true]);
  });

  it("is shown as pending where it waits", async () => {
    hold(...both);
    const table = deliveredTable(await readDelivered(cluster.kubeconfig, outputs), new Date());
    const rows = stripVTControlCharacters(table).split("\n");
    assert.match(rows.find((row) => row.includes("waiting")) ?? "", /│ pending │/);
    assert.match(rows.find((row) => row.includes("merged")) ?? "", /│ yes +│/);
  });
});
