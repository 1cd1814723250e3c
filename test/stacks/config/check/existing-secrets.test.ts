import assert from "node:assert/strict";
import { literal, password } from "../../../../components/values/recipe.ts";
import type { Catalogue } from "../../../../stacks/environments/catalogue-spec.ts";
import type { Environment } from "../../../../stacks/config/environment.ts";
import { environment, facts, refusal, refusalOf } from "../../../support/fixtures.ts";

const catalogue: Catalogue = {
  shop: {
    secrets: { db: { keys: { username: literal("shop"), password: password() } } },
    deliveries: [
      { namespace: "shop", secretName: "shop-db", from: ["db"] },
      { namespace: "argocd", secretName: "argocd-secret", from: ["db"], merge: true },
    ],
  },
};
const valid = {
  ...facts,
  clusters: { main: facts.clusters.main, second: facts.clusters.main },
  namespaces: {
    shop: { clusters: { main: { store: "vault" }, second: { store: "vault" } } },
    argocd: { cluster: "main", store: "vault" },
  },
};
const withFacts = (changes: object) => ({ catalogue, facts: { ...valid, ...changes } });
const existing = (entries: Readonly<Record<string, unknown>>, more: object = {}) =>
  withFacts({ existingSecrets: entries, ...more });

/** The Secrets of namespace `shop` in a cluster. */
const secretsIn = ({ namespaces }: Environment, cluster: string) =>
  namespaces.find(({ key }) => key === `${cluster}/shop`)?.deliveries ?? [];

describe("entries of existingSecrets", () => {
  it("are for every cluster that has the Secret, or for one by its name, which then counts", () => {
    const spec = environment(existing({ "shop/shop-db": "adopt", "second/shop/shop-db": "merge" }));
    const choiceIn = (cluster: string) => secretsIn(spec, cluster).map((each) => each.existing);
    assert.deepEqual([choiceIn("main"), choiceIn("second")], [["adopt"], ["merge"]]);
  });

  it("are for one cluster alone where its name is in front", () => {
    const spec = environment(existing({ "second/shop/shop-db": "overwrite" }));
    const [delivery] = secretsIn(spec, "main");
    assert.ok(delivery !== undefined && !("existing" in delivery));
    assert.deepEqual(
      secretsIn(spec, "second").map((each) => each.existing),
      ["overwrite"],
    );
  });

  const refused: readonly (readonly [name: string, changes: object, ...lines: string[]])[] = [
    [
      "another word",
      existing({ "shop/shop-db": "keep" }),
      '  existingSecrets["shop/shop-db"]: must be adopt, merge or overwrite',
    ],
    [
      "a Secret that is not delivered",
      existing({ "shop/shop-dbb": "adopt" }),
      '  existingSecrets["shop/shop-dbb"]: no such Secret is delivered; did you mean shop/shop-db? there are argocd/argocd-secret, shop/shop-db',
    ],
    [
      "a Secret of a cluster that does not have it",
      existing({ "second/argocd/argocd-secret": "adopt" }),
      '  existingSecrets["second/argocd/argocd-secret"]: no such Secret is delivered; there are argocd/argocd-secret, shop/shop-db',
    ],
    [
      "a Secret that the catalogue merges into",
      existing({ "argocd/argocd-secret": "merge" }),
      '  existingSecrets["argocd/argocd-secret"]: the catalogue merges into this Secret already (merge: true)',
      `    fix: pulumi config rm --path 'existingSecrets["argocd/argocd-secret"]'`,
    ],
    [
      "values for a secret that is somebody else's",
      existing({ "shop/shop-db": "adopt" }, { reference: { "shop/db": true } }),
      '  existingSecrets["shop/shop-db"]: shop/db is not made by this stack, so no value can be taken over for it from a Secret',
      `    fix: write over its keys and leave the others: pulumi config set --path 'existingSecrets["shop/shop-db"]' merge`,
    ],
    [
      "values for a secret that an operator generates",
      existing(
        { "shop/shop-db": "adopt" },
        {
          generatedInCluster: { "shop/db": "main" },
          clusters: {
            ...valid.clusters,
            main: { ...facts.clusters.main, externalSecrets: { version: "2.9.0", pushSecrets: true } },
          },
        },
      ),
      '  existingSecrets["shop/shop-db"]: shop/db is not made by this stack, so no value can be taken over for it from a Secret',
      `    fix: write over its keys and leave the others: pulumi config set --path 'existingSecrets["shop/shop-db"]' merge`,
    ],
  ];
  for (const [name, changes, ...lines] of refused) {
    it(`reject ${name}`, () => assert.equal(refusalOf(changes), refusal(1, ...lines)));
  }

  it("let the keys of a secret that is somebody else's be merged into a Secret", () => {
    const spec = environment(existing({ "shop/shop-db": "merge" }, { reference: { "shop/db": true } }));
    assert.deepEqual(spec.existingSecrets, { "shop/shop-db": "merge" });
  });
});

describe("entries of adopt", () => {
  const plain = { stores: { vault: { kind: "kubernetes" } } };
  const chosenFrom = (name: string, more: object = {}) => withFacts({ adopt: { "shop/db": name }, ...more });

  for (const name of ["vault", "main", "second"]) {
    it(`name a store or a cluster of the secret: ${name}`, () => {
      const [secret] = environment(chosenFrom(name)).secrets;
      assert.deepEqual(secret?.origin, { kind: "adopted", fromStores: true, preferred: name, without: [] });
    });
  }

  it("name nobody where they are no more than true or false", () => {
    const originOf = (adopt: boolean) => environment(withFacts({ adopt: { "shop/db": adopt } })).secrets[0]?.origin;
    assert.deepEqual(originOf(true), { kind: "adopted", fromStores: true, without: [] });
    assert.deepEqual(originOf(false), { kind: "generated" });
  });

  it("reject a name that neither a store nor a cluster has", () => {
    assert.equal(
      refusalOf(chosenFrom("vualt")),
      refusal(
        1,
        '  adopt["shop/db"]: "vualt" is neither a store nor a cluster of this secret; did you mean vault? there are main, second, vault',
      ),
    );
  });

  it("reject a store or cluster that has nothing to do with the secret", () => {
    const changes = chosenFrom("third", {
      stores: { ...facts.stores, third: { ...facts.stores.vault, mount: "third" } },
      clusters: { ...valid.clusters, third: facts.clusters.main },
    });
    assert.equal(
      refusalOf(changes),
      refusal(
        1,
        '  adopt["shop/db"]: "third" is neither a store nor a cluster of this secret; there are main, second, vault',
      ),
    );
  });

  it("choose between the Secrets of clusters where no store is remote", () => {
    const [secret] = environment(chosenFrom("second", plain)).secrets;
    assert.deepEqual(secret?.origin, { kind: "adopted", fromStores: true, preferred: "second", without: [] });
    assert.match(
      refusalOf(chosenFrom("vault", plain)),
      /"vault" is neither a store nor a cluster of this secret; there are main, second$/,
    );
  });
});
