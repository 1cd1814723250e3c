import assert from "node:assert/strict";
import { existingAdvice } from "../../../../components/backends/vault/existing.ts";
import type { VaultKvSpec } from "../../../../components/backends/vault/kv.ts";
import { vaultKv } from "../rows/vault-kv.ts";

const device = { type: "file", path: "file", options: { file_path: "/vault/audit.log" }, retain: true } as const;
const spec: VaultKvSpec = { ...(vaultKv.spec as VaultKvSpec), auditDevices: [device] };
// As Vault says it: vault/audit.go, vault/mount.go, vault/auth.go.
const [ofAudit, ofMount] = ["* path already in use: invalid option", "* path is already in use at kv/"];
const advice = (type: string, name: string, error: string, store = spec) =>
  existingAdvice(store, { type, name, error });

describe("a part of Vault that exists and the state does not have", () => {
  it("is an audit device that an earlier run left on", () => {
    const said = advice("vault:index/audit:Audit", "main/audit/file", ofAudit);
    assert.equal(
      said,
      "the device is left unchanged if the facts do not name it: pulumi config rm --path 'stores.main.auditDevices'",
    );
    assert.equal(advice("vault:index/audit:Audit", "main/audit/file", "* file_path already in use"), said);
    const two = { ...spec, auditDevices: [device, { ...device, path: "second" }] };
    assert.equal(
      advice("vault:index/audit:Audit", "main/audit/second", ofAudit, two),
      "the device is left unchanged if the facts do not name it: take second out of stores.main.auditDevices",
    );
  });

  it("is an engine that can be used as it is", () => {
    assert.equal(
      advice("vault:index/mount:Mount", "main/mount", ofMount),
      "use the existing engine, which keeps its secrets: pulumi config rm --path 'stores.main.createMount'",
    );
  });

  it("is an auth method", () => {
    assert.equal(
      advice("vault:index/authBackend:AuthBackend", "main/auth/edge", ofMount),
      "use the existing method: pulumi config rm --path 'stores.main.auth.methods.edge'",
    );
  });

  it("is not what every other failure is", () => {
    assert.equal(advice("vault:index/mount:Mount", "main/mount", "* permission denied"), undefined);
    assert.equal(advice("vault:kv/secretV2:SecretV2", "shop/db/main", ofMount), undefined);
  });
});
