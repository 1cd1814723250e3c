import assert from "node:assert/strict";
import { keptAs, keptName, takenOver } from "../../../components/delivery/take-over.ts";
import type { DeliverySpec } from "../../../components/delivery/contract.ts";

const delivery = (via: DeliverySpec["via"]): DeliverySpec => ({
  via,
  namespace: "shop",
  secretName: "shop-db",
  keys: [
    { key: "username", secret: "shop/db", from: "username" },
    { key: "password", secret: "shop/db", from: "password" },
  ],
  merge: false,
});
const owner = (kind: string, name = "shop-db") => ({ kind, name });
const live = {
  data: { username: "dXNlcg==", password: "cGFzc3dvcmQ=", gone: "Z29uZQ==" },
  metadata: {
    resourceVersion: "7",
    ownerReferences: [owner("ExternalSecret"), owner("SealedSecret"), owner("ExternalSecret", "other"), owner("Shop")],
  },
};

describe("taking a Secret over", () => {
  it("removes the owner and the marks of what had it, and the keys that it is not to have, and no other", () => {
    assert.deepEqual(takenOver(live, delivery("plain"), ["external-secret"]), {
      metadata: {
        resourceVersion: "7",
        ownerReferences: [owner("SealedSecret"), owner("ExternalSecret", "other"), owner("Shop")],
        labels: { "reconcile.external-secrets.io/managed": null, "reconcile.external-secrets.io/created-by": null },
        annotations: { "reconcile.external-secrets.io/data-hash": null },
        managedFields: [
          {
            manager: "pulumi-kubernetes",
            operation: "Update",
            apiVersion: "v1",
            fieldsType: "FieldsV1",
            fieldsV1: { "f:data": { ".": {}, "f:password": {}, "f:username": {} } },
          },
        ],
      },
      data: { gone: null },
    });
  });

  it("gives the keys to the operator's manager where it brings the Secret from now on", () => {
    const { metadata } = takenOver(live, delivery("external-secret"), ["plain", "sealed-secret"]) as {
      readonly metadata: {
        readonly ownerReferences: readonly object[];
        readonly annotations: object;
        readonly managedFields: readonly { readonly manager: string }[];
      };
    };
    assert.deepEqual(metadata.managedFields[0]?.manager, "externalsecrets.external-secrets.io/shop-db");
    assert.deepEqual(Object.keys(metadata.annotations).sort(), [
      "pulumi.com/patchForce",
      "sealedsecrets.bitnami.com/managed",
      "sealedsecrets.bitnami.com/patch",
      "sealedsecrets.bitnami.com/skip-set-owner-references",
    ]);
    assert.equal(metadata.ownerReferences.length, 3);
  });

  it("marks the Secret for whoever knows its own by a label", () => {
    const labels = { "secrets-store.csi.k8s.io/managed": "true" };
    const { metadata } = takenOver(live, delivery("csi"), ["plain"], { labels }) as { readonly metadata: object };
    assert.deepEqual((metadata as { readonly labels: object }).labels, labels);
  });

  it("holds no value of the Secret", () => {
    const text = JSON.stringify(takenOver(live, delivery("plain"), ["external-secret", "sealed-secret", "plain"]));
    for (const value of Object.values(live.data)) assert.ok(!text.includes(value));
  });

  it("knows a kept Secret by its logical name, which is free whatever the state has", () => {
    const name = "main/shop/shop-db";
    const taken = new Set([`${name}/kept`, `${name}/kept-2`]);
    assert.deepEqual(
      [keptName(name, "kept", new Set()), keptName(name, "kept", taken), keptName(name, "taken-back", taken)],
      [`${name}/kept`, `${name}/kept-3`, `${name}/taken-back`],
    );
    assert.deepEqual(
      [`${name}/kept-3`, `${name}/taken-back`, name, `${name}/namespace-kept`, `${name}-2/kept`, `${name}/kept-x`].map(
        (each) => keptAs(name, each),
      ),
      ["kept", "taken-back", undefined, undefined, undefined, undefined],
    );
  });
});
