import assert from "node:assert/strict";
import fc from "fast-check";
import type { SecretShape } from "../../../../components/backends/remote-object.ts";
import {
  gcpSecretManagerRules,
  type GcpSecretManagerSpec,
} from "../../../../components/backends/gcp/secret-manager.ts";
import { legalLabels } from "../../../../components/backends/gcp/labels.ts";
import { gcpAccountId, gcpProviderId, gcpSecretId } from "../../../../components/support/naming.ts";
import { address } from "../rows/row.ts";
import { gcpSecretManager } from "../rows/gcp-secret-manager.ts";

const spec = gcpSecretManager.spec as GcpSecretManagerSpec;
const shape: SecretShape = { address, keys: ["password", "username"], lengths: { password: 24, username: 4 } };
const check = (changes: Partial<GcpSecretManagerSpec>, of: Partial<SecretShape> = {}) =>
  gcpSecretManagerRules.check({ ...spec, ...changes }, { ...shape, ...of });
const key = (location: string) => `projects/acme-keys/locations/${location}/keyRings/secrets/cryptoKeys/values`;

describe("Google's Secret Manager", () => {
  it("takes a usual secret, in any layout, with keys where the values lie", () => {
    const keys = { kmsKeyName: key("global"), labels: { team: "ml-ops", größe: "klein" } };
    assert.deepEqual([...check({}), ...check({ layout: "per-key" }), ...check(keys)], []);
    assert.deepEqual(check({ locations: [{ location: "europe-west1", kmsKeyName: key("europe-west1") }] }), []);
    assert.deepEqual(check({ locations: [{ location: "europe-west1" }, { location: "europe-west3" }] }), []);
  });

  it("refuses an id of more than 255 characters, and says whose it is", () => {
    const long = { address: { ...address, path: `old/${"x".repeat(250)}` } };
    assert.deepEqual(check({}, long), [
      { path: "stores.main", problem: "the id of shop/db has 265 characters; Google allows at most 255" },
    ]);
    assert.deepEqual(
      check({ layout: "per-key" }, long).map(({ problem }) => problem),
      [
        "the id of shop/db, key password has 275 characters; Google allows at most 255",
        "the id of shop/db, key username has 275 characters; Google allows at most 255",
      ],
    );
  });

  it("refuses values of more than 64 KiB, and counts what JSON adds", () => {
    assert.deepEqual(check({}, { lengths: { password: 65_506, username: 4 } }), [
      {
        path: "stores.main",
        problem: "shop/db may have 65539 bytes; Google allows at most 65536",
        fix: "split the secret, or store each key separately: layout per-key",
      },
    ]);
    assert.deepEqual(check({ layout: "per-key" }, { lengths: { password: 65_506, username: 4 } }), []);
    assert.deepEqual(check({ layout: "per-key" }, { lengths: { password: 65_537 } }), [
      { path: "stores.main", problem: "shop/db, key password may have 65537 bytes; Google allows at most 65536" },
    ]);
  });

  it("refuses labels that Google would, by name and by value", () => {
    assert.deepEqual(check({ labels: { Team: "ml", team: "ML Ops", "": "", ok: "x".repeat(63) } }), [
      {
        path: 'stores.main.labels["Team"]',
        problem: 'the name must be up to 63 lowercase letters, digits, "-" or "_", beginning with a letter',
      },
      {
        path: 'stores.main.labels["team"]',
        problem: 'the value must be up to 63 lowercase letters, digits, "-" or "_"',
      },
      {
        path: 'stores.main.labels[""]',
        problem: 'the name must be up to 63 lowercase letters, digits, "-" or "_", beginning with a letter',
      },
    ]);
    // 43 letters of three bytes each are 129 bytes.
    const long = "ก".repeat(43);
    assert.deepEqual(check({ labels: { [long]: "x", team: long } }), [
      { path: `stores.main.labels["${long}"]`, problem: "the name has 129 bytes; Google allows at most 128" },
      { path: 'stores.main.labels["team"]', problem: "the value has 129 bytes; Google allows at most 128" },
    ]);
    assert.deepEqual(check({ labels: { team: "ก".repeat(42) } }), []);
    const many = Object.fromEntries(Array.from({ length: 61 }, (_, index) => [`label-${index}`, ""]));
    assert.deepEqual(check({ labels: many }), [
      { path: "stores.main.labels", problem: "has 61 labels; at most 60 are allowed, since this program sets 4" },
    ]);
  });

  it("refuses more than ten topics", () => {
    const topics = Array.from({ length: 11 }, (_, index) => `projects/acme/topics/topic-${index}`);
    assert.deepEqual(check({ topics }), [
      { path: "stores.main.topics", problem: "has 11 topics; Google allows at most 10" },
    ]);
    assert.deepEqual(check({ topics: topics.slice(1) }), []);
  });

  it("refuses a pool for two clusters: one could read what the other is granted", () => {
    const issuer = "https://issuer.example";
    const [main, other] = [
      { id: "readers", issuer },
      { id: "readers", issuer: `${issuer}/other` },
    ];
    assert.deepEqual(check({ identityPools: { main, other } }), [
      {
        path: "stores.main.identityPools.other.id",
        problem: '"readers" is already the pool of cluster main; each cluster needs its own',
      },
    ]);
    assert.deepEqual(check({ identityPools: { main, other: { ...other, id: "readers-other" } } }), []);
  });

  it("refuses a key that does not lie where the values do", () => {
    assert.deepEqual(check({ kmsKeyName: key("europe-west3") }), [
      {
        path: "stores.main.kmsKeyName",
        problem: "must be a key in the location global, received one in europe-west3",
        fix: "or store the values in that location: stores.main.locations",
      },
    ]);
    assert.deepEqual(check({ locations: [{ location: "europe-west1", kmsKeyName: key("europe-west3") }] }), [
      {
        path: "stores.main.locations",
        problem: "the key of europe-west1 must be in that location, received one in europe-west3",
      },
    ]);
  });

  it("refuses keys for some locations only, and a key beside locations", () => {
    const west1 = { location: "europe-west1", kmsKeyName: key("europe-west1") };
    assert.deepEqual(check({ locations: [west1, { location: "europe-west3" }] }), [
      {
        path: "stores.main.locations",
        problem: "either all locations name a key, or none does; without one: europe-west3",
      },
    ]);
    assert.deepEqual(check({ locations: [west1], kmsKeyName: key("global") }), [
      {
        path: "stores.main.kmsKeyName",
        problem: "applies to automatic replication only; with locations, each location has its own key",
      },
    ]);
  });
});

describe("ids of Google's secrets", () => {
  const part = fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,12}$/);
  const addresses = fc.record({ path: fc.array(part, { minLength: 2, maxLength: 4 }), key: fc.option(part) });
  const idOf = ({ path, key: last }: { readonly path: readonly string[]; readonly key: string | null }) =>
    gcpSecretId({ ...address, path: path.join("/") }, last ?? undefined);

  it("are legal and the same each time", () => {
    fc.assert(
      fc.property(addresses, (each) => {
        assert.match(idOf(each), /^[0-9A-Za-z_-]+$/);
        assert.equal(idOf(each), idOf({ path: [...each.path], key: each.key }));
      }),
    );
  });

  it("are never shared by two secrets, or by a secret and a key of another", () => {
    // A small alphabet, so that look-alikes are common.
    const close = fc.stringMatching(/^[ab][ab_.-]{0,3}$/);
    const pairs = fc.record({ path: fc.array(close, { minLength: 2, maxLength: 3 }), key: fc.option(close) });
    fc.assert(
      fc.property(pairs, pairs, (one, other) => {
        // A secret whose path is that of another with one of its keys is refused as a whole (`checkStores`).
        const placeOf = ({ path, key }: typeof one) => [...path, ...(key === null ? [] : [key])].join("/");
        if (idOf(one) === idOf(other)) assert.equal(placeOf(one), placeOf(other));
      }),
      { numRuns: 5000 },
    );
  });
});

describe("labels of the owner", () => {
  it("are made fit, whatever a stack is called", () => {
    assert.deepEqual(legalLabels({ "managed-by": "Pulumi", stack: "prod.EU 1", "1st": "x".repeat(70) }), {
      "managed-by": "pulumi",
      stack: "prod_eu_1",
      "x-1st": "x".repeat(63),
    });
  });

  it("are cut between characters, and to the bytes that Google takes", () => {
    // Letters of two, three and four bytes; the last are two units of JavaScript's text each.
    for (const [letter, most] of [
      ["é", 63],
      ["ก", 42],
      ["𐐨", 32],
    ] as const) {
      const labels = legalLabels({ stack: letter.repeat(70), [letter.repeat(70)]: "" });
      assert.deepEqual(labels, { stack: letter.repeat(most), [letter.repeat(most)]: "" });
      assert.deepEqual(check({ labels }), []);
    }
  });

  it("pass what people's own labels must pass", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: "binary", minLength: 1 }), fc.string({ unit: "binary" })),
        (labels) => {
          assert.deepEqual(check({ labels: legalLabels(labels) }), []);
        },
      ),
    );
  });
});

describe("providers of an identity pool", () => {
  it("have legal ids, which two clusters never share", () => {
    assert.deepEqual(["main", "prod-eu-1"].map(gcpProviderId), ["main", "prod-eu-1"]);
    const slugs = fc.stringMatching(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
    const odd = fc.constantFrom("a", "gcp-main", "c-main", gcpProviderId("gcp-main"), "x".repeat(33));
    fc.assert(
      fc.property(fc.oneof(slugs, odd), fc.oneof(slugs, odd), (one, other) => {
        assert.match(gcpProviderId(one), /^(?!gcp-)[a-z0-9-]{4,32}$/);
        assert.equal(gcpProviderId(one) === gcpProviderId(other), one === other);
      }),
    );
  });
});

describe("accounts of Google that readers act as", () => {
  const scope = { platform: "acme", environment: "dev", cluster: "main", namespace: "model-server-of-the-shop" };

  it("have legal ids, which two scopes never share", () => {
    assert.match(gcpAccountId(scope), /^sr-model-server-of-[0-9a-f]{10}$/);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/), (namespace) => {
        const id = gcpAccountId({ ...scope, namespace });
        assert.match(id, /^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$/);
        assert.notEqual(id, gcpAccountId({ ...scope, namespace, cluster: "other" }));
      }),
    );
  });
});
