import assert from "node:assert/strict";
import { RefusedError } from "../../../components/support/messages/errors.ts";
import { failing, up } from "../../support/stack.ts";

const externalSecret = "kubernetes:external-secrets.io/v1:ExternalSecret";
const secretStore = "kubernetes:external-secrets.io/v1:SecretStore";
const shop = (facts: object) => ({
  facts: { applications: ["shop"], namespaces: { shop: { cluster: "main", store: "vault", ...facts } } },
});

describe("handing ExternalSecrets over to a GitOps tool", () => {
  it("is refused where this stack would delete them, with the run that has to come first", async () => {
    const { state } = await up(shop({}));
    const { error, resources } = await failing({ ...shop({ via: "gitops" }), state });
    assert.ok(error instanceof RefusedError);
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        "  namespaces.shop.secrets.shop-db.via: Secret shop-db belongs to an ExternalSecret of this stack, which this change would delete, together with the one that a GitOps tool applied",
        "    fix: hand it over first (docs/deliveries/gitops.md): pulumi config set --path 'namespaces.shop.handOverTo' gitops, and pulumi config set --path 'namespaces.shop.secrets.shop-db.via' external-secret; pulumi up; then this change",
      ].join("\n"),
    );
    assert.deepEqual(resources.contents, ["pulumi:providers:vault vault"]);
  });

  it("keeps them, their store and their Secrets when this stack stops to have them", async () => {
    const before = await up(shop({}));
    const { resources, state } = await up({ ...shop({ handOverTo: "gitops" }), state: before.state });
    for (const type of [externalSecret, secretStore]) {
      const [name = ""] = resources.names(type);
      const { inputs, options } = resources.find(type, name);
      const { annotations } = inputs["metadata"] as { readonly annotations: Readonly<Record<string, string>> };
      assert.equal(annotations["multicloud-secrets/handed-over"], "true", type);
      assert.equal(options.retainOnDelete, true, type);
      const former = before.resources.find(type, name);
      assert.notEqual(former.options.retainOnDelete, true, type);
      assert.doesNotMatch(JSON.stringify(former.inputs), /handed-over/);
    }
    const { spec } = resources.find(externalSecret, "main/shop/shop-db").inputs as {
      readonly spec: { readonly target: { readonly creationPolicy: string } };
    };
    assert.equal(spec.target.creationPolicy, "Orphan");
    const after = await up({ ...shop({ via: "gitops" }), state });
    after.resources.assertNone(externalSecret);
    after.resources.assertNone(secretStore);
  });
});
