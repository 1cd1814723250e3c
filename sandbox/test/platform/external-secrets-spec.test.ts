import assert from "node:assert/strict";
import type { V1Deployment } from "@kubernetes/client-node";
import { operatorSpec, withoutFlags } from "../../platform/external-secrets/spec.ts";

const ports = { metrics: 18, health: 19 };

function deployment(changes: { replicas?: number; deleted?: boolean } = {}): V1Deployment {
  return {
    metadata: { name: "external-secrets", ...(changes.deleted === true ? { deletionTimestamp: new Date(0) } : {}) },
    spec: {
      replicas: changes.replicas ?? 2,
      selector: {},
      template: {
        spec: {
          serviceAccountName: "reader",
          containers: [
            {
              name: "external-secrets",
              args: ["--enable-leader-election=true", "--concurrent=8", "--metrics-addr=:8080", "--live-addr=:8082"],
              env: [{ name: "A", value: "1" }],
            },
          ],
        },
      },
    },
  };
}

describe("the operator's process", () => {
  it("runs with the container's arguments, on loopback, once whatever the replica count", () => {
    assert.deepEqual(operatorSpec(deployment(), ports), {
      args: ["--concurrent=8", "--metrics-addr=127.0.0.1:18", "--live-addr=127.0.0.1:19"],
      environment: { A: "1" },
      serviceAccount: "reader",
    });
  });

  it("does not run without a Deployment, at zero replicas, or while it is being deleted", () => {
    assert.equal(operatorSpec(undefined, ports), undefined);
    assert.equal(operatorSpec(deployment({ replicas: 0 }), ports), undefined);
    assert.equal(operatorSpec(deployment({ deleted: true }), ports), undefined);
  });

  it("drops a flag in each of its spellings and passes unknown ones on", () => {
    const args = ["--live-addr", ":8082", "-live-addr=:1", "--live-addr", "--client-qps=50", "--tpyo", "run"];
    assert.deepEqual(withoutFlags(args, ["live-addr"]), ["--client-qps=50", "--tpyo", "run"]);
  });
});
