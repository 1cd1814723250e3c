import assert from "node:assert/strict";
import fc from "fast-check";
import {
  azureKeyVaultRules,
  vaultId,
  vaultSecretId,
  vaultUrl,
  type AzureKeyVaultSpec,
} from "../../../../components/backends/azure/key-vault.ts";
import { keyVaultName, type SecretAddress } from "../../../../components/support/naming.ts";
import { address } from "../rows/row.ts";
import { azureSpec } from "../rows/azure-key-vault.ts";

const bundle: AzureKeyVaultSpec = { ...azureSpec, layout: "bundle" };
const shape = { address, keys: ["password"], lengths: { password: 20 } };

interface Place {
  readonly path: string;
  readonly key?: string;
}

/** Paths with everything that the catalogue lets through, and keys with everything that Kubernetes does. */
const wide = [/^[a-z0-9][a-z0-9_.-]{0,8}$/, /^[-._a-zA-Z0-9]{1,8}$/] as const;
/** Few characters, so that names nearly meet. */
const close = [/^[a][a_.-]{0,3}$/, /^[-._aA]{1,3}$/] as const;

function pathsOf(segment: RegExp): fc.Arbitrary<string> {
  return fc.array(fc.stringMatching(segment), { minLength: 2, maxLength: 3 }).map((parts) => parts.join("/"));
}

/** Secrets of one store: with one layout all names have a key at their end, or none has. */
function pairsOf([segment, key]: readonly [RegExp, RegExp]): fc.Arbitrary<readonly [Place, Place]> {
  const alone = fc.record({ path: pathsOf(segment) });
  const keyed = fc.record({ path: pathsOf(segment), key: fc.stringMatching(key) });
  return fc.oneof(fc.tuple(alone, alone), fc.tuple(keyed, keyed));
}
const pairs = fc.oneof(pairsOf(wide), pairsOf(close));
const nameOf = ({ path, key }: Place) => keyVaultName({ ...address, path }, key);

describe("names of Key Vault secrets", () => {
  it("read as the path of the secret and its key", () => {
    assert.equal(keyVaultName(address), "acme-dev--shop--db");
    assert.equal(keyVaultName(address, "password"), "acme-dev--shop--db--password");
  });

  it("are legal, and stable", () => {
    fc.assert(
      fc.property(pairs, ([place]) => {
        assert.match(nameOf(place), /^[0-9A-Za-z-]+$/);
        assert.equal(nameOf(place), nameOf({ ...place }));
      }),
    );
  });

  it("are never shared, capitals or not: Key Vault does not tell them apart", () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const same = a.path === b.path && a.key === b.key;
        assert.equal(nameOf(a).toLowerCase() === nameOf(b).toLowerCase(), same);
      }),
      { numRuns: 5000 },
    );
  });

  it("differ where only capitals do", () => {
    const [upper, lower] = [keyVaultName(address, "TOKEN"), keyVaultName(address, "token")];
    assert.notEqual(upper.toLowerCase(), lower.toLowerCase());
  });
});

describe("rules of Key Vault", () => {
  const longest: SecretAddress = { ...address, path: `shop/${"x".repeat(127 - "acme-dev--shop--".length)}` };

  it("take a name of 127 characters and refuse one more", () => {
    const check = (path: string) => azureKeyVaultRules.check(bundle, { ...shape, address: { ...address, path } });
    assert.deepEqual(check(longest.path), []);
    assert.deepEqual(check(`${longest.path}x`), [
      { path: "stores.main", problem: "the name of shop/db has 128 characters; Key Vault allows at most 127" },
    ]);
  });

  it("count the key, where it is part of the name", () => {
    assert.deepEqual(azureKeyVaultRules.check(azureSpec, { ...shape, address: longest }), [
      {
        path: "stores.main",
        problem: "the name of shop/db, key password has 137 characters; Key Vault allows at most 127",
      },
    ]);
  });

  it("take a value of 25,600 bytes and refuse one more", () => {
    const check = (length: number) => azureKeyVaultRules.check(azureSpec, { ...shape, lengths: { password: length } });
    assert.deepEqual(check(25_600), []);
    assert.deepEqual(check(25_601), [
      { path: "stores.main", problem: "shop/db, key password may have 25601 bytes; Key Vault allows at most 25600" },
    ]);
  });

  it("count what JSON adds to a bundle, and say how to split it", () => {
    const check = (length: number) =>
      azureKeyVaultRules.check(bundle, {
        ...shape,
        keys: ["password", "username"],
        lengths: { password: length, username: 10 },
      });
    const framing = '{"password":"","username":""}'.length + 10;
    assert.deepEqual(check(25_600 - framing), []);
    assert.deepEqual(check(25_601 - framing), [
      {
        path: "stores.main",
        problem: "shop/db may have 25601 bytes; Key Vault allows at most 25600",
        fix: "split the secret, or store each key separately: layout per-key",
      },
    ]);
  });

  it("say nothing of values whose length is not known", () => {
    assert.deepEqual(azureKeyVaultRules.check(azureSpec, { ...shape, lengths: {} }), []);
  });
});

describe("addresses of a Key Vault", () => {
  it("are those of its cloud", () => {
    assert.equal(vaultUrl(azureSpec), "https://kv-acme.vault.azure.net/");
    assert.equal(vaultUrl({ vault: "KV-Acme", vaultSuffix: "vault.azure.cn" }), "https://kv-acme.vault.azure.cn/");
  });

  it("name vault and secret as resources", () => {
    const vault =
      "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/secrets/providers/Microsoft.KeyVault/vaults/kv-acme";
    assert.equal(vaultId(azureSpec), vault);
    assert.equal(vaultSecretId(azureSpec, "acme-dev--shop--db"), `${vault}/secrets/acme-dev--shop--db`);
  });
});
