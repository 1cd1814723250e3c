import assert from "node:assert/strict";
import { facts, refusal, refusalOf } from "../../support/fixtures.ts";
import { failing, up } from "../../support/stack.ts";
import { surveyOf } from "../../support/survey.ts";

const storeType = "kubernetes:external-secrets.io/v1:SecretStore";
const syncType = "kubernetes:external-secrets.io/v1:ExternalSecret";

/** Facts of the cluster with these of its operator. */
const operator = (changes: object) => ({
  main: { ...facts.clusters.main, externalSecrets: { ...facts.clusters.main.externalSecrets, ...changes } },
});
const named = { clusters: operator({ secretStoreName: "vault-backend" }) };

type Inputs = Readonly<Record<string, unknown>>;
const nameOf = ({ metadata }: Inputs) => (metadata as { readonly name: string }).name;
const storeOf = ({ spec }: Inputs) => (spec as { readonly secretStoreRef: { readonly name: string } }).secretStoreRef;

describe("the name of a namespace's SecretStore", () => {
  it("is the one that facts choose, in its ExternalSecrets and in the outputs too; accounts keep theirs", async () => {
    const { resources, result } = await up({ facts: named });
    assert.deepEqual(resources.names(storeType), [
      "main/shop/secret-store/vault-backend",
      "main/till/secret-store/vault-backend",
    ]);
    for (const namespace of ["shop", "till"]) {
      const store = resources.find(storeType, `main/${namespace}/secret-store/vault-backend`);
      assert.equal(nameOf(store.inputs), "vault-backend");
      const account = resources.find("kubernetes:core/v1:ServiceAccount", `main/${namespace}/service-account`);
      assert.equal(nameOf(account.inputs), "secrets-reader");
      assert.deepEqual(result.namespaces[namespace]?.clusters, {
        main: { store: "vault", secretStore: "vault-backend" },
      });
    }
    for (const name of resources.names(syncType)) {
      const { inputs, options } = resources.find(syncType, name);
      assert.deepEqual(storeOf(inputs), { kind: "SecretStore", name: "vault-backend" });
      assert.ok(options.dependsOn.some((each) => each.endsWith("/secret-store/vault-backend")));
    }
  });

  it("can be changed: ExternalSecrets stay the same resources, and the former store goes after them", async () => {
    const { vault, state, resources: before } = await up();
    const { resources } = await up({ facts: named, vault, state });
    assert.deepEqual(resources.names(syncType), before.names(syncType));
    // A resource of another name is made first; what is no longer registered is deleted at the end of a run.
    assert.deepEqual(
      before.names(storeType).filter((name) => resources.names(storeType).includes(name)),
      [],
    );
    for (const name of resources.names(syncType)) {
      assert.equal(resources.find(syncType, name).options.deleteBeforeReplace, false);
    }
  });

  it("is not one that the namespace has already, after a change either", async () => {
    const clusters = surveyOf({ main: [{ kind: "SecretStore", namespace: "shop", name: "vault-backend" }] });
    const { vault, state } = await up();
    for (const known of [{}, { vault, state }]) {
      const { error } = await failing({ facts: named, clusters, ...known });
      assert.equal(
        error.message,
        [
          'Environment "test" was refused: 1 problem. Nothing was changed.',
          "  clusters.main: SecretStore shop/vault-backend exists and is not managed by this stack",
          "    fix: rename the existing object, or the one of this stack",
          "    or, after a lost state, adopt what exists: pulumi config set --path 'clusters.main.upsertExistingObjects' true",
        ].join("\n"),
      );
    }
  });

  it("is a legal one", () => {
    const clusters = operator({ secretStoreName: "Vault_Backend" });
    assert.equal(
      refusalOf({ facts: { ...facts, clusters } }),
      'The configuration of environment "test" has 1 problem. Nothing was changed.\n' +
        '  clusters.main.externalSecrets.secretStoreName: must be up to 63 lowercase letters, digits or "-", beginning and ending with a letter or digit; character 1 is an uppercase letter',
    );
  });

  it("is refused where namespaces share a ClusterSecretStore", () => {
    const clusters = operator({ secretStoreName: "vault-backend", clusterSecretStore: {} });
    assert.equal(
      refusalOf({ facts: { ...facts, clusters } }),
      refusal(
        1,
        "  clusters.main.externalSecrets.secretStoreName: has no effect beside clusterSecretStore, with which no namespace has a SecretStore of its own",
      ),
    );
  });
});
