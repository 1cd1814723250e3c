import assert from "node:assert/strict";
import { ClusterSecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ClusterSecretStore";
import { SecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore";
import { vaultProvider, vaultWriterProvider } from "../../../../components/backends/vault/secret-store.ts";
import { vaultSpec as vault } from "../../../support/vault-spec.ts";
import { clusterSecretStore, secretStore } from "../../../../components/external-secrets/manifests.ts";

const login = {
  kind: "service-account",
  serviceAccount: "secrets-reader",
  annotations: {},
  role: "acme.dev.main.shop",
  mountPath: "kubernetes",
  audience: "vault",
} as const;
const metadata = { name: "secrets-reader", namespace: "shop" };

describe("provider of a SecretStore on Vault", () => {
  it("logs in by the namespace's own service account, with the audience that the role expects", () => {
    assert.deepEqual(vaultProvider(vault, login), {
      vault: {
        server: "https://vault.inside:8200",
        path: "secret",
        version: "v2",
        auth: {
          kubernetes: {
            mountPath: "kubernetes",
            role: "acme.dev.main.shop",
            serviceAccountRef: { name: "secrets-reader", audiences: ["vault"] },
          },
        },
      },
    });
  });

  it("logs in with a token whose signature Vault verifies, for the one audience that the role expects", () => {
    const { vault: provider } = vaultProvider(vault, { ...login, type: "jwt", mountPath: "jwt-main" });
    assert.deepEqual(provider?.auth, {
      jwt: {
        path: "jwt-main",
        role: "acme.dev.main.shop",
        kubernetesServiceAccountToken: {
          serviceAccountRef: { name: "secrets-reader", audiences: ["vault"] },
          // Left out, it would be the audience `vault` besides that of the reference.
          audiences: [],
        },
      },
    });
  });

  it("logs in with the id of a role, and the secret id that is in a Secret", () => {
    const approle = {
      kind: "secret",
      secretName: "vault-approle",
      key: "secretId",
      roleId: "acme.dev.main.shop",
      mountPath: "approle",
    } as const;
    const { vault: provider } = vaultProvider(vault, approle);
    assert.deepEqual(provider?.auth, {
      appRole: {
        path: "approle",
        roleId: "acme.dev.main.shop",
        secretRef: { name: "vault-approle", key: "secretId" },
      },
    });
  });

  it("has a Vault namespace and a CA bundle, encoded, only where they are set", () => {
    const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    const bare = vaultProvider(vault, login).vault;
    const full = vaultProvider({ ...vault, namespace: "team", caBundle: pem }, login).vault;
    assert.ok(bare !== undefined && !("namespace" in bare) && !("caBundle" in bare));
    assert.equal(full?.namespace, "team");
    assert.equal(Buffer.from(full?.caBundle ?? "", "base64").toString(), pem);
  });

  for (const [namespace, what] of [
    ["admin", "above"],
    ["", "at the root, which has no name"],
  ] as const) {
    it(`logs in at a namespace ${what}, and reads in its own`, () => {
      const below = { ...vault, namespace: "admin/ml", auth: { ...vault.auth, namespace } };
      const { vault: provider } = vaultProvider(below, login);
      assert.equal(provider?.namespace, "admin/ml");
      assert.equal(provider?.auth?.namespace, namespace);
      new SecretStore(secretStore(metadata, vaultProvider(below, login))).validate();
    });
  }

  it("says which version it writes over only where it writes, into a store that wants it", () => {
    const guarded = { ...vault, checkAndSet: true };
    assert.match(JSON.stringify(vaultWriterProvider(guarded, login)), /"checkAndSet":\{"required":true\}/);
    for (const provider of [vaultWriterProvider(vault, login), vaultProvider(guarded, login)])
      assert.doesNotMatch(JSON.stringify(provider), /checkAndSet/);
  });

  it("fits the schema of the API", () => {
    const full = { ...vault, namespace: "team", caBundle: "x", checkAndSet: true };
    new SecretStore(secretStore(metadata, vaultWriterProvider(full, login))).validate();
    const place = { namespace: "external-secrets" };
    new ClusterSecretStore(clusterSecretStore({ name: "all" }, vaultProvider(full, login, place), ["shop"])).validate();
  });
});
