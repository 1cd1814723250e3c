import assert from "node:assert/strict";
import { rsaCertificate } from "../../components/sealed-secrets/certificates.ts";
import { environment, facts } from "../../support/fixtures.ts";
import { chainOf, diagnose, the, told, type World } from "./scene.ts";

const specWith = (more: object = {}) =>
  environment({
    facts: {
      ...facts,
      via: "sealed-secret",
      clusters: { main: { ...facts.clusters.main, sealedSecrets: { certificate: rsaCertificate, ...more } } },
    },
  });
/** The cluster with a SealedSecret that was unsealed, and nothing of the operator. */
const sealed = (world: World) => {
  world.objects.ExternalSecret = [];
  world.objects.SecretStore = [];
  world.objects.SealedSecret = [
    {
      metadata: { name: "shop-db", namespace: "shop", generation: 2 },
      status: { observedGeneration: 2, conditions: [{ type: "Synced", status: "True" }] },
    },
  ];
  the(world, "Secret").metadata = {
    name: "shop-db",
    namespace: "shop",
    ownerReferences: [{ kind: "SealedSecret", name: "shop-db", controller: true }],
  };
};
const seen = (change: (world: World) => void = () => undefined, more: object = {}) =>
  diagnose(
    (world) => {
      sealed(world);
      change(world);
    },
    { spec: specWith(more) },
  );

const restart =
  "fix: restart the controller, which unseals again: kubectl -n kube-system rollout restart deployment sealed-secrets-controller";

describe("what the doctor says of a Secret that is sealed", () => {
  it("is nothing where its controller unsealed it and controls the Secret; nothing of the operator is looked at", async () => {
    const report = await seen();
    assert.deepEqual(told(report), []);
    const chain = chainOf(report);
    assert.ok(chain.includes("delivery sound"));
    for (const link of ["operator", "store"]) assert.ok(!chain.join().includes(link), link);
  });

  for (const [title, change, ...said] of [
    [
      "a SealedSecret that is gone",
      (world: World) => (world.objects.SealedSecret = []),
      "delivery first: SealedSecret shop/shop-db does not exist\nfix: pulumi up --refresh --stack test",
    ],
    [
      "one that was sealed for another cluster",
      (world: World) =>
        (the(world, "SealedSecret").status = {
          observedGeneration: 2,
          conditions: [{ type: "Synced", status: "False", message: "no key could decrypt secret (password)" }],
        }),
      "delivery first: SealedSecret shop/shop-db was not unsealed: no key could decrypt secret (password)\nfix: the certificate is not one of this controller's keys (another cluster's, or of a deleted key): fetch it in each run instead: pulumi config rm --stack test --path 'clusters.main.sealedSecrets.certificate' && pulumi config set --stack test --path 'clusters.main.sealedSecrets.fetchCertificate' true",
    ],
    [
      "one whose newest generation nobody looked at",
      (world: World) => (the(world, "SealedSecret").metadata = { name: "shop-db", namespace: "shop", generation: 3 }),
      "delivery first: SealedSecret shop/shop-db was not looked at by the Sealed Secrets controller of cluster main\nfix: check that it runs and watches namespace shop: kubectl -n kube-system get deployments",
    ],
    [
      "a Secret that lacks a key",
      (world: World) => (the(world, "Secret").keys = ["password"]),
      `secret first: Secret shop/shop-db lacks key username\n${restart}`,
    ],
    [
      "a Secret that is gone",
      (world: World) => (world.objects.Secret = []),
      `secret first: Secret shop/shop-db does not exist\n${restart}`,
    ],
  ] as const) {
    it(`names ${title}`, async () => {
      const found = told(await seen(change)).filter((each) => !each.startsWith("consumers"));
      assert.deepEqual(found, said);
    });
  }

  it("names the folder where a GitOps tool applies it", async () => {
    assert.deepEqual(told(await seen((world) => (world.objects.SealedSecret = []), { appliedBy: "gitops" })), [
      "delivery first: SealedSecret shop/shop-db does not exist\nfix: let the GitOps tool apply it again: npm run manifests -- test --out <folder>, then commit",
    ]);
  });

  it("is that it could not be looked at, where that is so", async () => {
    const report = await seen((world) => world.refused.add("SealedSecret"));
    assert.ok(chainOf(report).includes("delivery unchecked"));
    assert.deepEqual(
      report.secrets.map(({ verdict }) => verdict),
      ["unknown"],
    );
  });
});
