import assert from "node:assert/strict";
import { vias, type Via } from "../../../components/delivery/contract.ts";
import { leaks } from "../../support/clear-text.ts";
import { runProgram } from "../../support/mocks.ts";
import { namespaceScene, partialDelivery, storedValues, wholeDelivery, type Scene } from "./scene.ts";

/** What each delivery makes. A delivery without its row does not compile. */
const rows: { readonly [K in Via]: { readonly own: string; readonly merged: string } } = {
  "external-secret": {
    own: "kubernetes:external-secrets.io/v1:ExternalSecret",
    merged: "kubernetes:external-secrets.io/v1:ExternalSecret",
  },
  plain: { own: "kubernetes:core/v1:Secret", merged: "kubernetes:core/v1:SecretPatch" },
};

for (const via of vias) {
  const { own, merged } = rows[via];
  const deliver = async (scene: Partial<Scene>) =>
    (await runProgram(() => namespaceScene({ via, ...scene }))).resources;

  describe(`delivery via ${via}`, () => {
    it("makes one resource a Secret, named by namespace and Secret, below the namespace's component", async () => {
      const resources = await deliver({ deliveries: [wholeDelivery, partialDelivery] });
      assert.deepEqual(resources.names(own), ["main/shop/shop-db", "main/shop/shop-mixed"]);
      for (const name of resources.names(own)) {
        const { parent, inputs } = resources.find(own, name);
        const { name: secretName, namespace } = inputs["metadata"] as {
          readonly name: string;
          readonly namespace: string;
        };
        assert.deepEqual([parent, `main/${namespace}/${secretName}`], ["main/shop", name]);
      }
    });

    it("never owns what belongs to somebody else", async () => {
      const resources = await deliver({ deliveries: [{ ...wholeDelivery, merge: true }] });
      const { inputs } = resources.find(merged, "main/shop/shop-db");
      const target = (inputs["spec"] as { readonly target: { readonly creationPolicy: string } } | undefined)?.target;
      assert.ok(merged !== own || target?.creationPolicy === "Merge");
      if (merged !== own) resources.assertNone(own);
    });

    for (const marked of [true, false]) {
      it(`shows no value, in no input and no name, of values that come ${marked ? "marked" : "unmarked"}`, async () => {
        const merging = { ...wholeDelivery, secretName: "shop-merged", merge: true };
        const resources = await deliver({ deliveries: [wholeDelivery, partialDelivery, merging], marked });
        const values = Object.values(storedValues).flatMap((each) => Object.values(each));
        assert.deepEqual(leaks(resources.all, values), []);
      });
    }

    it("makes nothing for a namespace that gets nothing", async () => {
      const resources = await deliver({ deliveries: [] });
      assert.deepEqual(resources.names(own), []);
    });
  });
}
