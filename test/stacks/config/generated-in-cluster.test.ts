import assert from "node:assert/strict";
import { literal, password, provided, type Recipe } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { dnsLabel, generatorNamespace } from "../../../components/support/naming.ts";
import { resourceCount } from "../../../stacks/plan/size.ts";
import { catalogueOf, environment, facts, refusal, refusalOf, type resolveArgs } from "../../support/fixtures.ts";
import { FakeVault } from "../../support/fake-vault.ts";
import { failing, up } from "../../support/stack.ts";

const clusters = {
  main: { ...facts.clusters.main, externalSecrets: { version: "2.9.0", pushSecrets: true } },
};
const generated = { clusters, generatedInCluster: { "shop/db": "main" } };
const name = "main/generated/vault/shop";
const namespace = generatorNamespace({ platform: "acme", environment: "test", store: "vault", app: "shop" });
const kinds = {
  external: "kubernetes:external-secrets.io/v1:ExternalSecret",
  push: "kubernetes:external-secrets.io/v1alpha1:PushSecret",
  password: "kubernetes:generators.external-secrets.io/v1alpha1:Password",
  store: "kubernetes:external-secrets.io/v1:SecretStore",
  stash: "pulumi:index:Stash",
  kv: "vault:kv/secretV2:SecretV2",
  policy: "vault:index/policy:Policy",
  role: "vault:kubernetes/authBackendRole:AuthBackendRole",
} as const;

describe("a stack with a secret that is generated in a cluster", () => {
  it("makes no value of it, and no resource that could hold one", async () => {
    const { resources } = await up({ facts: generated });
    assert.deepEqual(resources.names(kinds.stash), []);
    assert.deepEqual(resources.names(kinds.kv), ["till/api/vault"]);
    assert.equal(resources.contents.filter((each) => each.includes(" shop/db")).length, 0);
  });

  it("has the operator generate it, in a namespace of its own, and put it into the store", async () => {
    const { resources } = await up({ facts: generated });
    const made = resources.find("kubernetes:core/v1:Namespace", `${name}/namespace-kept`);
    assert.deepEqual(made.inputs["metadata"], {
      name: namespace,
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    assert.deepEqual(resources.names(kinds.password), [`${name}/db/value0`]);
    const external = resources.find(kinds.external, `${name}/db`);
    const push = resources.find(kinds.push, `${name}/db/push`);
    for (const { inputs, options } of [external, push]) {
      assert.deepEqual(inputs["metadata"], {
        name: "db",
        namespace,
        annotations: { "pulumi.com/waitFor": "condition=Ready" },
      });
      assert.deepEqual(options.hooks["onError"], ["explain-not-ready-main"]);
    }
    assert.deepEqual(external.options.dependsOn, [`${name}/db/value0`]);
    assert.deepEqual([...push.options.dependsOn].sort(), [`${name}/secret-store`, `${name}/db`].sort());
    assert.match(JSON.stringify(push.inputs["spec"]), /"remoteKey":"acme-test\/shop\/db"/);
  });

  it("gives it an identity that may make exactly this secret", async () => {
    const { resources } = await up({ facts: generated });
    const role = `acme.test.main.${namespace}.writer`;
    const policy = resources.find(kinds.policy, `${name}/policy`);
    assert.equal(policy.inputs["name"], role);
    assert.deepEqual(String(policy.inputs["policy"]).match(/"[^"]+"/g), [
      '"secret/data/acme-test/shop/db"',
      ...['"read"', '"update"'],
      '"secret/metadata/acme-test/shop/db"',
      ...['"create"', '"update"'],
    ]);
    const bound = resources.find(kinds.role, `${name}/role`).inputs;
    assert.deepEqual(
      [bound["boundServiceAccountNames"], bound["boundServiceAccountNamespaces"]],
      [["secrets-writer"], [namespace]],
    );
    const account = resources.find("kubernetes:core/v1:ServiceAccount", `${name}/service-account`).inputs;
    assert.deepEqual(account["metadata"], {
      name: "secrets-writer",
      namespace,
      annotations: { "multicloud-secrets/stack": "multicloud-secrets/test" },
    });
    const rights = resources.find("kubernetes:rbac.authorization.k8s.io/v1:Role", `${name}/token-request`).inputs;
    assert.match(JSON.stringify(rights["rules"]), /"resourceNames":\["secrets-writer"\]/);
    const store = resources.find(kinds.store, `${name}/secret-store`);
    assert.match(JSON.stringify(store.inputs["spec"]), new RegExp(`"role":"${role}"`));
    for (const each of ["policy", "role", "service-account", "token-request", "token-request-binding"]) {
      assert.ok(store.options.dependsOn.includes(`${name}/${each}`), each);
    }
    assert.ok(store.options.dependsOn.includes("main/operator"));
  });

  it("has namespaces read it once it is in the store, each by its own right to read", async () => {
    const { resources } = await up({ facts: generated });
    for (const each of ["main/shop/shop-db", "main/till/till-db"]) {
      const { options, inputs } = resources.find(kinds.external, each);
      assert.ok(options.dependsOn.includes(`${name}/db/push`), each);
      assert.match(JSON.stringify(inputs["spec"]), /"key":"acme-test\/shop\/db"/);
    }
    const reader = resources.find(kinds.policy, "main/shop/policy").inputs["policy"];
    assert.equal(reader, 'path "secret/data/acme-test/shop/db" {\n  capabilities = ["read"]\n}\n');
  });

  it("neither reads nor compares what the store holds already", async () => {
    const vault = new FakeVault();
    vault.write("secret/acme-test/shop/db", { username: "somebody", password: "somebody's" });
    const { calls, logs } = await up({ facts: generated, vault });
    assert.deepEqual(
      calls.filter(({ token }) => token === "vault:generic/getSecret:getSecret"),
      [],
    );
    assert.deepEqual(logs, []);
  });

  it("is as large as it is thought to be, within a few", async () => {
    const { resources } = await up({ facts: generated });
    const { resources: without } = await up();
    const spec = (more: object) => environment({ facts: { ...facts, ...more } });
    const estimated = resourceCount(spec(generated)) - resourceCount(spec({}));
    const actual = resources.all.length - without.all.length;
    assert.ok(Math.abs(estimated - actual) <= 3, `estimated ${estimated} more, and there were ${actual}`);
  });

  it("has a namespace and a writer for each application, so that stacks with parts of an environment share none", () => {
    const names = [
      { app: "shop", store: "vault", environment: "test", platform: "acme" },
      { app: "till", store: "vault", environment: "test", platform: "acme" },
      { app: "shop", store: "other", environment: "test", platform: "acme" },
      { app: "shop", store: "vault", environment: "test-2", platform: "acme" },
      { app: "a".repeat(63), store: "vault", environment: "test", platform: "acme" },
    ].map(generatorNamespace);
    assert.equal(new Set(names).size, names.length);
    for (const each of names) assert.match(each, dnsLabel);
  });

  it("is told to have no date of rotation: this program knows of none", async () => {
    const { result } = await up({ facts: generated });
    assert.equal(JSON.stringify(result).includes("rotateBy"), false);
    assert.equal(JSON.stringify((await up()).result).includes("rotateBy"), true);
  });

  it("takes a secret that was rotated before, once the state has let go of it", async () => {
    const before = await up({ facts: { rotations: { "shop/db": "2026-11-01" } } });
    const left = Object.entries(before.state).filter(([urn]) => !urn.includes("::shop/db/vault"));
    const { resources } = await up({ facts: generated, state: Object.fromEntries(left), vault: before.vault });
    assert.deepEqual(resources.names(kinds.push), [`${name}/db/push`]);
  });

  it("is refused when the store has it no more, or is to have it elsewhere: it would get another value", async () => {
    const before = await up({ facts: generated });
    const pushed = Object.entries(before.state).map(([urn, each]) => {
      const ready = { status: { conditions: [{ type: "Ready", status: "True" }] } };
      return [urn, urn.endsWith("/push") ? { ...each, outputs: { ...each.outputs, ...ready } } : each] as const;
    });
    const state = Object.fromEntries(pushed);
    const { error } = await failing({ facts: generated, state });
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  generatedInCluster["shop/db"]: store vault no longer contains "acme-test/shop/db", which a cluster generated: it would get a new value',
        "    fix: restore it, or copy it to its new place; for a new value: docs/values.md#rotating-what-a-cluster-generated",
      ].join("\n"),
    );
    // An earlier run did not get as far.
    await up({ facts: generated, state: before.state });
    const vault = new FakeVault();
    vault.write("secret/acme-test/shop/db", { username: "shop", password: "generated" });
    await up({ facts: generated, state, vault });
  });

  it("is refused while the state has the secret, which would be deleted from the store", async () => {
    const before = await up();
    const { error, resources } = await failing({ facts: generated, state: before.state, vault: before.vault });
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  generatedInCluster["shop/db"]: "acme-test/shop/db" in store vault is managed by this stack, which would now delete it',
        `    fix: pulumi config rm --path 'generatedInCluster["shop/db"]'`,
      ].join("\n"),
    );
    resources.assertNone(kinds.push);
  });
});

describe("facts of a secret that is generated in a cluster", () => {
  const path = '  generatedInCluster["shop/db"]';
  const refused = (changes: object, others: Partial<typeof resolveArgs> = {}) =>
    refusalOf({ facts: { ...facts, ...generated, ...changes }, ...others });

  it("must name a secret", () => {
    assert.equal(
      refused({ generatedInCluster: { "shop/cache": "main" } }),
      refusal(
        1,
        '  generatedInCluster["shop/cache"]: no such secret; there is shop/db',
        `    fix: if it is gone: pulumi config rm --path 'generatedInCluster["shop/cache"]'`,
      ),
    );
  });

  it("must name a cluster", () => {
    assert.equal(
      refused({ generatedInCluster: { "shop/db": "edge" } }),
      refusal(1, `${path}: "edge" does not exist; there is main`),
    );
  });

  it("must name a cluster whose operator pushes secrets", () => {
    assert.equal(
      refused({ clusters: facts.clusters }),
      refusal(
        1,
        `${path}: the operator of cluster main does not push secrets into stores`,
        "    fix: pulumi config set --path 'clusters.main.externalSecrets.pushSecrets' true",
      ),
    );
  });

  it("must name a cluster that has an operator", () => {
    assert.equal(
      refused({
        clusters: { ...clusters, spare: { ...clusters.main, context: "spare" } },
        generatedInCluster: { "shop/db": "spare" },
      }),
      refusal(1, `${path}: no namespace of cluster spare reads a store, so it has no operator`),
    );
  });

  it("can't name a cluster with Red Hat's operator", () => {
    const main = { ...facts.clusters.main, flavour: "openshift", manager: "operator-lifecycle-manager" };
    assert.equal(
      refused({ clusters: { main } }),
      refusal(
        1,
        `${path}: cluster main uses Red Hat's operator (manager operator-lifecycle-manager), with which pushing secrets is not supported`,
      ),
    );
  });

  it("can't be adopted, referenced or rotated as well: all of it is said at once", () => {
    assert.equal(
      refused({
        adopt: { "shop/db": true },
        reference: { "shop/db": true },
        rotations: { "shop/db": "2026-11-01" },
      }),
      refusal(
        3,
        `${path}: the secret is also under adopt, which excludes this`,
        `    fix: pulumi config rm --path 'adopt["shop/db"]'`,
        `${path}: the secret is also under reference, which excludes this`,
        `    fix: pulumi config rm --path 'reference["shop/db"]'`,
        `${path}: the secret has a rotation, but this program does not generate its values`,
        `    fix: pulumi config rm --path 'rotations["shop/db"]', and rotate it in the store: docs/values.md#rotating-what-a-cluster-generated`,
      ),
    );
  });

  it("need a store of kind vault-kv", () => {
    const stores = { vault: { kind: "aws-parameter-store", region: "eu-central-1", accountId: "111122223333" } };
    const main = { ...clusters.main, issuer: "https://issuer.example" };
    assert.equal(
      refused({ stores, clusters: { main } }),
      refusal(
        1,
        `${path}: goes to store vault of kind aws-parameter-store; a cluster can write only to one of kind vault-kv, where a policy can name objects that do not exist yet`,
      ),
    );
  });

  it("need one store alone", () => {
    const stores = { ...facts.stores, next: { kind: "vault-kv", address: "https://next.example:8200" } };
    assert.equal(
      refused({ stores, namespaces: { shop: { cluster: "main", store: "vault", alsoStores: ["next"] } } }),
      refusal(1, `${path}: goes to next, vault; a cluster can write it to one store only`),
    );
  });

  it("need an identity to write with", () => {
    const stores = { vault: { ...facts.stores.vault, staticCredentials: true } };
    const policy = { ...environment().policy, allowStaticCredentials: true };
    assert.equal(
      refused({ stores }, { policy, secretKeys: new Set(["vaultReaderToken"]) }),
      refusal(1, `${path}: store vault is read with static credentials, but a cluster writes with its own identity`),
    );
  });

  it("are not said to lack an operator where a namespace names a store that does not exist", () => {
    assert.equal(
      refused({ namespaces: { shop: { cluster: "main", store: "valut" } } }),
      refusal(1, '  namespaces.shop.store: "valut" does not exist; did you mean vault? there is vault'),
    );
  });

  it("need recipes that the operator can follow", () => {
    const keys: Readonly<Record<string, Recipe>> = {
      password: password({ length: 24 }),
      token: provided("token"),
      username: literal("shop"),
    };
    const catalogue: Catalogue = catalogueOf(keys);
    assert.equal(
      refused({}, { catalogue, secretKeys: new Set(["token"]) }),
      refusal(
        2,
        `${path}: key "password" would have 18 letters; at least 20 are needed to include both lowercase and uppercase ones, since the operator guarantees only digits and symbols`,
        "    fix: change its recipe, or let this program generate the value",
        `${path}: key "token" is a provided value, which the operator does not have`,
        "    fix: move it to a separate secret",
      ),
    );
  });
});
