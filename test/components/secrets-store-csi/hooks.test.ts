import assert from "node:assert/strict";
import { explainClass } from "../../../components/secrets-store-csi/hooks.ts";
import { explanationText } from "../../../components/support/messages/explanation.ts";

const said = (error: string) => {
  const explained = explainClass("eks", error, "shop");
  return explained === undefined ? undefined : explanationText(explained);
};

describe("a SecretProviderClass that was not created", () => {
  it("is explained by the driver that the cluster lacks", () => {
    assert.equal(
      said('no matches for kind "SecretProviderClass" in version "secrets-store.csi.x-k8s.io/v1"'),
      "cluster eks serves no SecretProviderClass: it has no Secrets Store CSI driver\n" +
        "  fix: install the driver first (docs/deliveries/csi.md), or let this program do it: pulumi config set --path 'clusters.eks.secretsStoreCsi.install' true && pulumi up",
    );
  });

  it("is explained by a namespace that is full, and by a right that is missing", () => {
    const kind = 'secretproviderclasses.secrets-store.csi.x-k8s.io "shop-db" is forbidden: ';
    assert.equal(
      said(`${kind}exceeded quota: few, requested: count/secretproviderclasses.secrets-store.csi.x-k8s.io=1, used: 1`),
      "Namespace shop has no quota left: few, requested: count/secretproviderclasses.secrets-store.csi.x-k8s.io=1, used: 1\n" +
        "  fix: raise the quota, or remove what uses it up: kubectl -n shop describe resourcequota",
    );
    assert.equal(
      said(
        `${kind}User "ci" cannot create resource "secretproviderclasses" in API group "secrets-store.csi.x-k8s.io" in the namespace "shop"`,
      ),
      "user ci may not create secretproviderclasses.secrets-store.csi.x-k8s.io in namespace shop\n" +
        "  fix: give it that right, which this command then answers with yes: kubectl auth can-i create secretproviderclasses.secrets-store.csi.x-k8s.io -n shop --as ci",
    );
  });

  it("is left to the provider's own words where they are all that is known", () => {
    assert.equal(said("spec.provider: Required value"), undefined);
  });
});
