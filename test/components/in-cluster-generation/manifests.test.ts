import assert from "node:assert/strict";
import { ExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import { PushSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1alpha1/PushSecret";
import { generationSpec } from "../../../components/in-cluster-generation/generation-spec.ts";
import { generatedSecret, pushSecret } from "../../../components/in-cluster-generation/manifests.ts";
import { literal, password, uuid } from "../../../components/values/recipe.ts";

const metadata = { name: "shop.db", namespace: "acme-test-vault-generated" };
const generation = generationSpec({
  keys: { id: uuid(), password: password(), username: literal("shop") },
});
const push = { storeName: "secrets-writer", remoteKey: "acme-test/shop/db" };

describe("ExternalSecret of a generated secret", () => {
  const generatorRef = (kind: string, name: string) => ({
    apiVersion: "generators.external-secrets.io/v1alpha1",
    kind,
    name,
  });

  it("is filled once, by generators alone, with every field that the operator would default", () => {
    assert.deepEqual(generatedSecret(metadata, generation), {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata,
      spec: {
        refreshPolicy: "CreatedOnce",
        refreshInterval: "0s",
        target: {
          name: "shop.db",
          creationPolicy: "Owner",
          deletionPolicy: "Retain",
          template: {
            engineVersion: "v2",
            mergePolicy: "Replace",
            data: { id: "{{ .value0 }}", password: "{{ .value1 }}", username: "shop" },
          },
        },
        dataFrom: [
          {
            sourceRef: { generatorRef: generatorRef("UUID", "shop.db.value0") },
            rewrite: [{ regexp: { source: "^uuid$", target: "value0" } }],
          },
          {
            sourceRef: { generatorRef: generatorRef("Password", "shop.db.value1") },
            rewrite: [{ regexp: { source: "^password$", target: "value1" } }],
          },
        ],
      },
    });
  });

  it("fits the schema of the API", () => {
    new ExternalSecret(generatedSecret(metadata, generation)).validate();
  });
});

describe("PushSecret of a generated secret", () => {
  it("puts the whole Secret into the store where there is none, and deletes it never", () => {
    assert.deepEqual(pushSecret(metadata, push), {
      apiVersion: "external-secrets.io/v1alpha1",
      kind: "PushSecret",
      metadata,
      spec: {
        updatePolicy: "IfNotExists",
        deletionPolicy: "None",
        refreshInterval: "0s",
        secretStoreRefs: [{ kind: "SecretStore", name: "secrets-writer" }],
        selector: { secret: { name: "shop.db" } },
        data: [{ conversionStrategy: "None", match: { remoteRef: { remoteKey: "acme-test/shop/db" } } }],
      },
    });
  });

  it("fits the schema of the API", () => {
    new PushSecret(pushSecret(metadata, push)).validate();
  });
});
