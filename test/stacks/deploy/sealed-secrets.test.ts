import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { RefusedError } from "../../../components/support/messages/errors.ts";
import { certificateText } from "../../../components/sealed-secrets/source.ts";
import { sealingCertificates } from "../../../stacks/deploy/sealing.ts";
import {
  ecCertificate,
  otherCertificate,
  rsaCertificate,
  shortCertificate,
} from "../../components/sealed-secrets/certificates.ts";
import { startCluster, type FakeCluster } from "../../support/fake-cluster.ts";
import { environment, facts, policy, refusal, refusalOf } from "../../support/fixtures.ts";
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
    assert.deepEqual(back.resources.find(external, name).options.hooks?.["beforeCreate"], [
      "release-secret-main",
      `take-over-${name}`,
    ]);
    back.resources.assertNone(sealed);
  });

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

describe("SealedSecrets that a GitOps tool applies", () => {
  const kept = "secrets:delivery:SealedManifest";
  const filed = (more: object = {}) => ({
    ...sealedFacts({ certificate: rsaCertificate, appliedBy: "gitops" }),
    applications: ["shop"],
    ...more,
  });
  const applied = (more: object = {}) => ({ ...sealedFacts(), applications: ["shop"], ...more });
  const handingOver = { namespaces: { shop: { cluster: "main", handOverTo: "gitops" } } };
  const name = "main/shop/shop-db";
  const outputsOf = ({ state }: Pick<Awaited<ReturnType<typeof up>>, "state">) => {
    const [, found] = Object.entries(state).find(([urn]) => urn.endsWith(`${kept}::${name}`)) ?? assert.fail();
    return (found.outputs as { readonly manifest: Inputs }).manifest;
  };
  const data = ({ spec }: Inputs) => spec.encryptedData;

  it("are in the state, with what was sealed, and no object of the cluster", async () => {
    const made = await up({ facts: filed(), secret: {} });
    const { resources } = made;
    assert.deepEqual(
      resources.contents.filter((each) => !each.startsWith("secrets:") || each.startsWith(kept)),
      [
        "pulumi:index:Stash shop/db/password",
        "pulumi:index:Stash shop/db@digest-key",
        "pulumi:providers:kubernetes main",
        `${kept} ${name}`,
      ],
    );
    assert.ok(!JSON.stringify(resources.all).includes(canary));
    assert.deepEqual(Object.keys(data(outputsOf(made))).sort(), ["password", "username"]);
  });

  it("stay as they are in a second run, and have one key sealed again by a rotation", async () => {
    const first = await up({ facts: filed(), secret: {} });
    const second = await up({ facts: filed(), secret: {}, state: first.state, entropy: "second" });
    assert.deepEqual(outputsOf(second), outputsOf(first));
    const rotations = { "shop/db": "2026-02-01" };
    const third = await up({ facts: filed({ rotations }), secret: {}, state: first.state, entropy: "third" });
    const [before, after] = [data(outputsOf(first)), data(outputsOf(third))];
    assert.equal(after["username"], before["username"]);
    assert.notEqual(after["password"], before["password"]);
  });

  it("are handed over from this stack's with the same ciphertexts, and kept in the cluster", async () => {
    const first = await up({ facts: applied(), secret: {} });
    const handed = await up({ facts: applied(handingOver), secret: {}, state: first.state, entropy: "second" });
    const { inputs, options } = handed.resources.find(sealed, name);
    assert.equal(options.retainOnDelete, true);
    assert.equal((inputs as unknown as Inputs).metadata.annotations["multicloud-secrets/handed-over"], "true");
    const filedNow = await up({ facts: filed(), secret: {}, state: handed.state, entropy: "third" });
    filedNow.resources.assertNone(sealed);
    assert.deepEqual(data(outputsOf(filedNow)), data(inputsOf(first.resources, name)));
  });

  it("come back with the same ciphertexts", async () => {
    const first = await up({ facts: filed(), secret: {} });
    const back = await up({ facts: applied(), secret: {}, state: first.state, entropy: "second" });
    assert.deepEqual(data(inputsOf(back.resources, name)), data(outputsOf(first)));
  });

  const path = "clusters.main.sealedSecrets.appliedBy";
  const remove = `pulumi config rm --path '${path}'`;
  const handOver = "pulumi config set --path 'namespaces.shop.handOverTo' gitops";
  const anchor = "docs/deliveries/sealed-secrets.md#from-sealedsecrets-of-this-stack";
  for (const [title, from, to, ...lines] of [
    [
      "this stack's SealedSecret at once",
      applied(),
      filed(),
      `  ${path}: Secret shop/shop-db belongs to a SealedSecret of this stack, which this change would delete, together with the one that a GitOps tool applied`,
      `    fix: hand it over first (${anchor}): ${handOver}, and ${remove}; pulumi up; then this change`,
    ],
    [
      "an ExternalSecret",
      { clusters: applied().clusters, applications: ["shop"] },
      { clusters: filed().clusters, applications: ["shop"], via: "sealed-secret" },
      `  ${path}: Secret shop/shop-db belongs to an ExternalSecret of this stack, which this change would delete together with the Secret`,
      `    fix: let this program apply its SealedSecret first, which takes the Secret over: ${remove}; pulumi up; then hand that over (${anchor})`,
    ],
    [
      "a plain Secret",
      applied({ via: "plain" }),
      filed(),
      `  ${path}: Secret shop/shop-db was written by this stack itself, which this change would delete together with the Secret`,
      "    fix: pulumi config set --path 'namespaces.shop.secrets.shop-db.via' plain",
    ],
    [
      "what a GitOps tool applies, for another way",
      filed(),
      filed({ via: "plain" }),
      "  namespaces.shop.secrets.shop-db.via: Secret shop-db comes from a SealedSecret that a GitOps tool applies, and goes with it",
      `    fix: take it back first (docs/deliveries/sealed-secrets.md#back): pulumi config set --path 'namespaces.shop.secrets.shop-db.via' sealed-secret, and ${remove}; pulumi up; then this change`,
    ],
  ] as const) {
    it(`do not take over ${title}`, async () => {
      const { state } = await up({ facts: from, secret: {} });
      const { error } = await failing({ facts: to, state, secret: {} });
      assert.ok(error instanceof RefusedError);
      assert.equal(
        error.message,
        ['Environment "test" was refused: 1 problem. Nothing was changed.', ...lines].join("\n"),
      );
    });
  }

  it("can't write to a Secret that somebody else has", () => {
    const { clusters } = filed();
    assert.equal(
      refusalOf({ facts: { ...facts, clusters, via: "sealed-secret", existingSecrets: { "shop/shop-db": "merge" } } }),
      refusal(
        1,
        `  ${path}: gitops can't write to Secret shop/shop-db, which somebody else has (merge, existingSecrets): the controller needs an annotation that this program sets on it when it applies the SealedSecret itself`,
        `    fix: let this program apply SealedSecrets: ${remove}`,
        "    or let the operator bring this one from a store: pulumi config set --path 'namespaces.shop.secrets.shop-db.via' external-secret",
      ),
    );
  });
});

describe("values that can't be sealed", () => {
  const sealing = { main: { ...facts.clusters.main, sealedSecrets: { certificate: rsaCertificate } } };
  const bringIt = "pulumi config set --path 'namespaces.shop.secrets.shop-db.via' external-secret";

  it("are those of a referenced secret, which the program never has", () => {
    assert.equal(
      refusalOf({ facts: { ...facts, clusters: sealing, via: "sealed-secret", reference: { "shop/db": true } } }),
      refusal(
        1,
        '  reference["shop/db"]: namespace shop gets it sealed-secret (via), but this program never has the value of a referenced secret',
        `    fix: let the operator bring it from a store that holds it: ${bringIt}`,
        `    or let this program make the value: pulumi config rm --path 'reference["shop/db"]'`,
      ),
    );
  });

  it("are those that each store has from somebody else", () => {
    const vault = { ...facts.stores.vault, references: { "shop/db": { keys: { password: {}, username: {} } } } };
    const referencing = { ...facts, clusters: sealing, stores: { ...facts.stores, vault } };
    assert.equal(
      refusalOf({
        facts: { ...referencing, namespaces: { shop: { ...facts.namespaces.shop, via: "sealed-secret" } } },
      }),
      refusal(
        1,
        '  stores.vault.references["shop/db"]: namespace shop gets it sealed-secret (via), but this program never has the value of a referenced secret',
        `    fix: let the operator bring it from a store that holds it: ${bringIt}`,
        `    or let this program make the value: pulumi config rm --path 'stores.vault.references["shop/db"]'`,
      ),
    );
  });

  it("are those that a cluster generates", () => {
    assert.ok(
      refusalOf({
        facts: {
          ...facts,
          clusters: sealing,
          namespaces: { shop: { ...facts.namespaces.shop, via: "sealed-secret" } },
          generatedInCluster: { "shop/db": "main" },
        },
      }).includes(
        [
          '  generatedInCluster["shop/db"]: namespace shop gets it sealed-secret (via), but this program does not have its value',
          `    fix: let the operator bring it from a store that holds it: ${bringIt}`,
          `    or let this program make the value: pulumi config rm --path 'generatedInCluster["shop/db"]'`,
        ].join("\n"),
      ),
    );
  });

  it("are none where the policy allows no plain Secrets: what reaches the cluster is encrypted", () => {
    const strict = { policy: { ...policy, allowEmbeddedSecrets: false } };
    const { namespaces } = environment({ facts: { ...facts, clusters: sealing, via: "sealed-secret" }, ...strict });
    assert.deepEqual(
      namespaces.flatMap(({ deliveries }) => deliveries.map(({ via }) => via)),
      ["sealed-secret"],
    );
    assert.match(refusalOf({ facts: { ...facts, via: "plain" }, ...strict }), /plain keeps the only copy of a value/);
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
    sealingCertificates(spec, { sealingCertificate: (cluster) => certificateText(cluster) }, at);
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

  const refusedWith = (sealedSecrets: object) =>
    refusalOf({
      facts: { ...facts, via: "sealed-secret", clusters: { main: { ...facts.clusters.main, sealedSecrets } } },
    });
  const rule =
    "the controller's certificate must be named in exactly one of certificate, certificateFile, fetchCertificate";

  it("come from exactly one place", () => {
    assert.equal(refusedWith({}), refusal(1, `  clusters.main.sealedSecrets.certificate: is missing: ${rule}`));
    assert.equal(
      refusedWith({ certificate: rsaCertificate, fetchCertificate: true }),
      refusal(1, `  clusters.main.sealedSecrets: ${rule}; it has certificate and fetchCertificate`),
    );
  });

  it("have each wrong fact said once", () => {
    for (const [sealedSecrets, ...lines] of [
      [{ certificate: "hello" }, "certificate: is no certificate in PEM format"],
      [{ certificateFile: 7 }, "certificateFile: must be a text, received a number: put it in quotation marks"],
      [{ certificateFile: "" }, "certificateFile: must be the path of a file, on one line"],
      [{ fetchCertificate: false }, "fetchCertificate: must be true, or be left out, received false"],
      [
        { fetchCertificat: true },
        "fetchCertificat: is no key that is read here; did you mean fetchCertificate?",
        "    fix: rename it to fetchCertificate",
      ],
    ] as const) {
      const [first = "", ...others] = lines as readonly string[];
      assert.equal(refusedWith(sealedSecrets), refusal(1, `  clusters.main.sealedSecrets.${first}`, ...others));
    }
  });

  describe("in a file", () => {
    const { clusters } = facts;
    const inFiles = (...files: readonly string[]) => {
      const names = files.map((_, index) => (index === 0 ? "main" : `other-${index}`));
      return environment({
        facts: {
          ...facts,
          clusters: Object.fromEntries(
            names.map((name, index) => [
              name,
              { ...clusters.main, context: name, identifier: name, sealedSecrets: { certificateFile: files[index] } },
            ]),
          ),
          namespaces: { shop: { clusters: Object.fromEntries(names.map((name) => [name, {}])) } },
          via: "sealed-secret",
          stores: {},
        },
      });
    };
    const fact = (name: string) => `clusters.${name}.sealedSecrets.certificateFile`;
    const must =
      "it must be a file with the certificate of the cluster's controller as PEM, by its path from the folder of Pulumi.yaml";
    const otherwise = (name: string, or: string) => [
      `${or}name the file that holds it: pulumi config set --path '${fact(name)}' <path>`,
      `    or fetch it in each run: pulumi config rm --path '${fact(name)}' && pulumi config set --path 'clusters.${name}.sealedSecrets.fetchCertificate' true`,
    ];

    it("are all named that can't be read, each with its reason and what to type", async () => {
      const fetch = (name: string) =>
        `kubeseal --fetch-cert --context ${name} --controller-namespace kube-system --controller-name sealed-secrets-controller`;
      await assert.rejects(read(inFiles("no/such.pem", "it's.pem", "test")), {
        message: [
          'Environment "test" was refused: 3 problems. Nothing was changed.',
          `  ${fact("main")}: no/such.pem does not exist; ${must}`,
          `    fix: write it: mkdir -p no && ${fetch("main")} > no/such.pem`,
          ...otherwise("main", "    or "),
          `  ${fact("other-1")}: it's.pem does not exist; ${must}`,
          `    fix: write it: ${fetch("other-1")} > 'it'\\''s.pem'`,
          ...otherwise("other-1", "    or "),
          `  ${fact("other-2")}: test is a folder; ${must}`,
          ...otherwise("other-2", "    fix: "),
        ].join("\n"),
      });
    });

    it("are looked for in the folder of the facts, and refused where they hold something else", async () => {
      const folder = await mkdtemp(path.join(tmpdir(), "certificates-"));
      try {
        const file = path.join(folder, "main.pem");
        await writeFile(file, rsaCertificate);
        const [spec] = [...inFiles("main.pem").clusters.values()].map((each) => each.spec);
        assert.ok(spec?.sealedSecrets !== undefined);
        assert.equal(await certificateText({ ...spec, sealedSecrets: spec.sealedSecrets }, folder), rsaCertificate);
        await writeFile(file, "canary-7d");
        await assert.rejects(read(inFiles(file)), {
          message: [
            'Environment "test" was refused: 1 problem. Nothing was changed.',
            `  ${fact("main")}: ${file} is no certificate in PEM format`,
            `    fix: use the newest certificate of the controller: kubeseal --fetch-cert --context main --controller-namespace kube-system --controller-name sealed-secrets-controller > ${file}`,
          ].join("\n"),
        });
      } finally {
        await rm(folder, { recursive: true });
      }
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
        assert.ok(error instanceof RefusedError);
        assert.match(
          error.message,
          /^ {2}clusters\.main\.sealedSecrets: fetching the certificate from Service kube-system\/sealed-secrets-controller failed: /m,
        );
        return true;
      });
    });
  });
});
