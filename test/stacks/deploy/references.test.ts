import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { facts } from "../../support/fixtures.ts";
import { failureOf, runProgram, type RunOptions } from "../../support/mocks.ts";
import { account, parameterArn, secretArn } from "../../support/providers/aws.ts";
import { fakeKeyVaultApi, tenant } from "../../support/providers/azure.ts";
import { FakeVault } from "../../support/fake-vault.ts";
import type { Registered } from "../../support/recording.ts";
import { RemoteMemory } from "../../support/remote-memory.ts";
import { stack } from "../../support/stack.ts";

const catalogue: Catalogue = {
  shop: {
    secrets: { db: { keys: { username: literal("shop"), password: password() } } },
    deliveries: ["shop", "till"].map((namespace) => ({ namespace, secretName: "shop-db", from: ["db"] })),
  },
};
const { region, accountId } = account;
const aws = { region, accountId, oidcProviders: { main: "create" } };
const theirs = JSON.stringify({ username: "theirs", password: "canary-of-theirs" });

/** A deployment with these stores; namespace `shop` reads store `main`, and `till` reads `other` where there is one. */
function program(stores: Readonly<Record<string, object>>, more: object = {}) {
  return stack({
    catalogue,
    facts: {
      stores,
      clusters: { main: { ...facts.clusters.main, issuer: "https://issuer.example" } },
      namespaces: {
        shop: { cluster: "main", store: "main" },
        till: { cluster: "main", store: "other" in stores ? "other" : "main" },
      },
      ...more,
    },
    external: { keyVaultApi: fakeKeyVaultApi },
    secret: {},
  });
}

function run(stores: Readonly<Record<string, object>>, options: RunOptions = {}) {
  const [main, own] = program(stores);
  return runProgram(main, { ...own, ...options });
}

function refused(stores: Readonly<Record<string, object>>, options: RunOptions = {}) {
  const [main, own] = program(stores);
  return failureOf(main, { ...own, ...options });
}

/** What the ExternalSecret of a namespace reads. */
function readsIn(namespace: string, all: readonly Registered[]) {
  const found = all.find(({ name }) => name === `main/${namespace}/shop-db`);
  return (found?.inputs["spec"] as { data?: readonly { remoteRef: object }[] } | undefined)?.data?.map(
    ({ remoteRef }) => remoteRef,
  );
}

/** Resources that read policies allow, with the keys that they decrypt with. */
function allowed(all: readonly Registered[]): unknown {
  return all
    .filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")
    .map(({ inputs }) => (JSON.parse(String(inputs["policy"])) as { Statement: { Resource: unknown }[] }).Statement)
    .map((statements) => statements.map(({ Resource }) => Resource));
}

const defaults = { conversionStrategy: "Default", decodingStrategy: "None", metadataPolicy: "None" };

describe("a secret that somebody else writes", () => {
  it("is read as facts say it lies, with rights to exactly its object and its key, and is never written", async () => {
    const memory = new RemoteMemory();
    memory.write("aws-secrets-manager", "AmazonMSK_shop", theirs);
    const kmsKeyArn = `arn:aws:kms:${region}:${accountId}:key/msk`;
    const reference = { kmsKeyArn, keys: { username: { property: "user.name", decode: "base64" } } };
    const store = { kind: "aws-secrets-manager", ...aws, remoteNames: { "shop/db": "AmazonMSK_shop" } };
    const { resources, logs } = await run({ main: { ...store, references: { "shop/db": reference } } }, { memory });
    assert.deepEqual(readsIn("shop", resources.all), [
      { key: "AmazonMSK_shop", property: "password", ...defaults },
      { key: "AmazonMSK_shop", property: "user.name", ...defaults, decodingStrategy: "Base64" },
    ]);
    assert.deepEqual(allowed(resources.all), [
      [[secretArn("AmazonMSK_shop")], kmsKeyArn],
      [[secretArn("AmazonMSK_shop")], kmsKeyArn],
    ]);
    assert.deepEqual(
      resources.all.filter(({ type }) => /Stash|secretsmanager/.test(type)),
      [],
    );
    assert.deepEqual(
      logs.map(({ severity, message }) => [severity, message]),
      [
        [
          "info",
          'shop/db: store main does not tell without the value whether "AmazonMSK_shop" has property "password" and property "user.name"; the operator reports what is missing when it reads it',
        ],
      ],
    );
  });

  it("is read in a pinned version, by a parameter's label and with the right to the parameter", async () => {
    const memory = new RemoteMemory();
    memory.write("aws-parameter-store", "/legacy/db", theirs);
    const references = { "shop/db": { layout: "bundle", version: "stable" } };
    const main = { kind: "aws-parameter-store", ...aws, remoteNames: { "shop/db": "/legacy/db" }, references };
    const { resources } = await run({ main }, { memory });
    assert.deepEqual(readsIn("shop", resources.all)?.[0], {
      key: "/legacy/db",
      property: "password",
      version: "stable",
      ...defaults,
    });
    assert.deepEqual(allowed(resources.all), [[[parameterArn("/legacy/db")]], [[parameterArn("/legacy/db")]]]);
  });

  it("is refused before the first write without the version or the property that facts name", async () => {
    const memory = new RemoteMemory();
    memory.write("aws-secrets-manager", "db", theirs);
    const main = { kind: "aws-secrets-manager", ...aws, remoteNames: { "shop/db": "db" } };
    const references = { "shop/db": { version: "AWSPREVIOUS" } };
    assert.equal(
      await refused({ main: { ...main, references } }, { memory }),
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  stores.main.references["shop/db"]: "db" in store main has no version AWSPREVIOUS',
        "    fix: name one that it has (docs/references.md), or ask its owner for it",
      ].join("\n"),
    );
    const vault = new FakeVault();
    vault.write("secret/theirs", JSON.parse(theirs) as Record<string, string>);
    const kv = { kind: "vault-kv", address: "https://vault.example:8200", remoteNames: { "shop/db": "theirs" } };
    const message = await refused(
      { main: { ...kv, references: { "shop/db": { keys: { password: "pw" } } } } },
      { vault },
    );
    assert.match(message, /references\["shop\/db"\]: "theirs" in store main has no property "pw"/);
    assert.ok(!message.includes("canary"), message);
    const azure = { kind: "azure-key-vault", ...tenant, resourceGroup: "x", vault: "kv-acme", location: "westeurope" };
    memory.write("azure-key-vault", "theirs", theirs);
    const pinned = { layout: "bundle", version: "0".repeat(32) };
    const named = { ...azure, remoteNames: { "shop/db": "theirs" }, references: { "shop/db": pinned } };
    assert.match(await refused({ main: named }, { memory }), /"theirs" in store main has no version 0{32}/);
  });

  it("may be written to one store and read from another, where its copy is", async () => {
    const memory = new RemoteMemory();
    memory.write("aws-parameter-store", "/copy", theirs);
    const other = {
      kind: "aws-parameter-store",
      ...aws,
      remoteNames: { "shop/db": "/copy" },
      references: { "shop/db": { layout: "bundle" } },
    };
    const main = { kind: "vault-kv", address: "https://vault.example:8200" };
    const { resources, vault } = await run({ main, other }, { memory });
    assert.equal(memory.read("aws-parameter-store", "/copy")?.payload, theirs);
    assert.deepEqual(vault.paths, ["secret/acme-test/shop/db"]);
    assert.deepEqual(readsIn("till", resources.all)?.[0], { key: "/copy", property: "password", ...defaults });
  });

  it("is a replica that the store makes of what is written in the same run", async () => {
    const main = { kind: "aws-secrets-manager", ...aws, replicas: [{ region: "eu-west-1" }] };
    const other = { kind: "aws-secrets-manager", ...aws, region: "eu-west-1", references: { "shop/db": true } };
    const { resources } = await run({ main, other });
    const arn = secretArn("acme-test/shop/db");
    assert.deepEqual(allowed(resources.all), [[[arn]], [[arn.replace(region, "eu-west-1")]]]);
    const secrets = resources.all.filter(({ type }) => type === "aws:secretsmanager/secret:Secret");
    assert.equal(secrets.length, 1);
  });
});
