import assert from "node:assert/strict";
import { RefusedError } from "../../../components/support/messages/errors.ts";
import { failing, up } from "../../support/stack.ts";
import { catalogue, facts } from "../../support/fixtures.ts";
import { surveyOf } from "../../support/survey.ts";
import { rsaCertificate } from "../../components/sealed-secrets/certificates.ts";

const called = (name: string | undefined, more: object = {}) => ({
  catalogue,
  secret: {},
  facts: {
    namespaces: { shop: { cluster: "main", store: "vault", ...(name === undefined ? {} : { name }), ...more } },
  },
});

describe("deploying to a namespace that its cluster calls otherwise", () => {
  it("uses that name for every object and right, and keeps the logical names", async () => {
    const plain = await up(called(undefined));
    const named = await up(called("shop-test"));
    assert.deepEqual(named.resources.contents, plain.resources.contents);
    const inputs = (run: typeof plain) => run.resources.all.map((each) => JSON.stringify(each.inputs));
    const isOfNamespace = (text: string) => /"namespace":"shop"|[./:]shop[".]/.test(text);
    // But for the application, whose secret has its own name.
    const left = inputs(named).filter((text) => isOfNamespace(text) && !text.includes('"acme-test/shop/db"'));
    assert.deepEqual(left, []);
    const role = named.resources.all.find(({ type }) => type.startsWith("vault:kubernetes/authBackendRole:"));
    assert.deepEqual(role?.inputs["boundServiceAccountNamespaces"], ["shop-test"]);
    assert.equal(role?.inputs["roleName"], "acme.test.main.shop-test");
    const namespaces = (run: typeof plain) =>
      run.resources.all.flatMap(
        ({ inputs: { metadata } }) => (metadata as { namespace?: string } | undefined)?.namespace ?? [],
      );
    assert.ok(namespaces(named).includes("shop-test"));
    assert.ok(!namespaces(named).includes("shop"));
  });

  it("makes the namespace under that name", async () => {
    const run = await up({
      ...called("shop-test", { create: true }),
      external: { existingNamespaces: () => Promise.resolve(new Map()) },
    });
    const namespace = run.resources.find("kubernetes:core/v1:Namespace", "main/shop/namespace-kept");
    assert.deepEqual(namespace.inputs["metadata"], { name: "shop-test" });
  });

  it("refuses another name where a GitOps tool delivers, whose SecretStore logs in with the account there", async () => {
    const first = await up(called(undefined, { via: "gitops" }));
    const { error } = await failing({
      ...called("shop-test", { via: "gitops" }),
      state: first.state,
      vault: first.vault,
    });
    assert.ok(error instanceof RefusedError);
    assert.deepEqual(
      error.issues.map(({ path, problem }) => `${path}: ${problem}`),
      [
        'namespaces.shop.name: is "shop-test", and the state has the namespace of cluster main as "shop": this run would delete the service account there, with which the operator reads for it',
      ],
    );
  });

  describe("whose Pods mount files", () => {
    const mounted = (name: string | undefined, driver: object = {}) => {
      const { facts: named, ...rest } = called(name);
      const clusters = { main: { ...facts.clusters.main, secretsStoreCsi: driver } };
      return { ...rest, facts: { ...named, via: "csi", clusters } };
    };

    it("has its accounts and SecretProviderClasses under that name, and rights for them", async () => {
      const { resources } = await up(mounted("shop-test"));
      const mine = resources.all.filter(({ name, inputs }) => name.startsWith("main/shop/") && "metadata" in inputs);
      assert.deepEqual(
        mine.map(({ name, inputs }) => [name, (inputs["metadata"] as { readonly namespace?: string }).namespace]),
        [
          ["main/shop/service-account", "shop-test"],
          ["main/shop/shop-db", "shop-test"],
        ],
      );
      const role = resources.find("vault:kubernetes/authBackendRole:AuthBackendRole", "main/shop/role");
      assert.deepEqual(role.inputs["boundServiceAccountNamespaces"], ["shop-test"]);
    });

    it("refuses another name than the state has", async () => {
      const first = await up(mounted(undefined));
      const { error } = await failing({ ...mounted("shop-test"), state: first.state, vault: first.vault });
      assert.ok(error instanceof RefusedError);
      assert.deepEqual(
        error.issues.map(({ path }) => path),
        ["namespaces.shop.name"],
      );
    });

    it("has the facts of its entry in what is said of a Secret that exists", async () => {
      const secret = { kind: "Secret", namespace: "shop-test", name: "shop-db" } as const;
      const { error } = await failing({
        ...mounted("shop-test", { syncSecret: true }),
        clusters: surveyOf({ main: [secret] }),
      });
      assert.ok(error instanceof RefusedError);
      const [issue, ...others] = error.issues;
      assert.deepEqual(others, []);
      assert.match(issue?.problem ?? "", /^Secret shop-test\/shop-db exists, and the CSI driver did not make it/);
      assert.match(
        issue?.fix ?? "",
        /pulumi config set --path 'namespaces\.shop\.secrets\.shop-db\.via' external-secret$/,
      );
    });
  });

  describe("that gets SealedSecrets", () => {
    const type = "kubernetes:bitnami.com/v1alpha1:SealedSecret";
    const sealed = (name: string | undefined, more: object = {}) => {
      const { facts: named, ...rest } = called(name);
      const clusters = { main: { ...facts.clusters.main, sealedSecrets: { certificate: rsaCertificate, ...more } } };
      return { ...rest, facts: { ...named, via: "sealed-secret", clusters } };
    };

    it("has them under that name", async () => {
      const { resources } = await up(sealed("shop-test"));
      const { inputs } = resources.find(type, "main/shop/shop-db");
      assert.equal((inputs["metadata"] as { readonly namespace: string }).namespace, "shop-test");
    });

    for (const more of [{}, { appliedBy: "gitops" }]) {
      it(`refuses another name than the state has, with ${JSON.stringify(more)}`, async () => {
        const first = await up(sealed(undefined, more));
        const { error } = await failing({ ...sealed("shop-test", more), state: first.state, vault: first.vault });
        assert.ok(error instanceof RefusedError);
        assert.deepEqual(
          error.issues.map(({ path }) => path),
          ["namespaces.shop.name"],
        );
      });
    }
  });

  it("refuses another name than the state has, and names the ways out", async () => {
    const first = await up(called(undefined));
    const { error } = await failing({ ...called("shop-test"), state: first.state, vault: first.vault });
    assert.ok(error instanceof RefusedError);
    const [issue, ...others] = error.issues;
    assert.deepEqual(others, []);
    assert.equal(issue?.path, "namespaces.shop.name");
    assert.equal(
      issue?.problem,
      'is "shop-test", and the state has the namespace of cluster main as "shop": this run would delete its Secrets there, which applications may use',
    );
    assert.match(
      issue?.fix ?? "",
      /^pulumi config set --path 'namespaces\.shop\.name' shop\n {4}or, once no application/,
    );
    const again = await up({ ...called("shop"), state: first.state, vault: first.vault });
    assert.deepEqual(again.resources.contents, first.resources.contents);
  });
});
