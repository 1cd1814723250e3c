import assert from "node:assert/strict";
import { literal, password, providedBytes } from "../../../../components/values/recipe.ts";
import { outputsOf } from "../../../../stacks/outputs/index.ts";
import type { CatalogueDelivery } from "../../../../stacks/environments/catalogue-spec.ts";
import { planInputOf } from "../../../../stacks/plan/input.ts";
import { environment, facts, policy, refusal, refusalOf } from "../../../support/fixtures.ts";

const main = facts.clusters.main;
const account = { region: "eu-central-1", accountId: "111122223333" };
const google = { kind: "gcp-secret-manager", project: "acme-prod", projectNumber: "123456789012" };
const gke = { flavour: "gke", project: "acme-prod", location: "europe-west3", clusterName: "main" };
const gkeDriver = "secrets-store-gke.csi.k8s.io";

interface Scene {
  /** Facts of the cluster besides its operator. */
  readonly cluster?: object;
  /** Facts of the driver; `null`: there are none. */
  readonly driver?: object | null;
  readonly store?: object;
  readonly delivery?: Partial<CatalogueDelivery>;
  readonly others?: object;
}

/** A namespace whose one Secret is delivered via csi from Vault; with these parts instead. */
function changes({ cluster = {}, driver = {}, store = {}, delivery, others = {} }: Scene) {
  const own = { ...main, ...cluster, ...(driver === null ? {} : { secretsStoreCsi: driver }) };
  return {
    facts: {
      ...facts,
      via: "csi",
      clusters: { main: own },
      stores: { vault: { ...("kind" in store ? {} : facts.stores.vault), ...store } },
      ...others,
    },
    policy: { ...policy, allowStaticCredentials: true },
    secretKeys: new Set(["vaultReaderToken"]),
    catalogue: {
      shop: {
        secrets: { db: { keys: { username: literal("shop"), password: password() } } },
        deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"], ...delivery }],
      },
    },
  };
}
const accepted = (scene: Scene = {}) => environment(changes(scene));
const refused = (scene: Scene) => refusalOf(changes(scene));

const operated =
  "deliver it by the operator: pulumi config set --path 'namespaces.shop.secrets.shop-db.via' external-secret";

describe("what is delivered via csi", () => {
  it("needs no operator, and comes from the namespace's store", () => {
    const spec = accepted();
    assert.deepEqual([spec.clusters.get("main")?.needsOperator, spec.placements.length], [false, 1]);
  });

  it("is told to app teams: what a Pod names, and the account that it runs as", () => {
    const { shop } = outputsOf(accepted()).namespaces;
    assert.deepEqual(shop?.clusters, {
      main: { store: "vault", csi: { driver: "secrets-store.csi.k8s.io", serviceAccount: "secrets-reader" } },
    });
    const { secretProviderClass, remoteNames } = shop.secrets["shop-db"] ?? {};
    assert.deepEqual([secretProviderClass, remoteNames], ["shop-db", { vault: ["acme-test/shop/db"] }]);
  });

  it("comes from a Vault that verifies tokens with keys, and from none that wants a secret id", () => {
    assert.equal(accepted({ store: { auth: { type: "jwt" } } }).placements.length, 1);
    assert.equal(
      refused({ store: { auth: { type: "approle", secretId: { name: "vault-approle" } } } }),
      refusal(
        1,
        "  stores.vault.auth: lets cluster main log in by approle, which the driver's provider for Vault can't: it logs in with tokens of service accounts",
        "    fix: let those log in, with auth.type kubernetes or jwt, or deliver via external-secret",
      ),
    );
  });

  it("is in the plan with each Pod that mounts it, at each poll", () => {
    const { consumers } = planInputOf(accepted({ driver: { pods: 30, rotationPollSeconds: 600 } }));
    assert.deepEqual(consumers, [
      { cluster: "main", store: "vault", reads: { standard: 30, advanced: 0 }, pollSeconds: 600 },
    ]);
  });

  it("is refused where all Pods together would be throttled", () => {
    const store = { kind: "aws-parameter-store", ...account };
    const cluster = { issuer: "https://issuer.example/main" };
    accepted({ store, cluster, driver: { pods: 1000 } });
    assert.equal(
      refused({ store, cluster, driver: { pods: 1000, rotationPollSeconds: 30 } }),
      refusal(
        1,
        "  stores.vault: what Pods mount is read again at each poll: with what the operator reads, 67 calls a second, 166.7 % of the 40 that aws-parameter-store takes; planned may be 50 %",
        "    fix: pulumi config set --path 'clusters.main.secretsStoreCsi.rotationPollSeconds' 100; or pulumi config set --path 'stores.vault.layout' bundle",
      ),
    );
  });

  it("is refused beside what facts say of an object of others, which no file can follow", () => {
    const reading = (key: object) => ({ store: { references: { "shop/db": { keys: { password: key } } } } });
    accepted({ store: { references: { "shop/db": true } } });
    for (const key of [{ version: "3" }, { property: "login.password" }, { decode: "base64" }]) {
      assert.equal(
        refused(reading(key)),
        refusal(
          1,
          "  namespaces.shop.secrets.shop-db: takes a version, a property or an encoding of acme-test/shop/db that facts choose (references), and via csi a file is an object's newest text, or a key of it",
          `    fix: ${operated}`,
        ),
      );
    }
  });

  it("is refused for bytes, which no file would have", () => {
    const keys = { keystore: providedBytes("shopKeystore") };
    assert.equal(
      refusalOf({
        ...changes({}),
        catalogue: {
          shop: {
            secrets: { tls: { keys } },
            deliveries: [{ namespace: "shop", secretName: "shop-tls", from: ["tls"] }],
          },
        },
        secretKeys: new Set(["vaultReaderToken", "shopKeystore"]),
      }),
      refusal(
        1,
        "  namespaces.shop.secrets.shop-tls: has bytes (providedBytes) as keystore, and via csi a file would hold their base64",
        "    fix: deliver it by the operator: pulumi config set --path 'namespaces.shop.secrets.shop-tls.via' external-secret",
        "    or let the application decode the file: provided(…) in the catalogue",
      ),
    );
  });

  it("is refused where the operator composes a key of it", () => {
    assert.equal(
      refused({ delivery: { templates: { url: "postgres://${db/username}:${db/password|uri}@db/shop" } } }),
      refusal(
        1,
        "  namespaces.shop: gets Secret shop-db via csi, but its templates are rendered by the operator: the CSI driver makes files of values as they are",
        "    fix: compose the value in a secret that this program makes, by template(…) among its keys",
        "    or let the operator bring it from a store that holds it: pulumi config set --path 'namespaces.shop.secrets.shop-db.via' external-secret",
      ),
    );
  });

  it("takes a driver, which facts must choose", () => {
    assert.equal(
      refused({ driver: null }),
      refusal(
        1,
        "  clusters.main.secretsStoreCsi: is missing: Secrets of namespace shop are delivered via csi, which takes the Secrets Store CSI driver (docs/deliveries/csi.md)",
        "    fix: pulumi config set --path 'clusters.main.secretsStoreCsi.install' true",
      ),
    );
  });

  it("takes a driver of the platform where charts can't run privileged Pods", () => {
    const openshift = { flavour: "openshift" };
    assert.equal(
      refused({ cluster: openshift }),
      refusal(
        1,
        "  clusters.main.secretsStoreCsi.install: must be false: OpenShift lets no Pods of the chart onto its nodes without further rights; Red Hat's Secrets Store CSI Driver Operator brings the driver",
        "    fix: pulumi config set --path 'clusters.main.secretsStoreCsi.install' false",
      ),
    );
    accepted({ cluster: openshift, driver: { install: false } });
  });

  it("can't come from a store of kind kubernetes", () => {
    assert.equal(
      refused({ store: { kind: "kubernetes" } }),
      refusal(
        1,
        '  namespaces.shop.store: "vault" is of kind kubernetes, which is delivered plain, but via is csi',
        "    fix: name a store that a Pod can read, or: pulumi config set --path 'namespaces.shop.via' plain",
      ),
    );
  });

  it("can't be read with static credentials, which Pods don't have", () => {
    assert.equal(
      refused({ store: { staticCredentials: true } }),
      refusal(
        1,
        "  stores.vault.staticCredentials: must be left out where Secrets are delivered via csi: Pods log in by their own account",
        "    fix: pulumi config rm --path 'stores.vault.staticCredentials'",
      ),
    );
  });

  it("can't share a reader with other namespaces", () => {
    const externalSecrets = { ...main.externalSecrets, clusterSecretStore: {} };
    assert.equal(
      refused({ cluster: { externalSecrets } }),
      refusal(
        1,
        "  clusters.main.externalSecrets.clusterSecretStore: must be left out where Secrets are delivered via csi: Pods log in as an account of their own namespace",
        "    fix: pulumi config rm --path 'clusters.main.externalSecrets.clusterSecretStore'",
      ),
    );
  });

  it("is merged into nothing", () => {
    assert.equal(
      refused({ delivery: { merge: true } }),
      refusal(
        1,
        "  namespaces.shop.secrets.shop-db: is merged into a Secret of others (merge), which the CSI driver can't do",
        `    fix: ${operated}`,
      ),
    );
    assert.equal(
      refused({ others: { existingSecrets: { "shop/shop-db": "overwrite" } } }),
      refusal(
        1,
        '  existingSecrets["shop/shop-db"]: says overwrite, and the Secret is delivered via csi: the CSI driver writes into no Secret that exists',
        `    fix: pulumi config rm --path 'existingSecrets["shop/shop-db"]'`,
        `    or ${operated}`,
      ),
    );
  });

  it("has no type, labels or annotations where no Secret is made", () => {
    const delivery = { type: "kubernetes.io/basic-auth", labels: { team: "shop" } };
    accepted({ delivery, driver: { syncSecret: true } });
    assert.equal(
      refused({ delivery }),
      refusal(
        1,
        "  namespaces.shop.secrets.shop-db: has type, labels without effect: via csi it is files of Pods, and no Secret",
        "    fix: have a Secret made as well: pulumi config set --path 'clusters.main.secretsStoreCsi.syncSecret' true",
        `    or ${operated}`,
      ),
    );
  });

  it("is no pull secret: images are pulled before anything is mounted", () => {
    const delivery = {
      type: "kubernetes.io/dockercfg",
      from: [{ secret: "db", keys: { ".dockercfg": "password" } }],
    };
    assert.match(
      refused({ delivery, driver: { syncSecret: true } }),
      /shop-db: has type kubernetes\.io\/dockercfg, which the kubelet pulls images with: via csi there is a Secret only while a Pod that has started mounts its files\n {4}fix: deliver it by the operator/,
    );
  });

  it("has no key that can't be a file", () => {
    const delivery = { from: [{ secret: "db", keys: { "a..b": "password" } }] };
    assert.equal(
      refused({ delivery }),
      refusal(
        1,
        '  namespaces.shop.secrets.shop-db: has the key a..b, and the driver makes no file whose name holds ".."',
        `    fix: in the catalogue, give the key another name, or ${operated}`,
      ),
    );
  });

  it("is no single key of a bundle where the provider can't take one", () => {
    const uuid = "11111111-1111-4111-8111-111111111111";
    const azure = { kind: "azure-key-vault", subscriptionId: uuid, tenantId: uuid, resourceGroup: "r" };
    const store = { ...azure, vault: "kv-acme", location: "westeurope" };
    const cluster = { issuer: "https://issuer.example/main" };
    accepted({ cluster, store });
    assert.match(
      refused({ cluster, store: { ...store, layout: "bundle" } }),
      /shop-db: takes single keys of acme-test--shop--db, which store vault holds as JSON, .*\n {4}fix: store each key separately: pulumi config set --path 'stores\.vault\.layout' per-key/,
    );
  });

  it("is no secret that a cluster generates", () => {
    const externalSecrets = { ...main.externalSecrets, pushSecrets: true };
    assert.match(
      refused({ cluster: { externalSecrets }, others: { generatedInCluster: { "shop/db": "main" } } }),
      /shop-db: takes shop\/db, which a cluster generates \(generatedInCluster\): Pods would fail to start until its operator has written it/,
    );
  });

  describe("with Google's provider", () => {
    it("needs its chart, which is published nowhere", () => {
      assert.equal(
        refused({ cluster: gke, store: google }),
        refusal(
          1,
          "  clusters.main.secretsStoreCsi.charts.gcp.chart: is missing: Google publishes its provider's chart in no repository (docs/deliveries/csi.md#google-cloud)",
          "    fix: pulumi config set --path 'clusters.main.secretsStoreCsi.charts.gcp.chart' <folder or OCI address of the chart>",
        ),
      );
      accepted({ cluster: gke, store: google, driver: { charts: { gcp: { chart: "./charts/gcp" } } } });
    });

    it("can be GKE's add-on, which makes no Secrets, is not installed here, and reads Google Cloud alone", () => {
      const driver = { install: false, driver: gkeDriver };
      accepted({ cluster: gke, store: { ...google, layout: "per-key" }, driver });
      assert.match(
        refused({ driver: { driver: gkeDriver, syncSecret: true } }),
        /secretsStoreCsi\.install: must be false with .*\n.*secretsStoreCsi\.syncSecret: must be false with /,
      );
      assert.match(
        refused({ driver }),
        /secretsStoreCsi\.driver: is .*, an add-on of GKE, and the cluster is no cluster of GKE/,
      );
      assert.match(
        refused({ cluster: gke, driver }),
        /secretsStoreCsi\.driver: is .*, which reads Google Cloud alone, and namespace shop reads store vault/,
      );
    });
  });

  it("is not read by the operator's identity", () => {
    const eks = { flavour: "eks", clusterName: "acme", identity: "pod-identity" };
    assert.match(
      refused({ cluster: eks, store: { kind: "aws-secrets-manager", ...account } }),
      /clusters\.main\.identity: must be irsa where Secrets are delivered via csi/,
    );
  });
});

describe("facts of the CSI driver", () => {
  for (const [name, driver, problem] of [
    ["a poll that is too short", { rotationPollSeconds: 5 }, /rotationPollSeconds: must be at least 30/],
    [
      "a chart that nothing installs",
      { install: false, charts: { aws: { version: "3.2.0" } } },
      /charts: must be left out/,
    ],
    ["a range of versions", { charts: { driver: { version: "1.x" } } }, /version: must be an exact version/],
    [
      "a repository of a folder",
      { charts: { driver: { chart: "./csi", repository: "https://charts.example.com" } } },
      /charts\.driver\.repository: has no effect/,
    ],
    ["a provider that there is not", { charts: { akeyless: {} } }, /charts/],
  ] as const) {
    it(`are refused: ${name}`, () => assert.match(refused({ driver }), problem));
  }
});
