import assert from "node:assert/strict";
import { environment, facts } from "../../support/fixtures.ts";
import { chainOf, diagnose, told, type World } from "./scene.ts";

const spec = environment({
  facts: {
    ...facts,
    clusters: { main: { ...facts.clusters.main, secretsStoreCsi: { install: true } } },
    namespaces: { shop: { ...facts.namespaces.shop, via: "csi" } },
  },
});

const mounting = (world: World, pod: { account?: string; phase?: string }) => {
  world.objects.ExternalSecret = [];
  world.objects.Secret = [];
  world.objects.SecretProviderClass = [{ metadata: { name: "shop-db", namespace: "shop" } }];
  world.objects.Pod = [
    {
      metadata: { name: "api", namespace: "shop" },
      spec: {
        ...(pod.account === undefined ? {} : { serviceAccountName: pod.account }),
        volumes: [
          {
            name: "db",
            csi: { driver: "secrets-store.csi.k8s.io", volumeAttributes: { secretProviderClass: "shop-db" } },
          },
        ],
      },
      status: { phase: pod.phase ?? "Running" },
    },
  ];
};

const failed = 'MountVolume.SetUp failed for volume "db" : ';
const noDriver = `${failed}kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name secrets-store.csi.k8s.io not found in the list of registered CSI drivers`;
const noProvider = `${failed}rpc error: code = Unknown desc = failed to mount secrets store objects for pod shop/api, err: error connecting to provider "vault": provider not found: provider "vault"`;
const noClass = `${failed}rpc error: code = Unknown desc = failed to get secretproviderclass shop/shop-db, error: SecretProviderClass.secrets-store.csi.x-k8s.io "shop-db" not found`;

/** A Pod that waits for its volume, with what the kubelet says of it. */
const notMounted = (world: World, message: string) => {
  mounting(world, { account: "secrets-reader", phase: "Pending" });
  world.events["Pod/api"] = [{ type: "Warning", message }];
};

describe("the doctor, asked about a Secret that Pods mount through the CSI driver", () => {
  it("needs no operator and no Secret", async () => {
    const report = await diagnose(
      (world) => {
        mounting(world, { account: "secrets-reader" });
        world.objects.Deployment = [];
        world.objects.SecretStore = [];
      },
      { spec },
    );
    assert.deepEqual(told(report), []);
    const chain = chainOf(report);
    assert.ok(chain.includes("delivery sound") && chain.includes("consumers sound"));
    assert.ok(!chain.some((each) => /^(operator|store|secret) /.test(each)));
  });

  const symptoms: Readonly<Record<string, readonly [change: (world: World) => void, said: string]>> = {
    "a SecretProviderClass that is gone": [
      (world) => (world.objects.SecretProviderClass = []),
      "delivery first: SecretProviderClass shop/shop-db does not exist\nfix: pulumi up --refresh --stack test",
    ],
    "a Pod of another account": [
      (world) => mounting(world, {}),
      "consumers first: Pod shop/api mounts shop-db as service account default, which the store does not trust\nfix: run it as secrets-reader: spec.serviceAccountName (docs/deliveries/csi.md)",
    ],
    "a driver that does not run on the node": [
      (world) => notMounted(world, noDriver),
      `consumers first: Pod shop/api does not start: the Secrets Store CSI driver does not run on its node\nevent: ${noDriver}\nfix: install the driver, or let its DaemonSet run on that node (docs/deliveries/csi.md): kubectl -n kube-system get daemonsets,pods -o wide`,
    ],
    "a provider that does not run on the node": [
      (world) => notMounted(world, noProvider),
      `consumers first: Pod shop/api does not start: the driver finds no provider "vault" on its node\nevent: ${noProvider}\nfix: install that provider, or let its DaemonSet run on that node (docs/deliveries/csi.md): kubectl -n kube-system get daemonsets,pods -o wide`,
    ],
    "a class that the driver did not find": [
      (world) => notMounted(world, noClass),
      `consumers first: Pod shop/api does not start: there is no SecretProviderClass shop/shop-db\nevent: ${noClass}\nfix: pulumi up --refresh --stack test`,
    ],
    "a mount that the store refuses, in the provider's words": [
      (world) =>
        notMounted(
          world,
          'MountVolume.SetUp failed for volume "db" : rpc error: Code: 403. Errors: * permission denied',
        ),
      'rights first: Pod shop/api does not start: MountVolume.SetUp failed for volume "db" : rpc error: Code: 403. Errors: * permission denied\nfix: the policy of its Vault role does not name this path: run `pulumi up --refresh --stack test`, which restores the policy',
    ],
  };
  for (const [symptom, [change, said]] of Object.entries(symptoms)) {
    it(`names ${symptom}`, async () => {
      const report = await diagnose(
        (world) => {
          mounting(world, { account: "secrets-reader" });
          change(world);
        },
        { spec },
      );
      assert.deepEqual(told(report), [said]);
    });
  }
});
