import assert from "node:assert/strict";
import { costOf } from "../../../stacks/plan/cost.ts";
import { makePlan, type StorePlan } from "../../../stacks/plan/plan.ts";
import type { RemoteStoreKind } from "../../../components/backends/index.ts";
import { consumers, input, objects, store } from "./fixtures.ts";

const minute = 60;
const hour = 3600;
const day = 24 * hour;

/** 1,000 secrets, one namespace, one read each, as section 1.8 of the measurements has it. */
function thousand(kind: RemoteStoreKind, changes: Parameters<typeof store>[1] = {}, refreshSeconds = hour) {
  return makePlan(
    input({
      refreshSeconds,
      stores: [store(kind, { objects: objects(1000), ...changes })],
      consumers: consumers(1000),
    }),
  );
}

function only(plan: { readonly stores: readonly StorePlan[] }): StorePlan {
  const [first, ...others] = plan.stores;
  assert.ok(first !== undefined && others.length === 0);
  return first;
}

describe("cost of 1,000 secrets in one namespace", () => {
  const rows: readonly (readonly [string, RemoteStoreKind, Parameters<typeof store>[1], number, string, string])[] = [
    ["Secrets Manager", "aws-secrets-manager", {}, minute, "400.00", "219.00"],
    ["Secrets Manager", "aws-secrets-manager", {}, hour, "400.00", "3.65"],
    ["Secrets Manager", "aws-secrets-manager", {}, day, "400.00", "0.15"],
    ["Secrets Manager, own key", "aws-secrets-manager", { customerKey: true }, minute, "400.00", "350.40"],
    ["Secrets Manager, own key", "aws-secrets-manager", { customerKey: true }, hour, "400.00", "5.84"],
    ["Secrets Manager, own key", "aws-secrets-manager", { customerKey: true }, day, "400.00", "0.24"],
    ["Secrets Manager, two replicas", "aws-secrets-manager", { locations: 3 }, hour, "1200.00", "3.65"],
    ["Parameter Store", "aws-parameter-store", {}, hour, "0.00", "2.19"],
    ["Parameter Store, own key", "aws-parameter-store", { customerKey: true }, hour, "0.00", "2.19"],
    [
      "Parameter Store, higher throughput",
      "aws-parameter-store",
      { quota: { readsPerSecond: 10_000 } },
      hour,
      "0.00",
      "5.84",
    ],
    ["Key Vault", "azure-key-vault", {}, minute, "0.00", "131.40"],
    ["Key Vault", "azure-key-vault", {}, hour, "0.00", "2.19"],
    ["Key Vault", "azure-key-vault", {}, day, "0.00", "0.09"],
    ["Secret Manager of Google", "gcp-secret-manager", {}, hour, "60.00", "2.19"],
    [
      "the same, two versions live",
      "gcp-secret-manager",
      { objects: objects(1000, { versions: 2 }) },
      hour,
      "120.00",
      "2.19",
    ],
    ["the same, three locations", "gcp-secret-manager", { locations: 3 }, hour, "180.00", "2.19"],
    ["Vault", "vault-kv", {}, minute, "0.00", "0.00"],
  ];
  for (const [what, kind, changes, interval, storage, calls] of rows) {
    it(`${what}, read every ${interval} s: $${storage} and $${calls}`, () => {
      const { storage: kept, calls: read } = costOf(thousand(kind, changes, interval));
      assert.deepEqual({ kept, read }, { kept: storage, read: calls });
    });
  }

  it("Secrets Manager takes a tenth when ten keys share an object", () => {
    const bundled = makePlan(
      input({ stores: [store("aws-secrets-manager", { objects: objects(100) })], consumers: consumers(100) }),
    );
    assert.equal(costOf(bundled).storage, "40.00");
    assert.equal(costOf(thousand("aws-secrets-manager")).total, "403.65");
    // 90 % less in storage and in calls.
    assert.equal(costOf(bundled).total, "40.37");
  });

  it("advanced parameters cost storage and interactions", () => {
    const plan = makePlan(
      input({
        stores: [store("aws-parameter-store", { objects: objects(1000, { size: "advanced" }) })],
        consumers: consumers(1000, { reads: { standard: 0, advanced: 1 } }),
      }),
    );
    assert.deepEqual(costOf(plan), {
      currency: "USD",
      pricesReadOn: "2026-11-22",
      storage: "50.00",
      calls: "5.84",
      total: "55.84",
      stores: { main: { storage: "50.00", calls: "5.84", total: "55.84" } },
    });
  });

  it("what somebody else owns is read and not paid for", () => {
    const plan = thousand("aws-secrets-manager", { objects: objects(1000, { referenced: true }) });
    assert.equal(costOf(plan).storage, "0.00");
    assert.equal(costOf(plan).calls, "3.65");
    assert.equal(plan.firstUpSeconds, 0);
  });
});

describe("calls", () => {
  for (const [interval, month] of [
    [minute, 43_800_000],
    [hour, 730_000],
    [day, 30_417],
  ] as const) {
    it(`1,000 reads every ${interval} s are ${month} a month`, () => {
      assert.equal(only(thousand("vault-kv", {}, interval)).callsPerMonth, month);
    });
  }

  it("the mean, the burst and their shares of the quota follow from readers, interval and workers", () => {
    const plan = makePlan(
      input({
        refreshSeconds: 300,
        stores: [store("aws-parameter-store", { objects: objects(60) })],
        consumers: consumers(60, { reads: { standard: 5, advanced: 0 } }),
        clusters: [{ name: "main", concurrency: 1, clientQps: 50, clientBurst: 100 }],
      }),
    );
    const { readsPerRefresh, callsPerSecond, burstCallsPerSecond, readQuota, readShare, burstShare } = only(plan);
    assert.deepEqual(
      { readsPerRefresh, callsPerSecond, burstCallsPerSecond, readQuota, readShare, burstShare },
      // One worker syncs ten in a second.
      {
        readsPerRefresh: 300,
        callsPerSecond: 1,
        burstCallsPerSecond: 50,
        readQuota: 40,
        readShare: 0.025,
        burstShare: 1.25,
      },
    );
  });

  it("is the sum over intervals, to which what is read on a change only or once adds nothing but its burst", () => {
    const every = (seconds: number) =>
      ({ refresh: { policy: "Periodic", seconds, from: "stores.main.refreshSeconds" } }) as const;
    const plan = makePlan(
      input({
        stores: [store("aws-secrets-manager", { objects: objects(4000) })],
        consumers: [
          ...consumers(1000, every(minute)),
          ...consumers(1000), // the environment's hour
          ...consumers(1000, { refresh: { policy: "OnChange" } }),
          ...consumers(1000, { refresh: { policy: "CreatedOnce" } }),
        ],
      }),
    );
    const { callsPerMonth, callsPerSecond, externalSecrets, readsPerRefresh, cost } = only(plan);
    assert.deepEqual([externalSecrets, readsPerRefresh], [4000, 4000]);
    assert.equal(callsPerMonth, 43_800_000 + 730_000);
    assert.equal(callsPerSecond, 1000 / 60 + 1000 / 3600);
    assert.equal(cost.calls.toFixed(2), "222.65"); // 219.00 and 3.65
    assert.deepEqual(plan.refresh, { seconds: { shortest: minute, longest: hour }, onChange: 1000, createdOnce: 1000 });
    assert.equal(plan.clusters[0]?.requestsPerSecond, (51 * 1000) / 600 + (51 * 1000) / 36_000);
  });

  it("a burst is never more than everything", () => {
    const plan = makePlan(
      input({ stores: [store("aws-parameter-store", { objects: objects(3) })], consumers: consumers(3) }),
    );
    assert.equal(only(plan).burstCallsPerSecond, 3);
  });

  it("the client's budget limits a burst", () => {
    const plan = makePlan(
      input({
        stores: [store("azure-key-vault", { objects: objects(500) })],
        consumers: consumers(500),
        clusters: [{ name: "main", concurrency: 50, clientQps: 50, clientBurst: 100 }],
      }),
    );
    // (50 + 100) / 5.1
    assert.equal(only(plan).burstCallsPerSecond, 29);
  });

  it("clusters refresh at the same time", () => {
    const plan = makePlan(
      input({
        stores: [store("azure-key-vault", { objects: objects(20) })],
        consumers: [...consumers(20), ...consumers(20, { cluster: "second" })],
        clusters: ["main", "second"].map((name) => ({ name, concurrency: 1, clientQps: 200, clientBurst: 400 })),
      }),
    );
    assert.equal(only(plan).burstCallsPerSecond, 20);
  });

  it("a store without a quota has no shares", () => {
    const { readShare, burstShare, readQuota, writeQuota } = only(thousand("vault-kv"));
    assert.deepEqual([readShare, burstShare, readQuota, writeQuota], [undefined, undefined, undefined, undefined]);
  });

  it("a quota that the account was raised to counts in place of the vendor's", () => {
    const { readQuota, readShare } = only(thousand("aws-parameter-store", { quota: { readsPerSecond: 1000 } }, 1));
    assert.deepEqual({ readQuota, readShare }, { readQuota: 1000, readShare: 1 });
  });
});

describe("duration of the first up of 1,000 objects", () => {
  for (const [kind, seconds] of [
    ["aws-parameter-store", 334],
    ["gcp-secret-manager", 200],
    ["azure-key-vault", 34],
    ["aws-secrets-manager", 20],
    ["vault-kv", 0],
  ] as const) {
    it(`${kind}: at least ${seconds} s`, () => assert.equal(thousand(kind).firstUpSeconds, seconds));
  }

  it("is that of the slowest store, since stores are written side by side", () => {
    const plan = makePlan(
      input({
        stores: [
          store("aws-parameter-store", { objects: objects(30) }),
          store("azure-key-vault", { name: "second", objects: objects(30) }),
        ],
      }),
    );
    assert.equal(plan.firstUpSeconds, 10);
  });
});

describe("load of an operator", () => {
  it("is 5.1 requests for each refresh, as a share of its client's budget", () => {
    const [cluster] = makePlan(input({ refreshSeconds: 10, consumers: consumers(100) })).clusters;
    assert.deepEqual(cluster, {
      name: "main",
      externalSecrets: 100,
      concurrency: 10,
      requestsPerSecond: 51,
      clientQps: 200,
      share: 0.255,
      syncsPerSecond: 100,
    });
  });
});
