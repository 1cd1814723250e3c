import assert from "node:assert/strict";
import { vias, type DeliverySpec, type Via } from "../../../components/delivery/contract.ts";
import { leaks } from "../../support/clear-text.ts";
import { runFailing, runProgram } from "../../support/mocks.ts";
import { namespaceScene, partialDelivery, storedValues, wholeDelivery, type Scene } from "./scene.ts";

type Inputs = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

/** What a Secret is besides its keys, as inputs have it. */
interface Blueprint {
  readonly type?: string;
  readonly metadata?: { readonly labels?: Texts; readonly annotations?: Texts };
}

/** Where what a delivery makes is found that is no resource. */
const rendered = "rendered";

interface Row {
  /** Type of the resource that makes a Secret; `rendered` where it is a manifest. */
  readonly own: string;
  /** Type of the resource that merges keys into one; `rendered` where it is a manifest, `undefined` where none can. */
  readonly merged: string | undefined;
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
    blueprint: templateOf,
    defaultType: undefined,
    annotations: {},
  },
  gitops: {
    own: rendered,
    merged: rendered,
    blueprint: templateOf,
    defaultType: undefined,
    annotations: {},
  },
  csi: {
    own: "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass",
    merged: undefined,
    blueprint: ({ spec }) => {
      const [secret] = (spec as { readonly secretObjects: readonly (Blueprint & Blueprint["metadata"])[] })
        .secretObjects;
      return secret === undefined ? undefined : { ...secret, metadata: secret };
    },
    // The driver makes no Secret without a type.
    defaultType: "Opaque",
    annotations: { "multicloud-secrets/stack": "acme/test" },
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

/** Says which stack has the Secret, whatever brings it; where it has no template, the operator copies it from the ExternalSecret. */
const ownAnnotation = { "multicloud-secrets/stack": "acme/test" };

function templateOf({ spec }: Inputs): Blueprint | undefined {
  return (spec as { readonly target: { readonly template?: Blueprint } }).target.template;
}

async function deliver(scene: Scene) {
  const { resources, result } = await runProgram(() => namespaceScene(scene));
  const manifests = result.manifests.filter(({ kind }) => kind === "ExternalSecret");
  /** What was made of a type, by the name of its Secret. */
  const made = (type: string): ReadonlyMap<string, Inputs> =>
    type === rendered
      ? new Map(manifests.map((manifest) => [manifest.metadata.name, { ...manifest }]))
      : new Map(
          resources.names(type).map((name) => {
            const { parent, inputs } = resources.find(type, name);
            const { metadata } = inputs as { readonly metadata: { readonly name: string; readonly namespace: string } };
            assert.deepEqual([parent, name], ["main/shop", `main/${metadata.namespace}/${metadata.name}`]);
            return [metadata.name, inputs];
          }),
        );
  const find = (type: string, secretName: string): Inputs => {
    const inputs = made(type).get(secretName);
    assert.ok(inputs !== undefined, `no ${type} makes ${secretName}`);
    return inputs;
  };
  return { resources, manifests: result.manifests, made, find };
}

for (const via of vias) {
  const { own, merged, blueprint, defaultType, annotations, toOthers, isMerging = mergesKeys } = rows[via];

  describe(`delivery via ${via}`, () => {
    it("makes one object a Secret, named by namespace and Secret, below the namespace's component", async () => {
      const { made } = await deliver({ via, deliveries: [wholeDelivery, partialDelivery] });
      assert.deepEqual([...made(own).keys()], ["shop-db", "shop-mixed"]);
    });

    it("never owns what belongs to somebody else", async () => {
      if (merged === undefined) {
        const { errors } = await runFailing(() =>
          namespaceScene({ via, deliveries: [{ ...wholeDelivery, merge: true }] }),
        );
        assert.match((errors[0] as Error).message, /^shop\/shop-db merges/);
        return;
      }
      const { find, made } = await deliver({ via, deliveries: [{ ...wholeDelivery, merge: true }] });
      assert.ok(merged !== own || isMerging(find(merged, "shop-db")));
      if (merged !== own) assert.equal(made(own).size, 0);
    });

    const shaped: DeliverySpec = {
      ...wholeDelivery,
      type: "kubernetes.io/basic-auth",
      labels: { "example.com/team": "shop" },
      annotations: { "example.com/owner": "shop@example.com" },
    };

    it("gives a Secret its type, labels and annotations, and the keys that it has without them", async () => {
      const inputs = (await deliver({ via, deliveries: [shaped] })).find(own, "shop-db");
      const { type, metadata } = blueprint(inputs) ?? {};
      assert.deepEqual(
        [type, metadata?.labels, metadata?.annotations],
        [shaped.type, shaped.labels, { ...shaped.annotations, ...annotations, ...ownAnnotation }],
      );
      const without = (await deliver({ via, deliveries: [wholeDelivery] })).find(own, "shop-db");
      assert.deepEqual(keysIn(inputs), keysIn(without));
    });

    it("gives a Secret of which nothing is said neither label nor annotation but its own, nor a type", async () => {
      const inputs = (await deliver({ via, deliveries: [wholeDelivery] })).find(own, "shop-db");
      const { type, metadata } = blueprint(inputs) ?? {};
      assert.deepEqual([type, metadata?.labels, metadata?.annotations ?? {}], [defaultType, undefined, annotations]);
    });

    for (const existing of merged === undefined ? [] : (["adopt", "merge", "by design"] as const)) {
      it(`gives them to a Secret of others, whose type has to be the same: ${existing}`, async () => {
        const delivery = { ...shaped, ...(existing === "by design" ? { merge: true } : { existing }) };
        const inputs = (await deliver({ via, deliveries: [delivery] })).find(merged ?? own, "shop-db");
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
        const { resources, manifests } = await deliver({
          via,
          deliveries: [wholeDelivery, partialDelivery, ...(merged === undefined ? [] : [merging])],
          marked,
        });
        const values = Object.values(storedValues).flatMap((each) => Object.values(each));
        assert.deepEqual(leaks(resources.all, values), []);
        const text = JSON.stringify(manifests);
        assert.deepEqual(
          values.filter((value) => text.includes(value)),
          [],
        );
      });
    }

    it("makes nothing for a namespace that gets nothing", async () => {
      const { made } = await deliver({ via, deliveries: [] });
      assert.equal(made(own).size, 0);
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
  const { data, dataFrom, parameters, encryptedData } = (inputs["spec"] ?? {}) as Readonly<Record<string, unknown>>;
  return [inputs["stringData"], data, dataFrom, parameters, Object.keys((encryptedData as object | undefined) ?? {})];
}
