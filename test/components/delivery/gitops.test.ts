import assert from "node:assert/strict";
import { runProgram } from "../../support/mocks.ts";
import { namespaceScene, partialDelivery, wholeDelivery, type Scene } from "./scene.ts";

const render = async (scene: Partial<Scene> = {}) => runProgram(() => namespaceScene({ via: "gitops", ...scene }));
const metadata = (name: string) => ({
  name,
  namespace: "shop",
  annotations: { "multicloud-secrets/stack": "acme/test" },
});

describe("delivery by a GitOps tool", () => {
  it("renders the SecretStore and each ExternalSecret, and applies neither", async () => {
    const { result, resources } = await render({ deliveries: [wholeDelivery, partialDelivery] });
    assert.deepEqual(
      result.manifests.map(({ kind, metadata: { name } }) => `${kind} ${name}`),
      ["SecretStore secrets-reader", "ExternalSecret shop-db", "ExternalSecret shop-mixed"],
    );
    resources.assertNone("kubernetes:external-secrets.io/v1:SecretStore");
    resources.assertNone("kubernetes:external-secrets.io/v1:ExternalSecret");
  });

  it("still gives the namespace its identity, with the rights of what is rendered", async () => {
    const applied = await runProgram(() => namespaceScene({ via: "external-secret" }));
    const { resources } = await render();
    for (const type of [
      "kubernetes:core/v1:ServiceAccount",
      "kubernetes:rbac.authorization.k8s.io/v1:Role",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
      "vault:index/policy:Policy",
      "vault:kubernetes/authBackendRole:AuthBackendRole",
    ]) {
      assert.deepEqual(
        resources.names(type).map((name) => resources.find(type, name).inputs),
        applied.resources.names(type).map((name) => applied.resources.find(type, name).inputs),
      );
      assert.equal(resources.names(type).length, 1, type);
    }
  });

  it("renders what would be applied, without what makes Pulumi wait and without the version of a value", async () => {
    const applied = await runProgram(() => namespaceScene({ via: "external-secret" }));
    const { result } = await render();
    for (const manifest of result.manifests) {
      const type = `kubernetes:external-secrets.io/v1:${manifest.kind}`;
      const [name = ""] = applied.resources.names(type);
      assert.deepEqual(manifest.spec, applied.resources.find(type, name).inputs["spec"]);
      assert.deepEqual(manifest.metadata, metadata(manifest.metadata.name));
    }
  });

  it("leaves the Secret in place when the tool prunes its ExternalSecret, where Secrets are retained", async () => {
    const policyOf = async (retain: boolean) => {
      const { manifests } = (await render({ retain })).result;
      const { spec } = manifests.find(({ kind }) => kind === "ExternalSecret") ?? {};
      return (spec as { readonly target: { readonly creationPolicy: string } }).target.creationPolicy;
    };
    assert.deepEqual([await policyOf(true), await policyOf(false)], ["Orphan", "Owner"]);
  });
});
