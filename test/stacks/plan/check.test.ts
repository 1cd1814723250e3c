import assert from "node:assert/strict";
import { planIssues } from "../../../stacks/plan/check.ts";
import type { PlanInput } from "../../../stacks/plan/contract.ts";
import { consumers, input, objects, store } from "./fixtures.ts";

const oneWorker = [{ name: "main", concurrency: 1, clientQps: 200, clientBurst: 400 }];

/** 100 Secrets of five parameters each, read by one worker: fits, but for what a test changes. */
function parameters(changes: Partial<PlanInput> = {}, layout: "bundle" | "per-key" = "per-key"): PlanInput {
  return input({
    stores: [store("aws-parameter-store", { layout, objects: objects(500) })],
    consumers: consumers(100, { reads: { standard: 4, advanced: 0 } }),
    clusters: oneWorker,
    ...changes,
  });
}

describe("checks of a plan", () => {
  it("nothing is wrong with a plan that keeps within half of every quota", () => {
    assert.deepEqual(planIssues(parameters()), []);
    assert.deepEqual(planIssues(input()), []);
  });

  it("half of the read quota is allowed, and one second less is refused with the interval that fits", () => {
    assert.deepEqual(planIssues(parameters({ refreshSeconds: 20 })), []);
    assert.deepEqual(planIssues(parameters({ refreshSeconds: 19 })), [
      {
        path: "stores.main",
        problem:
          "refreshing every 19 s is 21 calls a second, 52.6 % of the 40 that aws-parameter-store takes; planned may be 50 %",
        fix: "pulumi config set refreshSeconds 20; or pulumi config set --path 'stores.main.layout' bundle",
      },
    ]);
  });

  const at = (seconds: number, from: string) => ({ refresh: { policy: "Periodic", seconds, from } }) as const;
  const mixed = [
    ...consumers(300, at(10, "namespaces.shop.refreshSeconds")),
    ...consumers(100, at(12, "stores.main.refreshSeconds")),
    ...consumers(100, at(7200, "namespaces.till.refreshSeconds")),
    ...consumers(900, { refresh: { policy: "OnChange" } }),
  ];

  it("each interval that is too short is raised where it is set, and no other", () => {
    const plan = parameters({ consumers: mixed });
    const raised =
      "pulumi config set --path 'namespaces.shop.refreshSeconds' 21 && pulumi config set --path 'stores.main.refreshSeconds' 21";
    assert.deepEqual(planIssues(plan), [
      {
        path: "stores.main",
        problem:
          "refreshing every 10 to 7200 s is 38 calls a second, 95.9 % of the 40 that aws-parameter-store takes; planned may be 50 %",
        fix: `${raised}; or pulumi config set --path 'stores.main.layout' bundle`,
      },
      {
        path: "clusters.main",
        problem:
          "refreshing 1400 Secrets is 196 requests a second to the API server, 97.8 % of the operator's 200; planned may be 50 %",
        fix: raised,
      },
    ]);
    const fitting = mixed.map((each) =>
      each.refresh?.policy === "Periodic" && each.refresh.seconds < 21
        ? { ...each, ...at(21, each.refresh.from) }
        : each,
    );
    assert.deepEqual(planIssues({ ...plan, consumers: fitting }), []);
  });

  it("what Pods mount is read at each poll, which is raised with the intervals that are as short", () => {
    const pods = consumers(1, { reads: { standard: 900, advanced: 0 }, pollSeconds: 30 });
    const plan = parameters({ consumers: [...consumers(100), ...pods], refreshSeconds: 20 });
    const fix = (poll: number, quota: string) =>
      `${quota}pulumi config set --path 'clusters.main.secretsStoreCsi.rotationPollSeconds' ${poll}`;
    assert.deepEqual(planIssues(plan), [
      {
        path: "stores.main",
        problem:
          "what Pods mount is read again at each poll: with what the operator reads, 35 calls a second, 87.5 % of the 40 that aws-parameter-store takes; planned may be 50 %",
        fix: `pulumi config set refreshSeconds 50 && ${fix(50, "")}; or pulumi config set --path 'stores.main.layout' bundle`,
      },
    ]);
  });

  it("no poll is longer than facts take", () => {
    const pods = consumers(1, { reads: { standard: 2_000_000, advanced: 0 }, pollSeconds: 30 });
    const [issue] = planIssues(parameters({ consumers: pods }));
    assert.equal(
      issue?.fix,
      "deliver fewer Secrets via csi, or have the quota raised and say so: pulumi config set --path 'stores.main.quota.readsPerSecond' <reads per second>",
    );
  });

  it("what is read on a change only, or once, takes nothing of a mean", () => {
    const once = consumers(100_000, { refresh: { policy: "CreatedOnce" } });
    const onChange = consumers(100_000, { refresh: { policy: "OnChange" } });
    assert.deepEqual(planIssues(parameters({ consumers: [...once, ...onChange] })), []);
  });

  it("a bundle is not advised to who has it", () => {
    const [issue] = planIssues(parameters({ refreshSeconds: 19 }, "bundle"));
    assert.equal(issue?.fix, "pulumi config set refreshSeconds 20");
  });

  it("a burst beyond the read quota is refused with the concurrency that fits", () => {
    const clusters = [{ name: "main", concurrency: 10, clientQps: 200, clientBurst: 400 }];
    const reads = { standard: 2, advanced: 0 };
    assert.deepEqual(planIssues(parameters({ clusters, consumers: consumers(100, { reads }) })), [
      {
        path: "stores.main",
        problem:
          "Secrets that were made together are refreshed together: up to 200 calls in one second, and aws-parameter-store takes 40",
        fix:
          "pulumi config set --path 'clusters.main.externalSecrets.concurrency' 2; " +
          "or pulumi config set --path 'stores.main.layout' bundle; " +
          "or have the quota raised and say so: pulumi config set --path 'stores.main.quota.readsPerSecond' <reads per second>",
      },
    ]);
  });

  it("a burst that one worker makes already has no concurrency that fits", () => {
    const issues = planIssues(parameters({ consumers: consumers(100, { reads: { standard: 5, advanced: 0 } }) }));
    assert.deepEqual(issues, [
      {
        path: "stores.main",
        problem:
          "Secrets that were made together are refreshed together: up to 50 calls in one second, and aws-parameter-store takes 40",
        fix:
          "pulumi config set --path 'stores.main.layout' bundle; " +
          "or have the quota raised and say so: pulumi config set --path 'stores.main.quota.readsPerSecond' <reads per second>",
      },
    ]);
  });

  it("every cluster that reads the store is named, and no other", () => {
    const clusters = ["a", "b", "c"].map((name) => ({ name, concurrency: 10, clientQps: 200, clientBurst: 400 }));
    const readers = ["a", "b"].flatMap((cluster) => consumers(50, { cluster }));
    const [issue, ...others] = planIssues(parameters({ clusters, consumers: readers }, "bundle"));
    assert.deepEqual(others, []);
    assert.equal(
      issue?.fix,
      "pulumi config set --path 'clusters.a.externalSecrets.concurrency' 2 && " +
        "pulumi config set --path 'clusters.b.externalSecrets.concurrency' 2; " +
        "or have the quota raised and say so: pulumi config set --path 'stores.main.quota.readsPerSecond' <reads per second>",
    );
  });

  it("a raised quota lets both pass", () => {
    const quota = { readsPerSecond: 1000 };
    const stores = [store("aws-parameter-store", { layout: "per-key", objects: objects(500), quota })];
    const clusters = [{ name: "main", concurrency: 10, clientQps: 200, clientBurst: 400 }];
    assert.deepEqual(planIssues(parameters({ stores, clusters, refreshSeconds: 19 })), []);
  });

  it("half of the operator's client budget is allowed, and more is refused with the interval that fits", () => {
    const vault = { stores: [store("vault-kv", { objects: objects(1000) })], consumers: consumers(1000) };
    assert.deepEqual(planIssues(input({ ...vault, refreshSeconds: 51 })), []);
    assert.deepEqual(planIssues(input({ ...vault, refreshSeconds: 50 })), [
      {
        path: "clusters.main",
        problem:
          "refreshing 1000 Secrets is 102 requests a second to the API server, 51 % of the operator's 200; planned may be 50 %",
        fix: "pulumi config set refreshSeconds 51",
      },
    ]);
  });

  it("every problem is told at once", () => {
    const paths = planIssues(
      input({
        refreshSeconds: 1,
        stores: [store("aws-parameter-store", { objects: objects(200) })],
        consumers: consumers(200),
      }),
    ).map(({ path }) => path);
    assert.deepEqual(paths, ["stores.main", "stores.main", "clusters.main"]);
  });
});
