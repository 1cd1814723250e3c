import assert from "node:assert/strict";
import fc from "fast-check";
import type { DeliverySpec } from "../../../components/delivery/contract.ts";
import { selectReads } from "../../../components/delivery/selection.ts";
import type { RemoteSecret } from "../../../components/backends/contract.ts";
import { objectsOf, type Layout } from "../../../components/backends/remote-object.ts";
import { literal } from "../../../components/values/recipe.ts";
import { rows } from "../../components/backends/rows/index.ts";
import { address } from "../../components/backends/rows/row.ts";
import { planInputOf, type PlannedEnvironment } from "../../../stacks/plan/input.ts";

const keys = { username: literal("shop"), password: literal("x"), uri: literal("y") };

/** A delivery of the keys of secret `shop/db`, each under the name that it is given. */
function delivery(names: Readonly<Record<string, string>>, namespace = "shop"): DeliverySpec {
  const wanted = Object.entries(names).map(([key, from]) => ({ key, from, secret: "shop/db" }));
  return { via: "external-secret", namespace, secretName: "shop-db", keys: wanted, merge: false };
}
const whole = { username: "username", password: "password", uri: "uri" };

interface Parts {
  readonly store?: object;
  readonly stores?: readonly object[];
  readonly namespaces?: readonly PlacedNamespace[];
  readonly deliveries?: readonly DeliverySpec[];
  readonly referenced?: boolean;
}

/** A store `main` with bundles, but for what is given. */
function complete(given: object) {
  const { spec } = Object.values(rows).find((row) => "kind" in given && row.spec.kind === given.kind) ?? {};
  return { ...spec, name: "main", layout: "bundle", ...given };
}

interface PlacedNamespace {
  readonly name: string;
  readonly cluster: string;
  readonly store: string;
  readonly alsoStores?: readonly string[];
}

/** Secret `shop/db` of three keys, in store `main`, delivered whole to one namespace; with these parts instead. */
function environment({ store = { kind: "aws-parameter-store" }, ...parts }: Parts = {}): PlannedEnvironment {
  const stores = new Map((parts.stores ?? [store]).map(complete).map((each) => [each.name, each]));
  const deliveries = parts.deliveries ?? [delivery(whole)];
  const places = parts.namespaces ?? [{ name: "shop", cluster: "east", store: "main" }];
  const namespaces = places
    .map(({ name, cluster, store: read, alsoStores = [] }) => ({
      name,
      cluster: { name: cluster },
      store: stores.get(read),
      alsoStores: alsoStores.map((each) => stores.get(each)),
      deliveries: deliveries.filter((each) => each.namespace === name),
    }))
    .filter((each) => each.deliveries.length > 0);
  const written = new Set(namespaces.flatMap(({ store: read, alsoStores }) => [read, ...alsoStores]));
  const secret = { id: "shop/db", app: "shop", name: "db", keys, origin: { kind: "generated" } };
  const placements = [...written].map((each) => ({
    secret,
    ...(parts.referenced === true ? { referencedBy: 'reference["shop/db"]' } : {}),
    store: each,
    objects: objectsOf(
      { layout: each?.layout as Layout },
      { address, keys: Object.keys(keys) },
      (key) => `shop/db/${key ?? ""}`,
    ),
  }));
  const clusters = new Map([["east", { spec: { name: "east", externalSecrets: { concurrency: 4 } } }]]);
  return { refreshSeconds: 600, stores, clusters, namespaces, placements } as unknown as PlannedEnvironment;
}

const reads = (parts: Parts) => planInputOf(environment(parts)).consumers.map((each) => each.reads);

describe("what the planner takes from an environment", () => {
  it("is one object for a bundle, read in one call", () => {
    assert.deepEqual(planInputOf(environment({ store: { kind: "azure-key-vault", layout: "bundle" } })), {
      refreshSeconds: 600,
      stores: [
        {
          name: "main",
          kind: "azure-key-vault",
          layout: "bundle",
          locations: 1,
          customerKey: false,
          objects: [{ size: "standard", versions: 1, referenced: false }],
        },
      ],
      clusters: [{ name: "east", concurrency: 4, clientQps: 200, clientBurst: 400 }],
      consumers: [{ cluster: "east", store: "main", reads: { standard: 1, advanced: 0 } }],
    });
  });

  it("is one object and one call for each key otherwise", () => {
    const { stores, consumers } = planInputOf(environment({ store: { kind: "azure-key-vault", layout: "per-key" } }));
    assert.equal(stores[0]?.objects.length, 3);
    assert.deepEqual(consumers[0]?.reads, { standard: 3, advanced: 0 });
  });

  it("is one call for each renamed key of a bundle, but for Secrets Manager, which is asked once", () => {
    const deliveries = [delivery({ USER: "username", PASSWORD: "password" })];
    const read = (kind: string, layout: string) => reads({ store: { kind, layout }, deliveries })[0]?.standard;
    assert.equal(read("azure-key-vault", "bundle"), 2);
    assert.equal(read("aws-secrets-manager", "bundle"), 1);
    assert.equal(read("aws-secrets-manager", "per-key"), 2);
  });

  it("has the advanced tier where the store has it", () => {
    const store = { kind: "aws-parameter-store", layout: "per-key", tier: "advanced" };
    assert.deepEqual(reads({ store }), [{ standard: 0, advanced: 3 }]);
    assert.deepEqual(reads({ store: { ...store, tier: "by-size" } }), [{ standard: 3, advanced: 0 }]);
  });

  it("counts replicas and locations, and keys of the customer's own", () => {
    const read = (store: object) => planInputOf(environment({ store })).stores[0];
    assert.equal(read({ kind: "aws-secrets-manager", replicas: [{}, {}] })?.locations, 3);
    assert.equal(read({ kind: "gcp-secret-manager", locations: [] })?.locations, 1);
    assert.equal(read({ kind: "gcp-secret-manager", locations: [{}, {}] })?.locations, 2);
    assert.equal(read({ kind: "aws-secrets-manager", kmsKeyArn: "arn:aws:kms:…" })?.customerKey, true);
    assert.equal(read({ kind: "aws-secrets-manager" })?.customerKey, false);
  });

  it("tells what somebody else owns", () => {
    const { stores, consumers } = planInputOf(environment({ referenced: true }));
    assert.deepEqual(
      stores[0]?.objects.map(({ referenced }) => referenced),
      [true],
    );
    assert.equal(consumers.length, 1);
  });

  it("has a namespace of two clusters in both, each with its store", () => {
    const stores = [
      { name: "main", kind: "aws-secrets-manager" },
      { name: "other", kind: "gcp-secret-manager" },
    ];
    const namespaces = [
      { name: "shop", cluster: "east", store: "main" },
      { name: "shop", cluster: "west", store: "other" },
    ];
    const input = planInputOf(environment({ stores, namespaces }));
    assert.deepEqual(
      input.consumers.map(({ cluster, store }) => [cluster, store]),
      [
        ["east", "main"],
        ["west", "other"],
      ],
    );
    assert.deepEqual(
      input.stores.map(({ name, objects }) => [name, objects.length]),
      [
        ["main", 1],
        ["other", 1],
      ],
    );
  });

  it("has a store that is only written to, with its objects and no reader", () => {
    const stores = [
      { name: "main", kind: "aws-secrets-manager" },
      { name: "next", kind: "gcp-secret-manager" },
    ];
    const namespaces = [{ name: "shop", cluster: "east", store: "main", alsoStores: ["next"] }];
    const input = planInputOf(environment({ stores, namespaces }));
    assert.deepEqual(
      input.stores.map(({ name, objects }) => [name, objects.length]),
      [
        ["main", 1],
        ["next", 1],
      ],
    );
    assert.deepEqual(
      input.consumers.map(({ store }) => store),
      ["main"],
    );
  });

  it("has no store that nothing goes to", () => {
    const unused = planInputOf(environment({ deliveries: [delivery(whole, "elsewhere")] }));
    assert.deepEqual([unused.stores, unused.consumers], [[], []]);
  });

  it("reads nothing for what is delivered plain", () => {
    const deliveries = [{ ...delivery(whole), via: "plain" } as const];
    assert.deepEqual(reads({ deliveries }), []);
  });

  it("counts the calls that deliveries make", () => {
    const wanted = fc.dictionary(
      fc.constantFrom("username", "password", "uri", "A", "B"),
      fc.constantFrom(...Object.keys(keys)),
      {
        minKeys: 1,
      },
    );
    fc.assert(
      fc.property(wanted, fc.constantFrom<Layout>("bundle", "per-key"), (names, layout) => {
        const deliveries = [delivery(names)];
        const objects = objectsOf({ layout }, { address, keys: Object.keys(keys) }, (key) => `shop/db/${key}`);
        const stored = { kind: "remote", objects: objects.map((object) => ({ object })) } as unknown as RemoteSecret;
        const { extract, data } = selectReads(delivery(names), new Map([["shop/db", stored]]));
        assert.deepEqual(reads({ store: { kind: "azure-key-vault", layout }, deliveries }), [
          { standard: extract.length + data.length, advanced: 0 },
        ]);
      }),
    );
  });
});
