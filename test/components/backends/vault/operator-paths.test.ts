import assert from "node:assert/strict";
import fc from "fast-check";
import { refOf, referenceOf } from "../../../../components/backends/remote-object.ts";
import type { RemoteNames } from "../../../../components/backends/remote-names.ts";
import { vaultKvRules, type VaultKvSpec } from "../../../../components/backends/vault/kv.ts";

/** What the operator makes of a `remoteRef.key` (external-secrets 0.20.4, `buildPath`, with a mount and KV v2). */
function pathThatIsRead(mount: string, key: string): string {
  const rest = key.startsWith(`${mount}/`) ? key.slice(mount.length + 1).replace(/^data\//, "") : key;
  return `${mount}/data/${rest}`;
}

function objectIn(mount: string, app = "shop", secret = "db", remoteNames: RemoteNames = {}) {
  const spec: VaultKvSpec = {
    kind: "vault-kv",
    name: "vault",
    address: "https://vault.example",
    clusterAddress: "https://vault.example",
    mount,
    auth: { mountPath: "kubernetes", mountPaths: {}, audience: "vault" },
    maxVersions: 10,
    remoteNames,
  };
  const address = { platform: "acme", environment: "test", app, secret, path: `${app}/${secret}` };
  const [object] = vaultKvRules.objects(spec, { address, keys: ["password"], lengths: {} });
  assert.ok(object !== undefined);
  return object;
}

describe("paths in Vault, as the operator reads them", () => {
  it("are told without the mount, unless the path begins like it", () => {
    assert.equal(refOf(objectIn("secret"), "password").key, "acme-test/shop/db");
    assert.equal(refOf(objectIn("acme"), "password").key, "acme-test/shop/db");
    assert.equal(refOf(objectIn("acme-test"), "password").key, "acme-test/acme-test/shop/db");
    assert.equal(referenceOf(objectIn("acme-test/shop")), "acme-test/shop/acme-test/shop/db");
  });

  it("are those that are written, whatever the mount", () => {
    const part = fc.constantFrom("acme-test", "acme", "shop", "db", "data", "secret");
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), part, part, (mount, app, secret) => {
        const path = mount.join("/");
        const object = objectIn(path, app, secret);
        assert.equal(pathThatIsRead(path, referenceOf(object)), `${path}/data/${object.name}`);
      }),
    );
  });

  it("are those that facts choose, whatever the mount, one that is called data too", () => {
    const part = fc.constantFrom("shop", "db", "data", "secret");
    const parts = fc.array(part, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (mount, chosen) => {
        const [path, name] = [mount.join("/"), chosen.join("/")];
        const object = objectIn(path, "shop", "db", { "shop/db": name });
        assert.equal(object.name, name);
        assert.equal(pathThatIsRead(path, referenceOf(object)), `${path}/data/${name}`);
      }),
      { numRuns: 500 },
    );
  });
});
