import assert from "node:assert/strict";
import { readinessOf, waitFor } from "../../kubernetes/await/readiness.ts";
import type { JsonMap } from "../../support/values.ts";

const annotated = (annotations: JsonMap) => ({ metadata: { annotations } }) as never;
const conditions = (...list: JsonMap[]): JsonMap => ({ status: { conditions: list } });

describe("when a Kubernetes object is ready", () => {
  it("waits for a condition, and passes its words on", () => {
    const check = waitFor("condition=Ready");
    assert.deepEqual(check(conditions()), { ready: false, message: "Waiting for condition Ready=True" });
    const bad = conditions({ type: "Ready", status: "False", reason: "SecretSyncedError", message: "no such key" });
    assert.equal(check(bad).message, "Waiting for condition Ready=True: SecretSyncedError: no such key");
    assert.ok(check(conditions({ type: "Ready", status: "True" })).ready);
    assert.ok(waitFor("condition=Stalled=False")(conditions({ type: "Stalled", status: "False" })).ready);
  });

  it("warns of an object that has no conditions yet, as the official plugin does", () => {
    const warning = { ready: false, message: "Has no .status.conditions", severity: "warning" };
    for (const object of [{}, { status: {} }, { status: { conditions: null } }]) {
      assert.deepEqual(waitFor("condition=Ready")(object), warning);
    }
  });

  it("waits for a path, with a value or without", () => {
    const object = { status: { phase: "Bound", conditions: [{ type: "A.b", status: "True" }], "odd.key": 1 } };
    for (const path of [
      "{.status.phase}=Bound",
      "{.status.phase}",
      '{.status.conditions[?(@.type=="A.b")].status}=True',
      "{.status.conditions[0].status}=True",
      "{.status['odd.key']}=1",
    ]) {
      assert.ok(waitFor(`jsonpath=${path}`)(object).ready, path);
    }
    const other = waitFor("jsonpath={.status.phase}=Lost")(object);
    assert.deepEqual(other, { ready: false, message: 'Waiting for {.status.phase}=Lost (found "Bound")' });
    assert.equal(waitFor("jsonpath={.status.none}")(object).ready, false);
  });

  it("waits for all of a list", () => {
    const check = waitFor('["condition=A", "jsonpath={.spec.x}=1"]');
    assert.equal(check({ ...conditions({ type: "A", status: "True" }), spec: { x: 2 } }).ready, false);
    assert.ok(check({ ...conditions({ type: "A", status: "True" }), spec: { x: 1 } }).ready);
  });

  it("refuses conditions that it does not understand", () => {
    assert.throws(() => waitFor("Ready"), /expected a "jsonpath=" or "condition=" prefix, got "Ready"/);
    assert.throws(() => waitFor("jsonpath=.status"), /format should be/);
    assert.throws(() => waitFor("jsonpath={.a[?(@.b > 1)]}"), /not understood here/);
    assert.throws(() => waitFor("[]"), /at least one condition/);
  });

  it("waits for a Deployment until the rollout is complete", () => {
    const check = readinessOf({}, "apps/v1", "Deployment")?.check;
    const available = [{ type: "Available", status: "True" }];
    const deployment = (status: JsonMap): JsonMap => ({ metadata: { generation: 2 }, spec: { replicas: 2 }, status });
    const done = {
      observedGeneration: 2,
      replicas: 2,
      updatedReplicas: 2,
      availableReplicas: 2,
      conditions: available,
    };
    assert.ok(check?.(deployment(done)).ready);
    assert.equal(check(deployment({ ...done, observedGeneration: 1 })).ready, false);
    assert.equal(check(deployment({ ...done, replicas: 3 })).ready, false);
    assert.match(check(deployment({ ...done, availableReplicas: 1 })).message, /1\/2 Pods available/);
  });

  it("gives a failed Job up at once", () => {
    const check = readinessOf({}, "batch/v1", "Job")?.check;
    const progress = check?.(conditions({ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }));
    assert.deepEqual(progress, { ready: false, failed: true, message: "Job failed: BackoffLimitExceeded" });
  });

  it("lets the program's annotations win", () => {
    assert.equal(readinessOf(annotated({ "pulumi.com/skipAwait": "true" }), "apps/v1", "Deployment"), undefined);
    assert.equal(
      readinessOf(annotated({ "pulumi.com/waitFor": "condition=Available" }), "apps/v1", "Deployment")?.custom,
      true,
    );
    assert.equal(readinessOf({}, "external-secrets.io/v1", "ExternalSecret"), undefined);
    assert.throws(() => readinessOf({}, "networking.k8s.io/v1", "Ingress"), /not implemented by the stand-in/);
  });
});
