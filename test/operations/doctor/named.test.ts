import assert from "node:assert/strict";
import { knownErrors } from "../../../components/external-secrets/readiness/known-errors.ts";
import { named } from "../../../operations/doctor/named.ts";
import { syncsOf } from "../../../operations/doctor/report.ts";
import { environment, facts } from "../../support/fixtures.ts";
import { diagnose, the, told, type World } from "./scene.ts";

const cluster = { name: "main", kubeconfig: "clusters/main", context: "admin@my cluster" };
const place = { store: "vault", cluster, namespace: "shop", stack: "test", deployedBy: "test.p1" };
const reached = "kubectl --kubeconfig clusters/main --context 'admin@my cluster'";

describe("what the doctor prints to be typed", () => {
  for (const { fix, pattern } of knownErrors) {
    it(`is for its stack, namespace and cluster, whichever are the current ones: ${String(pattern).slice(0, 60)}`, () => {
      const typed = named(fix, place);
      assert.doesNotMatch(typed, /kubectl (?!--kubeconfig clusters\/main --context 'admin@my cluster')/);
      assert.doesNotMatch(typed, /(?:stores|clusters)\.<name>|<namespace>|\.<cluster>/);
      assert.doesNotMatch(typed, /pulumi up(?!(?: --refresh)? --stack test\.p1)/);
    });
  }

  it("names a cluster once, and stays as it is for the current one", () => {
    assert.equal(
      named(`${reached} get pods | kubectl apply -f -`, place),
      `${reached} get pods | ${reached} apply -f -`,
    );
    const current = { ...place, cluster: { name: "main" } };
    assert.equal(named("kubectl get pods", current), "kubectl get pods");
  });
});

describe("the doctor, in a cluster that is not the current one", () => {
  const { main } = facts.clusters;
  const spec = environment({ facts: { ...facts, clusters: { main: { ...main, context: "admin@my cluster" } } } });
  const typed = "kubectl --context 'admin@my cluster'";
  const symptoms: Readonly<Record<string, readonly [change: (world: World) => void, said: string]>> = {
    "an operator that looks at nothing": [
      (world) => (the(world, "ExternalSecret").status = {}),
      `delivery first: ExternalSecret shop/shop-db has no Ready condition: is the operator running? (${typed} get pods -A -l app.kubernetes.io/name=external-secrets)\nfix: ${typed} -n shop annotate externalsecret shop-db sync-now=$(date +%s) --overwrite`,
    ],
    "keys that wait for a Secret to merge into": [
      (world) =>
        (the(world, "ExternalSecret").status = {
          conditions: [{ type: "Ready", status: "True", reason: "SecretMissing" }],
        }),
      `delivery first: ExternalSecret shop/shop-db is pending: namespace shop has no Secret shop-db to merge its keys into, so none was delivered. The installation that owns the Secret creates it.\nfix: once it exists, run \`pulumi up --stack test\`, or: ${typed} -n shop annotate externalsecret shop-db sync-now=$(date +%s) --overwrite; otherwise the operator looks for it every 1h0m0s`,
    ],
    "a quota": [
      (world) =>
        (the(world, "ExternalSecret").status = {
          conditions: [
            { type: "Ready", status: "False", reason: "SecretSyncedError", message: "exceeded quota: small" },
          ],
        }),
      `secret first: ExternalSecret shop/shop-db is not Ready: SecretSyncedError: exceeded quota: small\nfix: the namespace has no quota for another Secret: raise it, or remove what uses it up: ${typed} -n shop describe resourcequota`,
    ],
  };
  for (const [symptom, [change, said]] of Object.entries(symptoms)) {
    it(`says where of ${symptom}`, async () => {
      assert.deepEqual(told(await diagnose(change, { spec })), [said]);
    });
  }

  it("does not have a Secret that is read once read once more, which could change what it has, and says what does", async () => {
    const namespaces = {
      shop: {
        ...facts.namespaces.shop,
        secrets: { "shop-db": { refreshPolicy: "CreatedOnce", missesRotations: true } },
      },
    };
    const once = environment({ facts: { ...facts, namespaces } });
    const lacking = await diagnose((world) => (the(world, "Secret").keys = ["username"]), { spec: once });
    assert.deepEqual(told(lacking), [
      `secret first: Secret shop/shop-db lacks key password\nfix: it is read once (CreatedOnce); to have all of its keys read once more, with the values of now: kubectl -n shop patch externalsecret shop-db --subresource=status --type=merge -p '{"status":{"syncedResourceVersion":""}}'`,
    ]);
    assert.deepEqual(syncsOf(lacking), []);
    // One that is gone has nothing to keep.
    const gone = await diagnose((world) => (world.objects.Secret = []), { spec: once });
    assert.deepEqual(syncsOf(gone), [{ cluster: "main", namespace: "shop", externalSecret: "shop-db" }]);
  });

  it("names the part that renders what a GitOps tool applies", async () => {
    const rendered = environment({
      facts: {
        ...facts,
        namespaces: { shop: { ...facts.namespaces.shop, via: "gitops" } },
        parts: { base: [], p1: ["shop"] },
      },
    });
    const report = await diagnose((world) => (world.objects.ExternalSecret = []), { spec: rendered });
    assert.deepEqual(told(report), [
      "delivery first: ExternalSecret shop/shop-db does not exist\nfix: let the GitOps tool apply it again: npm run manifests -- test.p1 --out <folder>, then commit",
    ]);
  });
});
