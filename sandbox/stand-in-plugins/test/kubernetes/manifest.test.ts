import assert from "node:assert/strict";
import { checkpoint, normalized } from "../../kubernetes/objects/checkpoint.ts";
import { adoptFields } from "../../kubernetes/objects/managers.ts";
import {
  fieldManagerOf,
  idOf,
  kindOfType,
  metadataOf,
  named,
  parseId,
  toServerKeys,
} from "../../kubernetes/manifest.ts";
import { resourceNames } from "../../kubernetes/helm/release.ts";
import { isMap, type JsonMap, Secret, textOf, UNKNOWN } from "../../support/values.ts";

const seed = new Uint8Array([1, 2, 3]);

describe("Kubernetes manifests", () => {
  it("reads kinds out of type tokens, and ids both ways", () => {
    assert.deepEqual(kindOfType("kubernetes:core/v1:Secret"), { apiVersion: "v1", kind: "Secret" });
    const type = "kubernetes:external-secrets.io/v1:ExternalSecret";
    assert.deepEqual(kindOfType(type), { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret" });
    assert.equal(idOf({ name: "a", namespace: undefined }), "a");
    assert.deepEqual(parseId("ns/a"), { namespace: "ns", name: "a" });
  });

  it("names what has no name, the same for the same seed, and keeps the name", () => {
    const first = named({ metadata: {} }, {}, "web", seed);
    const name = metadataOf(first)["name"];
    assert.match(textOf(name), /^web-[0-9a-f]{8}$/);
    assert.equal(metadataOf(named({}, {}, "web", seed))["name"], name);
    assert.equal(metadataOf(named({}, first, "web", new Uint8Array()))["name"], name);
    assert.deepEqual(named({ metadata: { name: UNKNOWN } }, {}, "web", seed), { metadata: { name: UNKNOWN } });
    assert.throws(() => named({ metadata: { generateName: "x-" } }, {}, "web", seed), /generateName/);
  });

  it("keeps a resource's field manager", () => {
    assert.match(fieldManagerOf({}, {}, "urn"), /^pulumi-kubernetes-[0-9a-f]{8}$/);
    assert.equal(fieldManagerOf({}, { __fieldManager: "pulumi-kubernetes-1" }), "pulumi-kubernetes-1");
    const chosen = { metadata: { annotations: { "pulumi.com/patchFieldManager": "mine" } } };
    assert.equal(fieldManagerOf(chosen, { __fieldManager: "x" }), "mine");
  });

  it("keeps a Secret's data secret in the state, and of others what was secret in the program", () => {
    const live: JsonMap = { kind: "Secret", apiVersion: "v1", metadata: { name: "a" }, data: { pw: "eA==" } };
    const state = checkpoint({
      inputs: { kind: "Secret", stringData: { pw: "x" } },
      live,
      manager: "m",
      apiVersion: "v1",
    });
    assert.ok(state["data"] instanceof Secret);
    const { __inputs: inputs } = state;
    assert.ok(isMap(inputs) && inputs["stringData"] instanceof Secret);
    const other: JsonMap = { kind: "ConfigMap", metadata: { name: "a", uid: "u" }, data: { a: "1", b: "2" } };
    const config = { kind: "ConfigMap", data: { a: new Secret("1"), b: "2" } };
    const data = checkpoint({ inputs: config, live: other, manager: "m", apiVersion: "v1" })["data"];
    assert.ok(isMap(data) && data["a"] instanceof Secret && data["b"] === "2");
  });

  it("compares a Secret's stringData as data", () => {
    const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, stringData: { pw: "x" } };
    assert.deepEqual(normalized(object)["data"], { pw: "eA==" });
  });

  it("spells a definition's keys as the server does", () => {
    assert.deepEqual(toServerKeys({ a: [{ x_kubernetes_preserve_unknown_fields: true }] }), {
      a: [{ "x-kubernetes-preserve-unknown-fields": true }],
    });
  });

  it("takes over the fields of its own creation and of kubectl, and of nobody else", () => {
    const entry = (manager: string, operation: string, field: string): JsonMap => ({
      manager,
      operation,
      fieldsType: "FieldsV1",
      fieldsV1: { "f:data": { [`f:${field}`]: {} } },
    });
    const live = (...managedFields: JsonMap[]): JsonMap => ({ metadata: { resourceVersion: "7", managedFields } });
    const creation = entry("pulumi-kubernetes-1", "Update", "a");
    const patch = adoptFields(
      live(creation, entry("kubectl-edit", "Update", "b"), entry("controller", "Update", "c")),
      "pulumi-kubernetes-1",
    );
    const [fields, version] = patch as { value: JsonMap[] }[];
    assert.equal(version?.value, "7");
    assert.deepEqual(
      fields?.value.map(({ manager, operation }) => [manager, operation]),
      [
        ["controller", "Update"],
        ["pulumi-kubernetes-1", "Apply"],
      ],
    );
    assert.deepEqual(fields.value[1]?.["fieldsV1"], { "f:data": { "f:a": {}, "f:b": {} } });
    assert.equal(adoptFields(live(entry("controller", "Update", "c")), "m"), undefined);
  });

  it("lists what a chart makes", () => {
    const manifest =
      "---\nkind: Service\napiVersion: v1\nmetadata: {name: b, namespace: n}\n---\nkind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\n---\n# nothing\n";
    assert.deepEqual(resourceNames(manifest), { "Service/v1": ["n/b"], "Deployment.apps/apps/v1": ["a"] });
  });
});
