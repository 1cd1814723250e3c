import assert from "node:assert/strict";
import { diffObjects } from "../../kubernetes/diff/diff.ts";
import { forceNewPaths } from "../../kubernetes/diff/force-new.ts";
import { prune } from "../../kubernetes/diff/prune.ts";
import { type PropertyMap, UNKNOWN } from "../../support/values.ts";

const mutability = { secretMutable: false, configMapMutable: false, immutable: false };

function kinds(type: string, old: PropertyMap, next: PropertyMap, options = mutability): Record<string, string> {
  const cut = type.lastIndexOf("/");
  const forceNew = forceNewPaths(type.slice(0, cut), type.slice(cut + 1), options);
  const found = diffObjects(old, next, { forceNew, dropsZeroes: true });
  return Object.fromEntries(Object.entries(found).map(([path, { kind }]) => [path, kind]));
}

describe("differences of Kubernetes objects", () => {
  it("replaces for another name or namespace", () => {
    const old = { metadata: { name: "a", namespace: "x" } };
    assert.deepEqual(kinds("v1/Service", old, { metadata: { name: "b", namespace: "y" } }), {
      "metadata.name": "update-replace",
      "metadata.namespace": "update-replace",
    });
  });

  it("replaces a Secret for other data unless the provider lets it change, or it says itself that it does not", () => {
    const [old, next] = [{ data: { a: "MQ==" } }, { data: { a: "Mg==" } }];
    assert.deepEqual(kinds("v1/Secret", old, next), { "data.a": "update-replace" });
    assert.deepEqual(kinds("v1/Secret", old, next, { ...mutability, secretMutable: true }), { "data.a": "update" });
    const both = { ...mutability, secretMutable: true, immutable: true };
    assert.deepEqual(kinds("v1/Secret", old, next, both), { "data.a": "update-replace" });
    assert.deepEqual(kinds("v1/ConfigMap", old, next), { "data.a": "update-replace" });
  });

  it("replaces for what the API server does not let change", () => {
    const selector = (app: string): PropertyMap => ({ spec: { replicas: 1, selector: { matchLabels: { app } } } });
    assert.deepEqual(kinds("apps/v1/Deployment", selector("a"), selector("b")), {
      "spec.selector.matchLabels.app": "update-replace",
    });
    assert.deepEqual(kinds("rbac.authorization.k8s.io/v1/RoleBinding", {}, { roleRef: { name: "x" } }), {
      roleRef: "add-replace",
    });
    const image = (value: string): PropertyMap => ({ spec: { containers: [{ name: "c", image: value }] } });
    assert.deepEqual(kinds("v1/Pod", image("a"), image("b")), { "spec.containers[0].image": "update-replace" });
    assert.deepEqual(kinds("apps/v1/Deployment", { spec: { replicas: 1 } }, { spec: { replicas: 2 } }), {
      "spec.replicas": "update",
    });
  });

  it("takes an unknown as a change", () => {
    assert.deepEqual(kinds("v1/Service", { spec: { a: 1 } }, { spec: { a: UNKNOWN, b: UNKNOWN } }), {
      "spec.a": "update",
      "spec.b": "add",
    });
  });

  it("sees through the server's spelling", () => {
    const old = { spec: { resources: { requests: { cpu: "500m", memory: "1Gi" } } } };
    const next = { spec: { resources: { requests: { cpu: "0.5", memory: "1024Mi" } }, env: [], hostNetwork: false } };
    assert.deepEqual(kinds("v1/Pod", old, next), {});
  });

  it("does not see what the program never set", () => {
    const live = { spec: { a: 1, defaulted: true, list: [{ x: 1, y: 2 }] }, status: { ok: true } };
    assert.deepEqual(prune(live, { spec: { a: 0, gone: 1, list: [{ x: 0 }] } }), { spec: { a: 1, list: [{ x: 1 }] } });
  });
});
