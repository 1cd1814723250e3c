import assert from "node:assert/strict";
import { environment, facts } from "../../support/fixtures.ts";
import { chainOf, diagnose, the, told, type World } from "./scene.ts";

/** What makes a part of the operator again whose Helm release is there. */
const again =
  "helm -n external-secrets get manifest external-secrets | kubectl annotate --local --overwrite -f - -o yaml " +
  "meta.helm.sh/release-name=external-secrets meta.helm.sh/release-namespace=external-secrets | kubectl apply -n external-secrets --server-side --force-conflicts --field-manager=helm -f -";

/** What is wrong with the operator, and what the doctor says. */
const symptoms: Readonly<Record<string, readonly [change: (world: World) => void, ...said: readonly string[]]>> = {
  "kinds that are not served": [
    (world) => (world.served = []),
    `operator first: cluster main does not serve external-secrets.io/v1: the operator's custom resource definitions are missing, or too old\nfix: ${again} && pulumi up --refresh --stack test`,
  ],
  "an operator that serves v1beta1 only": [
    (world) => (world.served = ["v1beta1"]),
    `operator first: cluster main does not serve external-secrets.io/v1 (it serves v1beta1): the operator's custom resource definitions are missing, or too old\nfix: ${again} && pulumi up --refresh --stack test`,
  ],
  "no Deployment": [
    (world) => (world.objects.Deployment = []),
    `operator first: namespace external-secrets has no Deployment of the operator (app.kubernetes.io/name: external-secrets)\nfix: ${again}`,
    `operator broken: namespace external-secrets has no Deployment of the operator (app.kubernetes.io/name: external-secrets-webhook)\nfix: ${again}`,
    `operator broken: namespace external-secrets has no Deployment of the operator (app.kubernetes.io/name: external-secrets-cert-controller)\nfix: ${again}`,
  ],
  "a Deployment that is scaled to 0": [
    (world) => (the(world, "Deployment", "external-secrets").spec = { replicas: 0 }),
    "operator first: Deployment external-secrets/external-secrets is scaled to 0: nothing is read from any store\nfix: kubectl -n external-secrets scale deployment external-secrets --replicas=2",
  ],
  "an image that can't be pulled": [
    (world) => unavailable(world, { reason: "ImagePullBackOff", message: 'Back-off pulling image "ghcr.io/x"' }),
    "operator first: Deployment external-secrets/external-secrets has no available Pod\nPod external-secrets-1: ImagePullBackOff: Back-off pulling image \"ghcr.io/x\"\nfix: let it pull its image from where the nodes can: pulumi config set --stack test --path 'clusters.main.externalSecrets.image.repository' <registry/path> && pulumi up --stack test",
  ],
  "an operator that runs out of memory": [
    (world) => unavailable(world, { reason: "CrashLoopBackOff" }, "OOMKilled"),
    "operator first: Deployment external-secrets/external-secrets has no available Pod\nPod external-secrets-1: CrashLoopBackOff: last ended as OOMKilled\nfix: kubectl -n external-secrets logs -l app.kubernetes.io/name=external-secrets --previous",
  ],
  "a Pod that no node has room for": [
    (world) => {
      the(world, "Deployment", "external-secrets").status = {};
      world.objects.Pod?.push({
        metadata: operatorPod,
        status: {
          phase: "Pending",
          conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }],
        },
      });
    },
    "operator first: Deployment external-secrets/external-secrets has no available Pod\nPod external-secrets-1: not scheduled: 0/3 nodes are available\nfix: let a node take them, by room, labels or taints: kubectl describe nodes; or change what the Pods ask for: clusters.main.externalSecrets.values (docs/clusters/operator.md#other-chart-values)",
  ],
  "a Pod that is not Ready": [
    (world) => {
      the(world, "Deployment", "external-secrets").status = {};
      world.objects.Pod?.push({
        metadata: operatorPod,
        status: {
          phase: "Running",
          conditions: [{ type: "Ready", status: "False", message: "containers with unready status: [manager]" }],
        },
      });
    },
    "operator first: Deployment external-secrets/external-secrets has no available Pod\nPod external-secrets-1 is not Ready: containers with unready status: [manager]\nfix: kubectl -n external-secrets rollout restart deployment external-secrets",
  ],
  "a Deployment that makes no Pod": [
    (world) =>
      (the(world, "Deployment", "external-secrets").status = {
        conditions: [{ type: "ReplicaFailure", status: "True", message: "exceeded quota: pods" }],
      }),
    "operator first: Deployment external-secrets/external-secrets has no available Pod\nReplicaFailure: exceeded quota: pods\nfix: raise the quota, or remove what uses it up: kubectl -n external-secrets describe resourcequota",
  ],
  "another version than the facts say": [
    (world) => {
      const labels = the(world, "Deployment", "external-secrets").metadata?.labels as Record<string, string>;
      labels["helm.sh/chart"] = "external-secrets-2.8.0";
    },
    "operator warning: Deployment external-secrets/external-secrets is of chart 2.8.0, and the facts say 2.9.0\nfix: pulumi up --stack test",
  ],
  "objects that are stored in a version of before": [
    (world) => (the(world, "CustomResourceDefinition").status = { storedVersions: ["v1beta1", "v1"] }),
    `operator warning: CustomResourceDefinition externalsecrets.external-secrets.io still lists v1beta1 among its stored versions, which keeps a newer chart from being installed\nfix: once every ExternalSecret was written again as v1: kubectl patch crd externalsecrets.external-secrets.io --subresource=status --type=merge -p '{"status":{"storedVersions":["v1"]}}'`,
  ],
  "Pods that break the namespace's security standard": [
    (world) =>
      (the(world, "Deployment", "external-secrets").status = {
        conditions: [{ type: "ReplicaFailure", status: "True", message: 'violates PodSecurity "restricted:latest"' }],
      }),
    'operator first: Deployment external-secrets/external-secrets has no available Pod\nReplicaFailure: violates PodSecurity "restricted:latest"\nfix: change what puts the named field into Pods, or the label pod-security.kubernetes.io/enforce of namespace external-secrets',
  ],
  "a release that Helm was killed in the middle of": [
    (world) =>
      world.objects.Secret?.push(
        ...["deployed", "pending-upgrade"].map((status, index) => ({
          metadata: {
            name: `sh.helm.release.v1.external-secrets.v${index + 1}`,
            namespace: "external-secrets",
            labels: { owner: "helm", name: "external-secrets", status, version: String(index + 1) },
          },
          keys: ["release"],
          emptyKeys: [],
        })),
      ),
    "operator warning: Helm release external-secrets/external-secrets is pending-upgrade in revision 2: a run was killed while Helm was at work, and Helm begins no other\nfix: once nobody is at work: kubectl -n external-secrets delete secret sh.helm.release.v1.external-secrets.v2 && pulumi up --stack test",
  ],
  "a webhook without Pods": [
    (world) => (world.objects.EndpointSlice = []),
    "operator first: the operator's webhook (Service external-secrets/external-secrets-webhook) has no Pod that is ready, so the API server refuses to create, change or delete a SecretStore or ExternalSecret\nregistered by ValidatingWebhookConfiguration externalsecret-validate\nfix: kubectl -n external-secrets rollout restart deployment external-secrets-webhook",
  ],
  "a webhook without a certificate": [
    (world) => {
      const [webhook] = the(world, "ValidatingWebhookConfiguration").webhooks ?? [];
      if (webhook?.clientConfig !== undefined) webhook.clientConfig.caBundle = "";
    },
    "operator first: the operator's webhook (Service external-secrets/external-secrets-webhook) has no certificate in ValidatingWebhookConfiguration externalsecret-validate, so the API server refuses to create, change or delete a SecretStore or ExternalSecret\nfix: kubectl -n external-secrets rollout restart deployment external-secrets-cert-controller",
  ],
};

const operatorPod = {
  name: "external-secrets-1",
  namespace: "external-secrets",
  labels: { "app.kubernetes.io/name": "external-secrets" },
};

function unavailable(world: World, waiting: { reason: string; message?: string }, lastEnd?: string): void {
  the(world, "Deployment", "external-secrets").status = { availableReplicas: 0 };
  const lastState = lastEnd === undefined ? {} : { lastState: { terminated: { reason: lastEnd } } };
  world.objects.Pod?.push({
    metadata: operatorPod,
    status: { phase: "Pending", containerStatuses: [{ name: "manager", state: { waiting }, ...lastState }] },
  });
}

describe("the doctor, asked about the operator", () => {
  for (const [symptom, [change, ...said]] of Object.entries(symptoms)) {
    it(`names ${symptom}`, async () => {
      const report = await diagnose(change);
      assert.deepEqual(told(report), said);
      const isWarning = said[0]?.startsWith("operator warning") === true;
      assert.ok(chainOf(report).includes(isWarning ? "operator warning" : "operator broken"));
    });
  }

  it("installs one that is gone altogether by the next up", async () => {
    const report = await diagnose((world) => {
      world.served = [];
      world.objects.Deployment = [];
      world.objects.ServiceAccount = world.objects.ServiceAccount?.slice(0, 1) ?? [];
    });
    assert.deepEqual([...new Set(report.problems.map(({ fix }) => fix))], ["pulumi up --refresh --stack test"]);
  });

  const brought = (externalSecrets: object) =>
    environment({ facts: { ...facts, clusters: { main: { ...facts.clusters.main, externalSecrets } } } });

  it("leaves one that others installed to them", async () => {
    const spec = brought({ version: "2.9.0", install: false });
    const scaled = (world: World) => (the(world, "Deployment", "external-secrets").spec = { replicas: 0 });
    assert.deepEqual(told(await diagnose(scaled, { spec })), [
      "operator first: Deployment external-secrets/external-secrets is scaled to 0: nothing is read from any store\nfix: kubectl -n external-secrets scale deployment external-secrets --replicas=2",
    ]);
    const notServed = await diagnose((world) => (world.served = []), { spec });
    assert.equal(
      notServed.problems[0]?.fix,
      "install External Secrets Operator 2.9.0 in the cluster, or let this stack do it: pulumi config set --stack test --path 'clusters.main.externalSecrets.install' true && pulumi up --stack test",
    );
  });

  it("names what is left of a webhook that the facts do without", async () => {
    const spec = brought({ version: "2.9.0", webhook: false });
    assert.deepEqual(told(await diagnose((world) => (world.objects.EndpointSlice = []), { spec })), [
      "operator first: the operator's webhook (Service external-secrets/external-secrets-webhook) has no Pod that is ready, so the API server refuses to create, change or delete a SecretStore or ExternalSecret\nregistered by ValidatingWebhookConfiguration externalsecret-validate\nfix: remove what an earlier installation left: kubectl delete validatingwebhookconfiguration externalsecret-validate",
    ]);
  });
});
