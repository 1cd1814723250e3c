import assert from "node:assert/strict";
import { kubernetesRequests, requestsBetween, total, vaultRequests } from "../../bench/counters.ts";

describe("requests that the bench counts", () => {
  it("are the API server's by verb and kind, without watches, lists and leases", () => {
    const metrics = [
      "# HELP apiserver_request_total Counter",
      'apiserver_request_total{code="201",resource="externalsecrets",subresource="",verb="PATCH"} 100',
      'apiserver_request_total{code="200",resource="externalsecrets",subresource="",verb="PATCH"} 20',
      'apiserver_request_total{code="200",resource="externalsecrets",subresource="status",verb="PATCH"} 7',
      'apiserver_request_total{code="200",resource="secrets",subresource="",verb="LIST"} 1000',
      'apiserver_request_total{code="200",resource="secrets",subresource="",verb="WATCH"} 1000',
      'apiserver_request_total{code="200",resource="leases",subresource="",verb="PUT"} 1000',
      'apiserver_request_duration_seconds_count{resource="secrets",verb="GET"} 1000',
    ].join("\n");
    assert.deepEqual(kubernetesRequests(metrics), { "PATCH externalsecrets": 120, "PATCH externalsecrets/status": 7 });
  });

  it("are Vault's, the operator's apart from the program's, without names of secrets", () => {
    const line = (operation: string, path: string, display_name = "token") =>
      JSON.stringify({ type: "request", auth: { display_name }, request: { operation, path } });
    const audit = [
      line("update", "secret/data/shop/database"),
      line("update", "secret/metadata/shop/database"),
      line("update", "auth/kubernetes/login", ""),
      line("read", "secret/data/shop/database", "kubernetes-shop-reader"),
      line("create", "sys/policies/acl/shop"),
      JSON.stringify({ type: "response", request: { operation: "update", path: "secret/data/shop/database" } }),
    ].join("\n");
    assert.deepEqual(vaultRequests(audit), {
      vaultByReaders: { "update login": 1, "read data": 1 },
      vaultByProgram: { "update data": 1, "update metadata": 1, "create sys/policies": 1 },
    });
  });

  it("of a run are what came between two readings, the most frequent first", () => {
    const before = { kubernetes: { "GET pods": 5, "PUT pods": 1 }, vaultByReaders: {}, vaultByProgram: {} };
    const after = {
      kubernetes: { "GET pods": 6, "PUT pods": 1, "PATCH secrets": 9 },
      vaultByReaders: { "update login": 2 },
      vaultByProgram: {},
    };
    const between = requestsBetween(before, after);
    assert.deepEqual(Object.entries(between.kubernetes), [
      ["PATCH secrets", 9],
      ["GET pods", 1],
    ]);
    assert.deepEqual(between.vaultByReaders, { "update login": 2 });
    assert.equal(total(between.kubernetes), 10);
  });
});
