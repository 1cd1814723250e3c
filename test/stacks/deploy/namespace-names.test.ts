import assert from "node:assert/strict";
import { RefusedError } from "../../../components/support/messages/errors.ts";
import { failing, up } from "../../support/stack.ts";
import { catalogue } from "../../support/fixtures.ts";

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
