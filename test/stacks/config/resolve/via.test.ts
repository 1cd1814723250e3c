import assert from "node:assert/strict";
import { outputsOf } from "../../../../stacks/outputs/index.ts";
import { deliveriesIn, environment, facts, policy, refusal, refusalOf } from "../../../support/fixtures.ts";
import { up } from "../../../support/stack.ts";

const shop = { cluster: "main" };
const withFacts = (changes: object) => ({ facts: { ...facts, ...changes } });
const viasOf = (changes: object) => deliveriesIn(environment(withFacts(changes))).map(({ via }) => via);

describe("how Secrets get into a namespace", () => {
  it("is by the operator, unless something else is said", () => {
    assert.deepEqual(viasOf({}), ["external-secret"]);
  });

  it("is said by the namespace, or else by the environment", () => {
    assert.deepEqual(viasOf({ via: "plain", namespaces: { shop } }), ["plain"]);
    assert.deepEqual(viasOf({ namespaces: { shop: { ...shop, via: "plain" } } }), ["plain"]);
    const own = { ...facts.namespaces.shop, via: "external-secret" };
    assert.deepEqual(viasOf({ via: "plain", namespaces: { shop: own } }), ["external-secret"]);
  });

  it("is said for one Secret of a namespace, whose others come as before", async () => {
    const shopDb = { secrets: { "shop-db": { via: "plain" } } };
    const { resources } = await up({
      facts: {
        namespaces: {
          ...facts.namespaces,
          till: { cluster: "main", store: "vault", secrets: { "till-db": { via: "plain" } } },
        },
      },
    });
    assert.deepEqual(resources.names("kubernetes:core/v1:Secret"), ["main/till/till-db"]);
    assert.deepEqual(resources.names("kubernetes:external-secrets.io/v1:ExternalSecret"), [
      "main/shop/shop-db",
      "main/till/till-api",
    ]);
    const spec = environment(
      withFacts({
        via: "plain",
        namespaces: { shop: { ...facts.namespaces.shop, secrets: { "shop-db": { via: "external-secret" } } } },
      }),
    );
    assert.deepEqual(
      deliveriesIn(spec).map(({ via }) => via),
      ["external-secret"],
    );
    const alone = environment(withFacts({ namespaces: { shop: { ...shop, ...shopDb } } }));
    assert.deepEqual([alone.placements, alone.clusters.get("main")?.needsOperator], [[], false]);
  });

  it("is refused for a Secret that the namespace does not get", () => {
    const namespaces = { shop: { ...facts.namespaces.shop, secrets: { "shop-bd": { via: "plain" } } } };
    assert.equal(
      refusalOf(withFacts({ namespaces })),
      refusal(
        1,
        "  namespaces.shop.secrets.shop-bd: no such Secret is delivered; did you mean shop-db? there is shop-db",
        "    fix: if it is gone: pulumi config rm --path 'namespaces.shop.secrets.shop-bd'",
      ),
    );
  });

  it("needs no store, and no operator, where it is plain", () => {
    const spec = environment(withFacts({ namespaces: { shop: { ...shop, via: "plain" } } }));
    assert.deepEqual([spec.placements, spec.clusters.get("main")?.needsOperator], [[], false]);
    assert.deepEqual(outputsOf(spec).namespaces["shop"]?.clusters, { main: { store: "plain" } });
  });

  it("keeps the secrets in a store as well, where a plain namespace names one", async () => {
    const namespaces = {
      shop: { ...facts.namespaces.shop, via: "plain" },
      till: { ...facts.namespaces.shop, via: "plain" },
    };
    const { resources } = await up({ facts: { namespaces } });
    assert.deepEqual(resources.names("vault:kv/secretV2:SecretV2"), ["shop/db/vault", "till/api/vault"]);
    assert.deepEqual(resources.names("kubernetes:core/v1:Secret"), [
      "main/shop/shop-db",
      "main/till/till-api",
      "main/till/till-db",
    ]);
    resources.assertNone("kubernetes:external-secrets.io/v1:ExternalSecret");
    resources.assertNone("kubernetes:external-secrets.io/v1:SecretStore");
  });

  it("is plain where facts from before name a store of kind kubernetes, with a line of advice for each", () => {
    const before = { stores: { vault: { kind: "kubernetes" } } };
    assert.deepEqual(viasOf(before), ["plain"]);
    const { advice, stores } = environment(withFacts(before));
    assert.deepEqual(advice, [
      "stores.vault: a store of kind kubernetes is now written as via: plain, for the environment or a namespace, without a store (docs/stores/kubernetes.md)",
    ]);
    assert.equal(stores.size, 0);
    assert.deepEqual(environment().advice, []);
  });

  it("can't be by the operator from a store of kind kubernetes", () => {
    const namespaces = { shop: { ...facts.namespaces.shop, via: "external-secret" } };
    assert.equal(
      refusalOf(withFacts({ stores: { vault: { kind: "kubernetes" } }, namespaces })),
      refusal(
        1,
        '  namespaces.shop.store: "vault" is of kind kubernetes, which is delivered plain, but via is external-secret',
        `    fix: name a store that the operator can read, or: pulumi config set --path 'namespaces.shop.via' plain`,
      ),
    );
  });

  it("is refused where the environment allows no plain Secrets, at each place that says so", () => {
    const strict = { policy: { ...policy, allowEmbeddedSecrets: false } };
    const problem = "plain keeps the only copy of a value in the cluster, and this environment's policy forbids it";
    assert.equal(
      refusalOf({
        ...withFacts({
          via: "plain",
          namespaces: { shop: { ...shop, via: "plain", secrets: { "shop-db": { via: "plain" } } } },
        }),
        ...strict,
      }),
      refusal(
        3,
        `  via: ${problem}`,
        "    fix: pulumi config rm via",
        `  namespaces.shop.via: ${problem}`,
        `    fix: pulumi config rm --path 'namespaces.shop.via'`,
        `  namespaces.shop.secrets.shop-db.via: ${problem}`,
        `    fix: pulumi config rm --path 'namespaces.shop.secrets.shop-db.via'`,
      ),
    );
  });
});
