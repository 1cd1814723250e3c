import assert from "node:assert/strict";
import { RefusedError, StoreError } from "../../../components/support/messages/errors.ts";
import { certificateText } from "../../../components/sealed-secrets/source.ts";
import { sealingCertificates } from "../../../stacks/deploy/sealing.ts";
import {
  ecCertificate,
  otherCertificate,
  rsaCertificate,
  shortCertificate,
} from "../../components/sealed-secrets/certificates.ts";
import { startCluster, type FakeCluster } from "../../support/fake-cluster.ts";
import { environment, facts, refusal, refusalOf } from "../../support/fixtures.ts";
import { canary, failing, up, type Changes } from "../../support/stack.ts";

const sealed = "kubernetes:bitnami.com/v1alpha1:SealedSecret";
const external = "kubernetes:external-secrets.io/v1:ExternalSecret";

/** Facts of a cluster for which all Secrets are sealed, as texts: certificate, and how the namespaces get them. */
const sealedFacts = (sealedSecrets: object = { certificate: rsaCertificate }, via = "sealed-secret") => ({
  clusters: { main: { ...facts.clusters.main, sealedSecrets } },
  namespaces: { shop: { cluster: "main" }, till: { cluster: "main" } },
  stores: {},
  via,
});
const run = (changes: Changes = {}) => up({ facts: sealedFacts(), ...changes });

interface Inputs {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: { readonly encryptedData: Readonly<Record<string, string>> };
}
type Resources = Awaited<ReturnType<typeof up>>["resources"];
const inputsOf = (resources: Resources, name: string) => resources.find(sealed, name).inputs as unknown as Inputs;

describe("deploying SealedSecrets", () => {
  it("makes them, and a key for the fingerprints of each secret, but no store, operator or plain Secret", async () => {
    const { resources, result } = await run();
    assert.deepEqual(
      resources.contents.filter((each) => !each.startsWith("secrets:")),
      [
        `${sealed} main/shop/shop-db`,
        `${sealed} main/till/till-api`,
        `${sealed} main/till/till-db`,
        "pulumi:index:Stash shop/db/password",
        "pulumi:index:Stash shop/db@digest-key",
        "pulumi:index:Stash till/api@digest-key",
        "pulumi:providers:kubernetes main",
      ],
    );
    assert.deepEqual(result.namespaces["shop"]?.clusters, { main: { store: "sealed-secret" } });
    assert.ok(!JSON.stringify(resources.all).includes(canary));
  });

  it("changes nothing in a second run", async () => {
    const first = await run();
    const second = await run({ state: first.state });
    for (const name of first.resources.names(sealed)) {
      assert.deepEqual(second.resources.find(sealed, name).inputs, first.resources.find(sealed, name).inputs);
    }
  });

  it("seals one key again when its value is another, and all with another certificate", async () => {
    const first = await run();
    const before = inputsOf(first.resources, "main/shop/shop-db").spec.encryptedData;
    const rotated = await run({
      facts: { ...sealedFacts(), rotations: { "shop/db": "2026-02-01" } },
      state: first.state,
      entropy: "second",
    });
    const after = inputsOf(rotated.resources, "main/shop/shop-db").spec.encryptedData;
    assert.equal(after["username"], before["username"]);
    assert.notEqual(after["password"], before["password"]);
    const renewed = await run({ facts: sealedFacts({ certificate: otherCertificate }), state: first.state });
    const all = inputsOf(renewed.resources, "main/shop/shop-db").spec.encryptedData;
    for (const key of ["username", "password"]) assert.notEqual(all[key], before[key]);
  });

  it("hands a Secret over from an ExternalSecret, and back", async () => {
    const remote = { clusters: sealedFacts().clusters };
    const first = await up({ facts: remote });
    const there = await up({ facts: { ...remote, via: "sealed-secret" }, state: first.state });
    const name = "main/shop/shop-db";
    assert.deepEqual(there.resources.find(sealed, name).options.hooks?.["beforeCreate"], ["replace-secret-main"]);
    there.resources.assertNone(external);
    const back = await up({ facts: remote, state: there.state });
    assert.deepEqual(back.resources.find(external, name).options.hooks?.["beforeCreate"], ["release-secret-main"]);
    back.resources.assertNone(sealed);
  });

  for (const [from, to, maker] of [
    ["sealed-secret", "plain", "belongs to a SealedSecret of this stack"],
    ["plain", "sealed-secret", "was written by this stack itself"],
  ] as const) {
    it(`refuses a change from ${from} to ${to}, which would delete the Secret`, async () => {
      const one = { applications: ["shop"] };
      const { state } = await up({ facts: { ...sealedFacts(undefined, from), ...one }, secret: {} });
      const { error } = await failing({ facts: { ...sealedFacts(undefined, to), ...one }, state, secret: {} });
      assert.ok(error instanceof RefusedError);
      assert.equal(
        error.message,
        [
          'Environment "test" was refused: 1 problem. Nothing was changed.',
          `  namespaces.shop.secrets.shop-db.via: Secret shop-db ${maker}, which this change would delete together with the Secret`,
          `    fix: pulumi config set --path 'namespaces.shop.secrets.shop-db.via' ${from}`,
        ].join("\n"),
      );
    });
  }

  it("refuses a cluster without a certificate", () => {
    assert.equal(
      refusalOf({ facts: { ...facts, via: "sealed-secret" } }),
      refusal(
        1,
        "  clusters.main.sealedSecrets: is missing: Secrets of namespace shop are delivered via sealed-secret, and sealed with the certificate of the cluster's controller",
        "    fix: fetch it in each run: pulumi config set --path 'clusters.main.sealedSecrets.fetchCertificate' true",
        "    or name a file that holds it: pulumi config set --path 'clusters.main.sealedSecrets.certificateFile' <path>",
      ),
    );
  });
});

describe("certificates of clusters", () => {
  const clusterWith = (sealedSecrets: object, kubeconfig?: string) =>
    environment({
      facts: {
        ...facts,
        via: "sealed-secret",
        clusters: {
          main: { ...facts.clusters.main, ...(kubeconfig === undefined ? {} : { kubeconfig }), sealedSecrets },
        },
      },
    });
  const now = new Date("2026-12-01T00:00:00Z");
  const readAt = (spec: ReturnType<typeof clusterWith>, at: Date | undefined) =>
    sealingCertificates(spec, { sealingCertificate: certificateText }, at);
  const read = (spec: ReturnType<typeof clusterWith>) => readAt(spec, now);

  it("are none where nothing is sealed", async () => {
    assert.deepEqual([...(await read(environment()))], []);
  });

  it("are refused when they have expired", async () => {
    await assert.rejects(read(clusterWith({ certificate: shortCertificate })), {
      message: [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        "  clusters.main.sealedSecrets.certificate: expired on 2026-11-30",
        "    fix: use the newest certificate of the controller: kubeseal --fetch-cert --controller-namespace kube-system --controller-name sealed-secrets-controller",
      ].join("\n"),
    });
    assert.equal((await readAt(clusterWith({ certificate: shortCertificate }), undefined)).size, 1);
  });

  it("are refused in the facts where they are none, or not RSA", () => {
    for (const [certificate, problem] of [
      [ecCertificate, "has a public key of type ec, and Sealed Secrets needs RSA"],
      ["-----BEGIN CERTIFICATE-----\ncanary-7d\n", "is no certificate in PEM format"],
    ] as const) {
      const { sealedSecrets } = sealedFacts({ certificate }).clusters.main;
      const text = refusalOf({ facts: { ...facts, clusters: { main: { ...facts.clusters.main, sealedSecrets } } } });
      assert.ok(text.includes(`clusters.main.sealedSecrets.certificate: ${problem}`), text);
      assert.ok(!text.includes("canary"));
    }
  });

  it("come from exactly one place", () => {
    for (const sealedSecrets of [{}, { certificate: rsaCertificate, fetchCertificate: true }]) {
      const text = refusalOf({ facts: { ...facts, clusters: { main: { ...facts.clusters.main, sealedSecrets } } } });
      assert.match(text, /clusters\.main\.sealedSecrets: must name the controller's certificate in exactly one of/);
    }
  });

  it("are said to be missing by the path of their file", async () => {
    await assert.rejects(read(clusterWith({ certificateFile: "no/such.pem" })), (error: unknown) => {
      assert.ok(error instanceof StoreError);
      assert.match(
        error.message,
        /^clusters\.main\.sealedSecrets\.certificateFile: no\/such\.pem can't be read \(ENOENT\)/,
      );
      return true;
    });
  });

  describe("that are fetched from the controller", () => {
    const service = "/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller:/proxy/v1/cert.pem";
    let cluster: FakeCluster;
    beforeEach(async () => {
      cluster = await startCluster({ [service]: { pem: rsaCertificate } });
    });
    afterEach(() => cluster.close());

    it("are asked for through the API server", async () => {
      const fetched = clusterWith({ fetchCertificate: true }, cluster.kubeconfig);
      // The fake answers with JSON around it, whose quotation marks and line ends are no certificate.
      await assert.rejects(read(fetched), /the certificate of its controller is no certificate in PEM format/);
      assert.deepEqual(
        cluster.requests.map((each) => decodeURIComponent(each)),
        [`GET ${service}`],
      );
    });

    it("say why they could not be had", async () => {
      cluster.answers.clear();
      await assert.rejects(read(clusterWith({ fetchCertificate: true }, cluster.kubeconfig)), (error: unknown) => {
        assert.ok(error instanceof StoreError);
        assert.match(
          error.message,
          /^clusters\.main\.sealedSecrets: fetching the certificate from Service kube-system\/sealed-secrets-controller failed: /,
        );
        return true;
      });
    });
  });
});
