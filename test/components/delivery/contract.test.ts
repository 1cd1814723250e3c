import assert from "node:assert/strict";
import { vias, type DeliverySpec, type Via } from "../../../components/delivery/contract.ts";
import { leaks } from "../../support/clear-text.ts";
import { runProgram } from "../../support/mocks.ts";
import { namespaceScene, partialDelivery, storedValues, wholeDelivery, type Scene } from "./scene.ts";

type Inputs = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

/** What a Secret is besides its keys, as inputs have it. */
interface Blueprint {
  readonly type?: string;
  readonly metadata?: { readonly labels?: Texts; readonly annotations?: Texts };
}

interface Row {
  /** Type of the resource that makes a Secret. */
  readonly own: string;
  /** Type of the resource that merges keys into one. */
  readonly merged: string;
  /** Where its inputs say what the Secret is besides its keys. */
  readonly blueprint: (inputs: Inputs) => Blueprint | undefined;
  /** Type of a Secret of which nothing is said, as inputs have it. */
  readonly defaultType: string | undefined;
  /** Annotations that every Secret of its own has. */
  readonly annotations: Texts;
  /** Annotations that a Secret of others gets. Default: those of its own but for the owner's. */
  readonly toOthers?: Texts;
  /** Whether a resource merges, where it has the type of one that does not. Default: as an ExternalSecret says. */
  readonly isMerging?: (inputs: Inputs) => boolean;
}

/** What each delivery makes. A delivery without its row does not compile. */
const rows: { readonly [K in Via]: Row } = {
  "external-secret": {
    own: "kubernetes:external-secrets.io/v1:ExternalSecret",
    merged: "kubernetes:external-secrets.io/v1:ExternalSecret",
    blueprint: ({ spec }) => (spec as { readonly target: { readonly template?: Blueprint } }).target.template,
    defaultType: undefined,
    annotations: {},
  },
  "sealed-secret": {
    own: "kubernetes:bitnami.com/v1alpha1:SealedSecret",
    merged: "kubernetes:bitnami.com/v1alpha1:SealedSecret",
    blueprint: ({ spec }) => (spec as { readonly template: Blueprint }).template,
    defaultType: "Opaque",
    annotations: { "multicloud-secrets/stack": "acme/test" },
    toOthers: {
      "sealedsecrets.bitnami.com/patch": "true",
      "sealedsecrets.bitnami.com/skip-set-owner-references": "true",
    },
    isMerging: ({ spec }) =>
      (spec as { readonly template: Blueprint }).template.metadata?.annotations?.["sealedsecrets.bitnami.com/patch"] ===
      "true",
  },
  plain: {
    own: "kubernetes:core/v1:Secret",
    merged: "kubernetes:core/v1:SecretPatch",
    blueprint: (inputs) => inputs,
    defaultType: "Opaque",
    annotations: { "multicloud-secrets/stack": "acme/test", "pulumi.com/patchForce": "true" },
  },
};

for (const via of vias) {
  const { own, merged, blueprint, defaultType, annotations, toOthers, isMerging = mergesKeys } = rows[via];
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
      assert.ok(merged !== own || isMerging(inputs));
      if (merged !== own) resources.assertNone(own);
    });

    const shaped: DeliverySpec = {
      ...wholeDelivery,
      type: "kubernetes.io/basic-auth",
      labels: { "example.com/team": "shop" },
      annotations: { "example.com/owner": "shop@example.com" },
    };

    it("gives a Secret its type, labels and annotations, and the keys that it has without them", async () => {
      const { inputs } = (await deliver({ deliveries: [shaped] })).find(own, "main/shop/shop-db");
      const { type, metadata } = blueprint(inputs) ?? {};
      assert.deepEqual(
        [type, metadata?.labels, metadata?.annotations],
        [shaped.type, shaped.labels, { ...shaped.annotations, ...annotations }],
      );
      const without = (await deliver({ deliveries: [wholeDelivery] })).find(own, "main/shop/shop-db").inputs;
      assert.deepEqual(keysIn(inputs), keysIn(without));
    });

    it("gives a Secret of which nothing is said neither label nor annotation but its own, nor a type", async () => {
      const { inputs } = (await deliver({ deliveries: [wholeDelivery] })).find(own, "main/shop/shop-db");
      const { type, metadata } = blueprint(inputs) ?? {};
      assert.deepEqual([type, metadata?.labels, metadata?.annotations ?? {}], [defaultType, undefined, annotations]);
    });

    for (const existing of ["adopt", "merge", "by design"] as const) {
      it(`gives them to a Secret of others, whose type has to be the same: ${existing}`, async () => {
        const delivery = { ...shaped, ...(existing === "by design" ? { merge: true } : { existing }) };
        const { inputs } = (await deliver({ deliveries: [delivery] })).find(merged, "main/shop/shop-db");
        const { type, metadata } = blueprint(inputs) ?? {};
        const { "multicloud-secrets/stack": _, ...others } = annotations;
        assert.deepEqual(
          [type, metadata?.labels, metadata?.annotations],
          [shaped.type, shaped.labels, { ...shaped.annotations, ...(toOthers ?? others) }],
        );
      });
    }

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

/** Whether an ExternalSecret adds keys to a Secret of others. */
function mergesKeys({ spec }: Inputs): boolean {
  const { target } = (spec ?? {}) as { readonly target?: { readonly creationPolicy?: string } };
  return target?.creationPolicy === "Merge";
}

/** What the inputs of a delivery say of keys and values; of sealed values, which keys there are. */
function keysIn(inputs: Inputs): unknown {
  const { data, dataFrom, encryptedData } = (inputs["spec"] ?? {}) as Readonly<Record<string, unknown>>;
  return [inputs["stringData"], data, dataFrom, Object.keys((encryptedData as object | undefined) ?? {})];
}
