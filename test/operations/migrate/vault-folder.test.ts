import assert from "node:assert/strict";
import type { VaultAnswer } from "../../../components/backends/vault/http.ts";
import { byName, named, type Selection } from "../../../operations/migrate/selection.ts";
import { vaultListingIssue } from "../../../operations/migrate/sources/store-listing.ts";
import { canary, leftOf, problems, read } from "./reading.ts";

type Data = Readonly<Record<string, unknown>>;
const ok = (data: Data): VaultAnswer => ({ status: 200, data, errors: [] });
const gone: VaultAnswer = { status: 404, data: {}, errors: [] };
const refused: VaultAnswer = { status: 403, data: {}, errors: ["1 error occurred:\n\t* permission denied\n\n"] };
const mount = ok({ path: "secret/", type: "kv", options: { version: "2" } });

const answers: Readonly<Record<string, VaultAnswer>> = {
  "sys/internal/ui/mounts/secret/teams": mount,
  "secret/metadata/teams?list=true": ok({ keys: ["billing", "old", "shop/", "mail"] }),
  "secret/metadata/teams/shop?list=true": ok({ keys: ["api keys", "settings"] }),
  "secret/subkeys/teams/billing": ok({ subkeys: { API_KEY: null, TOKEN: null } }),
  "secret/subkeys/teams/mail": ok({ subkeys: { TOKEN: null } }),
  "secret/subkeys/teams/old": { status: 404, data: { metadata: { deletion_time: "2026-01-01" } }, errors: [] },
  "secret/subkeys/teams/shop/api%20keys": ok({ subkeys: { "stripe key": null } }),
  "secret/subkeys/teams/shop/settings": ok({ subkeys: { nested: { password: null }, dsn: null } }),
};

/** Reads a folder of a Vault that answers so, in a namespace of its own, and fails at any other question. */
function listing(folder: string, more: Readonly<Record<string, VaultAnswer>> = {}, selection: Selection = byName) {
  const all = { ...answers, ...more };
  return read(
    {},
    {
      sources: [`vault:${folder}`],
      selection,
      vault: () => ({
        address: "https://vault.example",
        namespace: "team",
        read: (path, namespace) => {
          assert.equal(namespace, "team");
          return Promise.resolve(all[path] ?? assert.fail(`${path} was asked`));
        },
      }),
    },
  );
}

describe("a folder of a Vault", () => {
  it("has the names of its keys, each of which stays where it is", async () => {
    const reading = await listing("secret/teams");
    const keys = reading.secrets.flatMap((each) => each.keys);
    assert.deepEqual(
      keys.map(({ name, value, remote }) => [name, value, remote?.name, remote?.property]),
      [
        ["API_KEY", undefined, "teams/billing", "API_KEY"],
        ["teams.billing.TOKEN", undefined, "teams/billing", "TOKEN"],
        ["teams.mail.TOKEN", undefined, "teams/mail", "TOKEN"],
        ["stripe_key", undefined, "teams/shop/api keys", "stripe key"],
        ["dsn", undefined, "teams/shop/settings", "dsn"],
      ],
    );
    assert.deepEqual(
      reading.stores.map(({ facts, missing }) => [facts, missing]),
      [[{ kind: "vault-kv", address: "https://vault.example", mount: "secret", namespace: "team" }, []]],
    );
    assert.deepEqual(leftOf(reading), [
      "vault:secret/teams: secret/teams/old: its newest version was deleted",
      "vault:secret/teams: secret/teams/shop/settings, key nested: holds a map, and this program reads texts by key",
    ]);
    assert.deepEqual(problems(reading), []);
  });

  it("may be one secret, with a slash around it or not", async () => {
    for (const name of ["secret/teams/billing", "/secret/teams/billing/"]) {
      const reading = await listing(name, {
        "sys/internal/ui/mounts/secret/teams/billing": mount,
        "secret/metadata/teams/billing?list=true": gone,
      });
      assert.deepEqual(
        reading.secrets.flatMap(({ keys }) => keys.map((each) => each.name)),
        ["API_KEY", "TOKEN"],
      );
    }
  });

  it("is taken as far as people choose, under names of their choice", async () => {
    const reading = await listing("secret/teams", {}, { ...byName, only: named(["dsn=DATABASE_URL"]) });
    assert.deepEqual(
      reading.secrets.flatMap(({ keys }) => keys.map((each) => each.name)),
      ["DATABASE_URL"],
    );
    assert.ok(
      leftOf(reading).includes(
        "vault:secret/teams: secret/teams/mail, key TOKEN: is not selected; to migrate it: --take teams.mail.TOKEN",
      ),
    );
  });

  it("says which rule the token lacks", async () => {
    const reading = await listing("secret/teams", {
      "secret/metadata/teams/shop?list=true": refused,
      "secret/subkeys/teams/mail": refused,
    });
    assert.deepEqual(
      reading.issues.map(({ path, problem, fix }) => `${path}: ${problem}\n${fix ?? ""}`),
      [
        "vault:secret/teams: the token of VAULT_TOKEN may not list secret/metadata/teams/shop\n" +
          'let its policy list it: path "secret/metadata/teams/shop/*" { capabilities = ["list"] }',
        "vault:secret/teams: the token of VAULT_TOKEN may not read the names of the keys of secret/teams/mail\n" +
          'let its policy read them, which shows no value: path "secret/subkeys/teams/mail" { capabilities = ["read"] }',
      ],
    );
  });

  it("that is none, or is not there, is said", async () => {
    const issue = async (folder: string, answer: VaultAnswer) =>
      problems(await listing(folder, { [`sys/internal/ui/mounts/${folder}`]: answer }));
    assert.deepEqual(await issue("old/teams", ok({ path: "old/", type: "kv", options: { version: "1" } })), [
      "vault:old/teams: is in a KV engine of version 1, which this program does not read",
    ]);
    assert.deepEqual(await issue("pki/teams", ok({ path: "pki/", type: "pki", options: null })), [
      "vault:pki/teams: is in an engine of type pki, which this program does not read",
    ]);
    assert.deepEqual(await issue("nowhere", refused), [
      "vault:nowhere: is below no mount that the token of VAULT_TOKEN may see, or the token is not valid",
    ]);
    assert.deepEqual(await issue("secret/a", { unreachable: "connect ECONNREFUSED 127.0.0.1:1" }), [
      "vault:secret/a: Vault can't be asked: connect ECONNREFUSED 127.0.0.1:1",
    ]);
    assert.deepEqual(await issue("secret/b", { status: 503, data: {}, errors: ["Vault is sealed"] }), [
      "vault:secret/b: Vault answered 503: Vault is sealed",
    ]);
    assert.deepEqual(
      leftOf(
        await listing("secret/none", {
          "sys/internal/ui/mounts/secret/none": mount,
          "secret/metadata/none?list=true": gone,
          "secret/subkeys/none": gone,
        }),
      ),
      ["vault:secret/none: secret/none: does not exist, as a folder or as a secret"],
    );
    assert.deepEqual(
      leftOf(await listing("secret", { "sys/internal/ui/mounts/secret": mount, "secret/metadata/?list=true": gone })),
      ["vault:secret: mount secret: has no secrets"],
    );
  });

  it("is named, and there is a Vault to ask", async () => {
    assert.deepEqual(problems(await read({}, { sources: ["vault:", "vault:/"] })), [
      "vault:: names no folder of a Vault",
      "vault:/: names no folder of a Vault",
    ]);
    const vault = () => ({ problem: "VAULT_TOKEN is not set", fix: "export VAULT_TOKEN" });
    assert.deepEqual(problems(await read({}, { sources: ["vault:secret"], vault })), [
      "vault:secret: VAULT_TOKEN is not set",
    ]);
  });
});

describe("a file that Vault's command line wrote", () => {
  it("is no source: it names no folder, or has values", async () => {
    const listed = await read({ "vault.json": JSON.stringify(["billing", "shop/"]) });
    assert.deepEqual(problems(listed), [
      "vault.json: is what vault kv list prints, which does not say of which folder",
    ]);
    const got = await read({ "vault.json": JSON.stringify({ data: { data: { TOKEN: canary }, metadata: {} } }) });
    assert.deepEqual(problems(got), ["vault.json: is what vault kv get prints, which has values"]);
    assert.ok(!JSON.stringify(got).includes(canary));
    for (const data of [null, [], [1], {}, { data: { data: {} } }, { data: { metadata: {} } }])
      assert.equal(vaultListingIssue({ file: "a.json", data }), undefined);
  });
});
