import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { StoreExamination } from "../../../../components/backends/examiner.ts";
import type { RemoteObject } from "../../../../components/backends/remote-object.ts";
import { openVaultExaminer, vaultExaminer } from "../../../../components/backends/vault/examiner.ts";
import { vaultReads, type VaultAnswer } from "../../../../components/backends/vault/http.ts";
import { vaultReadPolicy } from "../../../../components/backends/vault/policy.ts";
import { cluster } from "../identity-rows/row.ts";
import { vaultSpec as spec } from "../../../support/vault-spec.ts";

const object: RemoteObject = { name: "acme-dev/shop/db", layout: "bundle", keys: ["password", "user"] };
const scope = { platform: "acme", environment: "dev", cluster: "main", namespace: "shop" };
const reading = { scope, cluster: cluster, objects: [object], by: "operator" } as const;
const role = "auth/kubernetes/role/acme.dev.main.shop";
const policy = "sys/policies/acl/acme.dev.main.shop";
const metadata = "secret/metadata/acme-dev/shop/db";
const subkeys = "secret/subkeys/acme-dev/shop/db?depth=1&version=2";
const mount = "sys/internal/ui/mounts/secret";

const ok = (data: Readonly<Record<string, unknown>>): VaultAnswer => ({ status: 200, data, errors: [] });
const refused = (status: number): VaultAnswer => ({ status, data: {}, errors: ["permission denied"] });

/** A Vault where all is as this program makes it. */
const sound: Readonly<Record<string, VaultAnswer>> = {
  "sys/health": ok({ initialized: true, sealed: false }),
  [mount]: ok({ type: "kv", options: { version: "2" } }),
  [role]: ok({
    bound_service_account_names: ["secrets-reader"],
    bound_service_account_namespaces: ["shop"],
    audience: spec.auth.audience,
    token_policies: ["acme.dev.main.shop"],
  }),
  [policy]: ok({ policy: vaultReadPolicy([{ kind: "vault-kv", mount: "secret", path: "acme-dev/shop/db" }]) }),
  [metadata]: ok({
    current_version: 2,
    versions: {
      1: { created_time: "2026-01-01T00:00:00.123Z", deletion_time: "", destroyed: false },
      2: { created_time: "2026-02-01T00:00:00.123Z", deletion_time: "", destroyed: false },
    },
  }),
  [subkeys]: ok({ subkeys: { password: null, user: null } }),
};

async function examined(changes: Readonly<Record<string, VaultAnswer>> = {}): Promise<readonly StoreExamination[]> {
  const answers = { ...sound, ...changes };
  const examiner = vaultExaminer(spec, (path) => {
    const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
    if (answer === undefined) throw new Error(`the test has no answer for ${path}`);
    return Promise.resolve(answer);
  });
  return [await examiner.store(), await examiner.reader(reading), await examiner.object(object, ["password"])];
}

const told = (each: readonly StoreExamination[]) =>
  each.flatMap(({ findings = [] }) =>
    findings.map(({ link, subject, problem, fix = "" }) => `${link}: ${subject} ${problem} → ${fix}`),
  );
const left = (each: readonly StoreExamination[]) =>
  each.flatMap(({ unanswered = [] }) =>
    unanswered.map(({ link, subject, reason }) => `${link}: ${subject}: ${reason}`),
  );

describe("what Vault is asked", () => {
  it("finds nothing where all is as this program makes it, and says what it saw", async () => {
    const all = await examined();
    assert.deepEqual([told(all), left(all)], [[], []]);
    assert.deepEqual(
      all.flatMap(({ seen = [] }) => seen.map(({ link, text }) => `${link}: ${text}`)),
      [
        `store: Vault at ${spec.address} is unsealed, and secret is a KV engine of version 2`,
        `identity: Vault role ${role} lets shop/secrets-reader log in, with audience ${spec.auth.audience}`,
        "rights: Vault policy acme.dev.main.shop lets its role read acme-dev/shop/db",
        'object: "acme-dev/shop/db" in Vault (mount secret) has version 2, written at 2026-02-01T00:00:00Z',
      ],
    );
  });

  const logins = {
    jwt: {
      auth: { ...spec.auth, type: "jwt", mountPath: "jwt" },
      right: { bound_subject: "system:serviceaccount:shop:secrets-reader", bound_audiences: [spec.auth.audience] },
      wrong: { bound_subject: "system:serviceaccount:shop:default", bound_audiences: ["other"] },
      lets: `lets shop/secrets-reader log in by the signature of its token, with audience ${spec.auth.audience}`,
      problem: `binds subject system:serviceaccount:shop:default, not system:serviceaccount:shop:secrets-reader, and expects audience other, not ${spec.auth.audience}`,
    },
    approle: {
      auth: {
        ...spec.auth,
        type: "approle",
        mountPath: "approle",
        secretId: { name: "vault-approle", key: "secretId" },
      },
      right: { bind_secret_id: true },
      wrong: { bind_secret_id: false },
      lets: "lets whoever has its secret id log in, for shop/secrets-reader",
      problem: "lets in whoever knows its id, without a secret id",
    },
  } as const;
  for (const [type, { auth, right, wrong, lets, problem }] of Object.entries(logins)) {
    it(`knows a role of type ${type} as it is made here, and one that was changed`, async () => {
      const path = `auth/${type}/role/acme.dev.main.shop`;
      const asked = async (bound: object) => {
        const answers = { ...sound, [path]: ok({ ...bound, token_policies: ["acme.dev.main.shop"] }) };
        const read = (each: string) =>
          Promise.resolve((answers as Readonly<Record<string, VaultAnswer>>)[each] ?? refused(404));
        return vaultExaminer({ ...spec, auth }, read).reader(reading);
      };
      const good = await asked(right);
      assert.deepEqual(told([good]), []);
      assert.equal(good.seen?.[0]?.text, `Vault role ${path} ${lets}`);
      assert.deepEqual(told([await asked(wrong)]), [`identity: Vault role ${path} ${problem} → pulumi up --refresh`]);
    });
  }

  const symptoms: Readonly<Record<string, readonly [change: Readonly<Record<string, VaultAnswer>>, said: string]>> = {
    "a Vault that is sealed": [
      { "sys/health": { status: 503, data: { initialized: true, sealed: true }, errors: [] } },
      `store: Vault at ${spec.address} is sealed: it answers no request → vault operator unseal`,
    ],
    "a Vault that was never set up": [
      { "sys/health": { status: 501, data: { initialized: false, sealed: true }, errors: [] } },
      `store: Vault at ${spec.address} is not initialized → vault operator init`,
    ],
    "an engine of version 1": [
      { [mount]: ok({ type: "kv", options: { version: "1" } }) },
      `store: mount secret of Vault at ${spec.address} is no KV engine of version 2 (kv, version 1) → vault kv enable-versioning secret`,
    ],
    "another engine": [
      { [mount]: ok({ type: "pki", options: null }) },
      `store: mount secret of Vault at ${spec.address} is no KV engine of version 2 (pki) → name another mount: stores.${spec.name}.mount`,
    ],
    "a role that is gone": [
      { [role]: refused(404) },
      `identity: Vault role ${role} does not exist → pulumi up --refresh`,
    ],
    "a role that is bound to others, with another audience and policy": [
      {
        [role]: ok({
          bound_service_account_names: ["default"],
          bound_service_account_namespaces: [],
          audience: "",
          token_policies: ["default"],
        }),
      },
      `identity: Vault role ${role} binds service account default, not secrets-reader, and binds namespace none, not shop, and expects audience "", not "${spec.auth.audience}", and gives policy default, not acme.dev.main.shop → pulumi up --refresh`,
    ],
    "a policy that is gone": [
      { [policy]: refused(404) },
      "rights: Vault policy acme.dev.main.shop does not exist → pulumi up --refresh",
    ],
    "a policy that does not name the object": [
      { [policy]: ok({ policy: 'path "secret/data/other" {\n  capabilities = ["read"]\n}\n' }) },
      "rights: Vault policy acme.dev.main.shop has no rule of this program for acme-dev/shop/db → pulumi up --refresh",
    ],
    "an object that is gone": [
      { [metadata]: refused(404) },
      'object: "acme-dev/shop/db" in Vault (mount secret) does not exist → pulumi up --refresh',
    ],
    "a newest version that was deleted": [
      {
        [metadata]: ok({ current_version: 2, versions: { 2: { deletion_time: "2026-02-02T00:00:00Z" } } }),
        [subkeys]: refused(404),
      },
      'object: "acme-dev/shop/db" in Vault (mount secret) has a newest version, 2, that was deleted at 2026-02-02T00:00:00Z → vault kv undelete -mount=secret -versions=2 acme-dev/shop/db',
    ],
    "a newest version that was destroyed": [
      { [metadata]: ok({ current_version: 2, versions: { 2: { destroyed: true } } }) },
      'object: "acme-dev/shop/db" in Vault (mount secret) has no version 2 any more: it was destroyed → pulumi up --refresh',
    ],
    "a key that is gone": [
      { [subkeys]: ok({ subkeys: { user: null } }) },
      'object: "acme-dev/shop/db" in Vault (mount secret) lacks key password in version 2: it was changed outside this program → vault kv rollback -mount=secret -version=<last version written by this program> acme-dev/shop/db',
    ],
  };
  for (const [symptom, [change, said]] of Object.entries(symptoms)) {
    it(`names ${symptom}`, async () => {
      const all = await examined(change);
      assert.deepEqual(told(all), [said]);
    });
  }

  it("says what its token may not read, and what does not answer", async () => {
    const all = await examined({
      "sys/health": { unreachable: "connect ECONNREFUSED" },
      [role]: refused(403),
      [policy]: refused(403),
      [metadata]: { status: 500, data: {}, errors: ["out of space"] },
    });
    assert.deepEqual(told(all), []);
    assert.deepEqual(left(all), [
      `store: Vault at ${spec.address}: connect ECONNREFUSED`,
      `identity: Vault role ${role}: the token of VAULT_TOKEN may not read it`,
      "rights: Vault policy acme.dev.main.shop: the token of VAULT_TOKEN may not read it",
      'object: "acme-dev/shop/db" in Vault (mount secret): Vault answered 500: out of space',
    ]);
  });

  it("is asked with the token of VAULT_TOKEN, and not without", () => {
    assert.deepEqual(
      openVaultExaminer(spec, () => undefined),
      { reason: "VAULT_TOKEN is not set" },
    );
    assert.ok("store" in openVaultExaminer(spec, (name) => (name === "VAULT_TOKEN" ? "hvs.x" : undefined)));
  });
});

describe("reads of Vault", () => {
  it("carry token and namespace in headers, below /v1/", async () => {
    const asked: unknown[] = [];
    const server = createServer((request, response) => {
      const { method, url, headers } = request;
      asked.push([method, url, headers["x-vault-token"], headers["x-vault-namespace"]]);
      if (url === "/v1/text") response.end("no JSON");
      else response.end(JSON.stringify({ data: { found: 1 } }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const read = vaultReads({ address, token: "hvs.x" });
      assert.deepEqual(await read("a/b?depth=1", "team"), { status: 200, data: { found: 1 }, errors: [] });
      assert.deepEqual(await read("text", ""), { status: 200, data: {}, errors: [] });
      assert.deepEqual(asked, [
        ["GET", "/v1/a/b?depth=1", "hvs.x", "team"],
        ["GET", "/v1/text", "hvs.x", undefined],
      ]);
    } finally {
      server.close();
    }
  });

  it("say why there is no answer", async () => {
    const answer = await vaultReads({ address: "http://127.0.0.1:1", token: "hvs.x" })("sys/health", "");
    assert.deepEqual(answer, { unreachable: "connect ECONNREFUSED 127.0.0.1:1" });
    const noFile = await vaultReads({ address: "http://127.0.0.1:1", token: "hvs.x", caFile: "/nowhere" })("x", "");
    assert.deepEqual(noFile, { unreachable: "ENOENT: no such file or directory, open '/nowhere'" });
  });
});
