import assert from "node:assert/strict";
import { isRolledOut, workloadIn, workloadText } from "../../../components/clusters/workloads.ts";

describe("a workload in a catalogue", () => {
  it("is its kind and its name", () => {
    assert.deepEqual(workloadIn("Deployment/mlflow"), { kind: "Deployment", name: "mlflow" });
    assert.deepEqual(workloadIn("StatefulSet/a.b-c"), { kind: "StatefulSet", name: "a.b-c" });
    assert.equal(workloadText({ kind: "DaemonSet", name: "agent" }), "DaemonSet/agent");
  });

  for (const text of [
    "mlflow",
    "deployment/mlflow",
    "Deployment/",
    "Deployment/Ml",
    "Job/x",
    "Deployment/a/b",
    "Deployment/-a",
    "Deployment/a..b",
    "Deployment/a.-b",
    "Deployment/a-.b",
    `Deployment/${"a".repeat(254)}`,
  ]) {
    it(`is not ${text}`, () => {
      assert.equal(workloadIn(text), undefined);
    });
  }
});

describe("a rollout", () => {
  const metadata = { generation: 4 };
  const done = { observedGeneration: 4, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  const spec = { replicas: 2 };

  it("is over once all Pods are new and available", () => {
    assert.equal(isRolledOut("Deployment", { metadata, spec, status: done }), true);
    assert.equal(
      isRolledOut("StatefulSet", { metadata, spec: { replicas: 0 }, status: { observedGeneration: 4 } }),
      true,
    );
  });

  for (const [what, status] of Object.entries({
    "the controller has not looked at it": { ...done, observedGeneration: 3 },
    "Pods are old": { ...done, updatedReplicas: 1 },
    "old Pods are left": { ...done, replicas: 3 },
    "new Pods are not available": { ...done, availableReplicas: 1 },
    "nothing is known": undefined,
  })) {
    it(`goes on while ${what}`, () => {
      assert.equal(isRolledOut("Deployment", { metadata, spec, ...(status === undefined ? {} : { status }) }), false);
    });
  }

  it("of a DaemonSet is over on every node that it is for", () => {
    const nodes = { observedGeneration: 4, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 };
    assert.equal(isRolledOut("DaemonSet", { metadata, status: nodes }), true);
    assert.equal(isRolledOut("DaemonSet", { metadata, status: { ...nodes, updatedNumberScheduled: 2 } }), false);
    assert.equal(isRolledOut("DaemonSet", { metadata, status: { ...nodes, numberAvailable: 2 } }), false);
  });
});
