import assert from "node:assert/strict";
import { canary, leftOf, problems, read, shown } from "./reading.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("manifests", () => {
  it("of Secrets give their keys, type and labels", async () => {
    const found = await read({
      "secret.yaml": `apiVersion: v1
kind: Secret
metadata:
  name: shop-tls
  namespace: shop
  labels: { app.kubernetes.io/part-of: shop, team: a }
type: kubernetes.io/tls
data:
  tls.crt: ${base64("cert\n")}
  tls.key: ${base64("old")}
stringData:
  tls.key: new
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      volumes: [{ name: t, secret: { secretName: shop-tls } }]
      containers:
        - envFrom: [{ secretRef: { name: shop-env } }]
          env: [{ name: A, valueFrom: { secretKeyRef: { name: shop-db, key: a } } }]
`,
    });
    assert.deepEqual(problems(found), []);
    assert.deepEqual(shown(found), ["shop/shop-tls tls.crt = cert\n", "shop/shop-tls tls.key = new"]);
    assert.deepEqual(found.secrets[0]?.target, {
      name: "shop-tls",
      namespace: "shop",
      type: "kubernetes.io/tls",
      labels: { team: "a" },
      isApplied: true,
    });
    assert.equal(found.secrets[0]?.application, "shop");
    assert.deepEqual(
      found.uses.map(({ workload, secretName }) => `${workload} ${secretName}`),
      ["Deployment/web shop-tls", "Deployment/web shop-env", "Deployment/web shop-db"],
    );
  });

  it("of Secrets are refused with line and column where Kubernetes would refuse them, all at once", async () => {
    const found = await read({
      "a.yaml": `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata: { name: a }
    data: { x: "${canary}!" }
    stringData: { y: 12, z: yes }
  - { apiVersion: v1, kind: Secret, metadata: {}, stringData: { a: ${canary} } }
  - { apiVersion: v1, kind: Secret, metadata: { name: b }, data: ${canary} }
`,
    });
    assert.deepEqual(problems(found), [
      "a.yaml, line 7, column 16: data.x is no base64",
      "a.yaml, line 8, column 22: stringData.y must be a text, as Kubernetes demands",
      "a.yaml, line 8, column 29: stringData.z must be a text, as Kubernetes demands",
      "a.yaml, line 9, column 47: is a Secret without metadata.name",
      "a.yaml, line 10, column 66: data must be a map of texts by key",
    ]);
    assert.ok(!JSON.stringify(found).includes(canary));
  });

  it("leave what nobody migrates, with the reason", async () => {
    const secret = (name: string, rest: object) =>
      JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name }, ...rest });
    const found = await read({
      "a.json": secret("token", { type: "kubernetes.io/service-account-token", data: { token: base64(canary) } }),
      "b.json": secret("sh.helm.release.v1.a.v1", { type: "helm.sh/release.v1", data: { release: base64(canary) } }),
      "c.json": secret("bytes", { data: { a: "//4=", b: "", c: null } }),
      "d.json": secret("none", {}),
      "e.yaml": "apiVersion: external-secrets.io/v1alpha1\nkind: PushSecret\nmetadata: { name: up, namespace: shop }\n",
    });
    assert.deepEqual(leftOf(found), [
      "a.json, line 1, column 1: Secret token: is the token of a service account, which the cluster makes",
      "b.json, line 1, column 1: Secret sh.helm.release.v1.a.v1: is Helm's record of a release",
      "c.json, line 1, column 76: Secret bytes, key a: holds bytes that are no UTF-8 text, and this program stores texts",
      "c.json, line 1, column 87: Secret bytes, key b: is empty, and this program stores no empty values",
      "c.json, line 1, column 94: Secret bytes, key c: is empty, and this program stores no empty values",
      "d.json, line 1, column 1: Secret none: has no keys",
      "e.yaml, line 1, column 1: PushSecret shop/up: writes a Secret into a store: migrate the Secret that it reads",
    ]);
    assert.deepEqual(shown(found), []);
  });

  it("of SealedSecrets give keys without values, and say where the values are", async () => {
    const found = await read({
      "sealed.yaml": `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: token, namespace: ai }
spec:
  encryptedData: { HF_TOKEN: AgBy3i4OJSWK }
  template: { type: Opaque, metadata: { labels: { team: a } } }
`,
    });
    assert.deepEqual(shown(found), ["ai/token HF_TOKEN = -"]);
    assert.deepEqual(found.secrets[0]?.notes, [
      "its values are sealed: read them from the Secret as well (live:ai)",
      "deleting the SealedSecret deletes the Secret: remove the Secret's ownerReference first",
    ]);
  });

  it("of ExternalSecrets and SecretStores give the objects of stores, v1beta1 and v1 alike", async () => {
    for (const version of ["v1beta1", "v1"]) {
      const found = await read({
        "es.yaml": `apiVersion: external-secrets.io/${version}
kind: ExternalSecret
metadata: { name: huggingface-token, namespace: private-ai-demo }
spec:
  secretStoreRef: { name: vault-backend, kind: SecretStore }
  target: { name: huggingface-token, creationPolicy: Owner }
  data:
    - { secretKey: HF_TOKEN, remoteRef: { key: private-ai-demo/huggingface, property: token } }
    - { secretKey: PINNED, remoteRef: { key: a, version: "3" } }
    - { secretKey: DECODED, remoteRef: { key: a, decodingStrategy: Base64 } }
    - { secretKey: NOWHERE }
  dataFrom:
    - extract: { key: all }
    - find: { name: { regexp: .* } }
---
apiVersion: external-secrets.io/${version}
kind: SecretStore
metadata: { name: vault-backend, namespace: private-ai-demo }
spec: { provider: { vault: { server: "https://vault.example.com", path: secret, version: v2 } } }
---
apiVersion: external-secrets.io/${version}
kind: ClusterSecretStore
metadata: { name: aws }
spec: { provider: { aws: { service: SecretsManager, region: us-east-1, role: "arn:aws:iam::111122223333:role/r" } } }
---
apiVersion: external-secrets.io/${version}
kind: SecretStore
metadata: { name: kv, namespace: a }
spec: { provider: { azurekv: { tenantId: t, vaultUrl: "https://deparrow-kv.vault.azure.net" } } }
---
apiVersion: external-secrets.io/${version}
kind: SecretStore
metadata: { name: other, namespace: a }
spec: { provider: { akeyless: {} } }
`,
      });
      assert.deepEqual(problems(found), []);
      assert.deepEqual(
        found.secrets[0]?.keys.map(({ name, remote }) => ({ name, remote })),
        [
          {
            name: "HF_TOKEN",
            remote: {
              store: "SecretStore private-ai-demo/vault-backend",
              name: "private-ai-demo/huggingface",
              property: "token",
            },
          },
        ],
      );
      assert.deepEqual(
        found.stores.map(({ id, facts, missing }) => ({ id, facts, missing })),
        [
          {
            id: "SecretStore private-ai-demo/vault-backend",
            facts: { kind: "vault-kv", address: "https://vault.example.com", mount: "secret" },
            missing: [],
          },
          {
            id: "ClusterSecretStore aws",
            facts: { kind: "aws-secrets-manager", region: "us-east-1", accountId: "111122223333" },
            missing: [],
          },
          {
            id: "SecretStore a/kv",
            facts: { kind: "azure-key-vault", vault: "deparrow-kv", tenantId: "t" },
            missing: ["subscriptionId", "resourceGroup", "location"],
          },
        ],
      );
      assert.deepEqual(
        found.left.map(({ what, reason }) => `${what}: ${reason}`),
        [
          'ExternalSecret private-ai-demo/huggingface-token, dataFrom[0]: takes every property of "all", and does not name them: declare its keys in the catalogue by hand',
          "ExternalSecret private-ai-demo/huggingface-token, dataFrom[1]: finds its objects by a pattern, and the catalogue names each secret",
          "ExternalSecret private-ai-demo/huggingface-token, key PINNED: names a version of the object, and this program delivers the newest",
          "ExternalSecret private-ai-demo/huggingface-token, key DECODED: is decoded by the operator (Base64), and this program delivers values as they are",
          "ExternalSecret private-ai-demo/huggingface-token, key NOWHERE: has no secretKey, or no remoteRef.key",
          "SecretStore a/other: is of provider akeyless, which is no kind of store of this program",
        ],
      );
    }
  });

  it("of SecretProviderClasses give the objects of each provider", async () => {
    const of = (provider: string, parameters: object, secretObjects: readonly object[] = []) =>
      JSON.stringify({
        apiVersion: "secrets-store.csi.x-k8s.io/v1",
        kind: "SecretProviderClass",
        metadata: { name: "shop", namespace: "shop" },
        spec: { provider, parameters, secretObjects },
      });
    const remotes = async (text: string) => {
      const found = await read({ "spc.json": text });
      assert.deepEqual(problems(found), []);
      return [
        ...found.secrets.flatMap(({ target, keys }) =>
          keys.map(
            ({ name, remote }) =>
              `${target?.name ?? ""} ${name} = ${remote?.name ?? ""}${remote?.property === undefined ? "" : `#${remote.property}`}`,
          ),
        ),
        ...found.left.map(({ what, reason }) => `left ${what}: ${reason}`),
        ...found.stores.map(({ facts }) => JSON.stringify(facts)),
      ];
    };
    assert.deepEqual(
      await remotes(
        of(
          "aws",
          {
            region: "eu-west-1",
            objects:
              '- objectName: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf"\n  jmesPath:\n    - { path: password, objectAlias: db-password }\n    - { path: "a.b", objectAlias: nested }\n- objectName: /shop/token\n  objectType: ssmparameter\n',
          },
          [
            {
              secretName: "shop-db",
              type: "Opaque",
              data: [
                { objectName: "db-password", key: "password" },
                { objectName: "nested", key: "x" },
              ],
            },
          ],
        ),
      ),
      [
        "shop-db password = shop/db#password",
        "shop _shop_token = /shop/token",
        "left SecretProviderClass shop/shop, a jmesPath: is a path into nested JSON, and this program stores texts by key".replace(
          "a jmesPath",
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf, a jmesPath",
        ),
        "left SecretProviderClass shop/shop, Secret shop-db, key x: is made of an object that is not mounted, or not migrated",
        '{"kind":"aws-secrets-manager","region":"eu-west-1","accountId":"111122223333"}',
        '{"kind":"aws-parameter-store","region":"eu-west-1"}',
      ],
    );
    assert.deepEqual(
      await remotes(
        of("azure", {
          keyvaultName: "kv",
          tenantId: "t",
          objects:
            "array:\n  - |\n    objectName: token\n    objectType: secret\n  - |\n    objectName: cert\n    objectType: cert\n",
        }),
      ),
      [
        "shop token = token",
        "left SecretProviderClass shop/shop, cert: is of type cert, and no secret",
        '{"kind":"azure-key-vault","vault":"kv","tenantId":"t"}',
      ],
    );
    assert.deepEqual(
      await remotes(
        of("gcp", {
          secrets:
            '- resourceName: "projects/p/secrets/token/versions/latest"\n  path: t.txt\n- resourceName: "projects/p/secrets/old/versions/2"\n',
        }),
      ),
      [
        "shop t.txt = token",
        "left SecretProviderClass shop/shop, old: names a version of the object, and this program delivers the newest",
        '{"kind":"gcp-secret-manager","project":"p"}',
      ],
    );
    assert.deepEqual(
      await remotes(
        of("vault", {
          vaultAddress: "https://v",
          objects:
            "- objectName: pw\n  secretPath: secret/data/shop/db\n  secretKey: password\n- objectName: all\n  secretPath: kv/shop\n",
        }),
      ),
      [
        "shop pw = shop/db#password",
        "left SecretProviderClass shop/shop, all: is in no KV engine of version 2 (<mount>/data/<path>)",
        '{"kind":"vault-kv","address":"https://v","mount":"secret"}',
      ],
    );
    const bad = await read({ "spc.json": of("vault", { objects: `"${canary}` }) });
    assert.deepEqual(
      problems(bad).map((each) => each.replace(/^.*: /, "")),
      ["spec.parameters.objects is no list in YAML"],
    );
  });
});
