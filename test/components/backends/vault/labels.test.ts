import assert from "node:assert/strict";
import { vaultLabels } from "../../../../components/backends/vault/labels.ts";
import type { VaultAnswer } from "../../../../components/backends/vault/http.ts";

describe("custom metadata of a secret in Vault", () => {
  const told = async (answer: VaultAnswer) => {
    const asked: (readonly [string, string])[] = [];
    const read = (path: string, namespace: string) => {
      asked.push([path, namespace]);
      return Promise.resolve(answer);
    };
    const labels = await vaultLabels({ mount: "secret", namespace: "team" }, read)("acme-test/shop/db");
    assert.deepEqual(asked, [["secret/metadata/acme-test/shop/db", "team"]]);
    return labels;
  };

  it("is read without the value, and is empty where there is none", async () => {
    const metadata = { project: "secrets", stack: "prod" };
    assert.deepEqual(await told({ status: 200, data: { custom_metadata: metadata }, errors: [] }), { value: metadata });
    assert.deepEqual(await told({ status: 200, data: { custom_metadata: null }, errors: [] }), { value: {} });
  });

  it("is absent with the secret, and untold with the reason where Vault refuses or does not answer", async () => {
    assert.deepEqual(await told({ status: 404, data: {}, errors: [] }), { absent: true });
    assert.deepEqual(await told({ status: 403, data: {}, errors: ["permission denied"] }), {
      refused: "read of secret/metadata/acme-test/shop/db: permission denied",
    });
    assert.deepEqual(await told({ unreachable: "no answer within 10 s" }), { refused: "no answer within 10 s" });
  });
});
