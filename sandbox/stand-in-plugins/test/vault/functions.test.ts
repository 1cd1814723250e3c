import assert from "node:assert/strict";
import { SILENT } from "../../support/engine.ts";
import { type PropertyMap, Secret } from "../../support/values.ts";
import { vaultProvider } from "../../vault/provider.ts";
import { type Answers, vaultServer } from "./server.ts";

const MOUNT = "GET /v1/sys/internal/ui/mounts/kv/app/db";
const SECRET = "GET /v1/kv/data/app/db";
const V2 = [200, { data: { path: "kv/", type: "kv", options: { version: "2" } } }] as const;
const stored = { data: { b: "v", a: 1 }, metadata: { version: 3, deletion_time: "", destroyed: false } };
const denied = [403, { errors: ["1 error occurred:\n\t* permission denied\n\n"] }] as const;

/** What a function answers over a Vault, what it asked for, and what it warned of. */
async function call(token: string, args: PropertyMap, answers: Answers) {
  const server = await vaultServer(answers);
  const warnings: string[] = [];
  const log = { ...SILENT, warn: (message: string) => void warnings.push(message) };
  try {
    const provider = vaultProvider();
    const settings = { token: new Secret("root"), skipChildToken: "true", maxRetries: 0 };
    await provider.configure({ address: server.address, ...settings });
    const { signal } = new AbortController();
    const answer = await provider.invoke({ token, args, preview: false, log, signal });
    return { answer, warnings, seen: server.seen.map(({ method, url }) => `${method} ${url}`) };
  } finally {
    await server.stop();
  }
}

describe("functions of the vault stand-in", () => {
  const token = "vault:generic/getSecret:getSecret";
  const args = { path: "kv/app/db" };

  it("reads what lies at a path, in an engine that it asks for its version first, and warns of nothing", async () => {
    const { answer, warnings, seen } = await call(token, args, { [MOUNT]: V2, [SECRET]: [200, { data: stored }] });
    const { leaseStartTime, ...rest } = answer;
    assert.deepEqual(rest, {
      path: "kv/app/db",
      id: "kv/app/db",
      data: { a: "1", b: "v" },
      dataJson: '{"a":1,"b":"v"}',
      leaseDuration: 0,
      leaseId: "",
      leaseRenewable: false,
    });
    assert.equal(typeof leaseStartTime, "string");
    assert.deepEqual([warnings, seen], [[], [MOUNT, SECRET]]);
  });

  it("reads what lies at a path of another engine as it is, such as a role of a database", async () => {
    const path = "database/roles/shop";
    const role = { db_name: "postgres", default_ttl: 3600 };
    const { answer } = await call(
      token,
      { path },
      {
        [`GET /v1/sys/internal/ui/mounts/${path}`]: [
          200,
          { data: { path: "database/", type: "database", options: null } },
        ],
        [`GET /v1/${path}`]: [200, { data: role }],
      },
    );
    assert.equal(answer["dataJson"], '{"db_name":"postgres","default_ttl":3600}');
  });

  it("fails with Vault's own refusal where the token may see no engine", async () => {
    const path = "database/roles/shop";
    const said = `preflight capability check returned 403, please ensure client's policies grant access to path "${path}/"`;
    const answers: Answers = { [`GET /v1/sys/internal/ui/mounts/${path}`]: [403, { errors: [said] }] };
    await assert.rejects(call(token, { path }, answers), /preflight capability check returned 403/);
  });

  it("reads an older version", async () => {
    const older = { [MOUNT]: V2, [`${SECRET}?version=2`]: [200, { data: stored }] } as const;
    const { answer } = await call(token, { ...args, version: 2 }, older);
    assert.deepEqual(answer["data"], { a: "1", b: "v" });
  });

  it("answers a version that was deleted with the envelope that Vault has around a value", async () => {
    const metadata = { version: 3, deletion_time: "2026-01-01T00:00:00Z", destroyed: false };
    const { answer } = await call(token, args, { [MOUNT]: V2, [SECRET]: [404, { data: { data: null, metadata } }] });
    assert.deepEqual(answer["data"], { data: "null", metadata: JSON.stringify(sorted(metadata)) });
  });

  it("takes what it may not read for what is not there", async () => {
    for (const answer of [denied, [404, { errors: [] }] as const]) {
      await assert.rejects(call(token, args, { [MOUNT]: V2, [SECRET]: answer }), {
        message: 'no secret found at "kv/app/db"',
      });
    }
  });

  it("warns that the data source for version 2 is deprecated", async () => {
    const deprecated = "vault:kv/getSecretV2:getSecretV2";
    const { answer, warnings } = await call(
      deprecated,
      { mount: "kv", name: "app/db" },
      { [SECRET]: [200, { data: stored }] },
    );
    assert.deepEqual(answer["data"], { a: "1", b: "v" });
    assert.deepEqual(warnings, [
      "vault:kv/getSecretV2:getSecretV2 verification warning: Deprecated Resource: Deprecated. " +
        "Please use new Ephemeral KVV2 Secret resource `vault_kv_secret_v2` instead",
    ]);
  });

  it("warns of no other", async () => {
    const list = { "GET /v1/kv/metadata/app?list=true": [200, { data: { keys: ["db"] } }] } as const;
    const where = { mount: "kv", name: "app" };
    const { warnings } = await call("vault:kv/getSecretsListV2:getSecretsListV2", where, list);
    assert.deepEqual(warnings, []);
  });
});

function sorted(map: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
