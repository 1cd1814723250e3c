import assert from "node:assert/strict";
import { RefusedError } from "../../../../components/support/messages/errors.ts";
import { leaks } from "../../../support/clear-text.ts";
import { FakeVault } from "../../../support/fake-vault.ts";
import { facts } from "../../../support/fixtures.ts";
import { SecretInput } from "../../../support/recording.ts";
import { canary, failing, up } from "../../../support/stack.ts";
import { surveyOf, type Existing } from "../../../support/survey.ts";

const inUse = "canary-in-use-3b7e";
const extra = "canary-of-another-91bc";
const external = "kubernetes:external-secrets.io/v1:ExternalSecret";

/** A Secret that somebody made by hand, with a key of its own. */
const byHand: Existing = {
  kind: "Secret",
  namespace: "shop",
  name: "shop-db",
  data: { username: "shop", password: inUse, note: extra },
};
const waysOut = (place: string, name: string) => {
  const path = `existingSecrets["${place}"]`;
  return [
    `    fix: to adopt it (generated keys keep their existing values, its other keys stay): pulumi config set --path '${path}' adopt`,
    `    or overwrite the keys of the same names and keep its others: pulumi config set --path '${path}' merge`,
    `    or replace the whole Secret: pulumi config set --path '${path}' overwrite`,
    `    or give the delivery of ${name} another secretName in the catalogue`,
  ];
};

describe("what would be lost by a run", () => {
  it("stops it before its first write: of stores and clusters in one message, sorted, without a value", async () => {
    const vault = new FakeVault();
    vault.write("secret/acme-test/shop/db", { username: "shop", password: inUse, port: extra });
    vault.write("secret/acme-test/till/api", { token: extra });
    const clusters = surveyOf({
      main: [
        byHand,
        { kind: "ServiceAccount", namespace: "till", name: "secrets-reader" },
        { kind: "Secret", namespace: "till", name: "till-api" },
      ],
    });
    const { error, resources, logs, calls } = await failing({
      vault,
      clusters,
      facts: { adopt: { "shop/db": true, "till/api": true } },
    });
    assert.ok(error instanceof RefusedError);
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 5 problems. Nothing was changed.',
        '  adopt["shop/db"]: store vault holds "port", which the catalogue does not have',
        "    fix: add it to the catalogue; or to discard the value in store vault: pulumi config set --path 'adoptWithout[\"shop/db\"][0]' port",
        '  adopt["till/api"]: store vault holds another "token" than the configuration',
        "    fix: set the existing value: pulumi config set --secret tillToken; or to discard the value in store vault: pulumi config set --path 'adoptWithout[\"till/api\"][0]' token",
        "  clusters.main: ServiceAccount till/secrets-reader exists and is not managed by this stack",
        "    fix: rename the existing object, or the one of this stack",
        "    or, after a lost state, adopt what exists: pulumi config set --path 'clusters.main.upsertExistingObjects' true",
        '  existingSecrets["shop/shop-db"]: Secret shop/shop-db of cluster main exists and is not managed by this stack: its values would be overwritten',
        ...waysOut("shop/shop-db", "shop-db"),
        '  existingSecrets["till/till-api"]: Secret till/till-api of cluster main exists and is not managed by this stack: its values would be overwritten',
        ...waysOut("till/till-api", "till-api"),
      ].join("\n"),
    );
    assert.deepEqual(
      resources.contents.filter((each) => !each.startsWith("pulumi:providers:")),
      [],
    );
    assert.deepEqual(logs, []);
    const values = [inUse, extra, canary];
    assert.deepEqual(leaks([error.message, resources.all, calls], values), []);
    assert.deepEqual(vault.read("secret", "acme-test/shop/db"), { username: "shop", password: inUse, port: extra });
  });

  it("names each secret once after a lost state: what the operator made of a store's value is no loss of its own", async () => {
    const vault = new FakeVault();
    vault.write("secret/acme-test/shop/db", { username: "shop", password: inUse });
    const made = { ...byHand, controller: "ExternalSecret/shop-db" };
    const { error } = await failing({ vault, clusters: surveyOf({ main: [made] }) });
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  shop/db: store vault already contains "acme-test/shop/db", which is not in the state: its value would be overwritten',
        `    fix: to adopt it (refused if any value would be lost): pulumi config set --path 'adopt["shop/db"]' true`,
      ].join("\n"),
    );
  });

  it("stops it, too, where a name in a store is taken that nobody decided about", async () => {
    const vault = new FakeVault();
    vault.write("secret/acme-test/shop/db", { password: inUse });
    const { error } = await failing({ vault, clusters: surveyOf({ main: [byHand] }) });
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 2 problems. Nothing was changed.',
        '  existingSecrets["shop/shop-db"]: Secret shop/shop-db of cluster main exists and is not managed by this stack: its values would be overwritten',
        ...waysOut("shop/shop-db", "shop-db"),
        '  shop/db: store vault already contains "acme-test/shop/db", which is not in the state: its value would be overwritten',
        `    fix: to adopt it (refused if any value would be lost): pulumi config set --path 'adopt["shop/db"]' true`,
      ].join("\n"),
    );
  });

  it("is what an orphan of the operator holds, once its values would be made anew", async () => {
    const orphan: Existing = {
      kind: "Secret",
      namespace: "shop",
      name: "shop-db",
      labels: { "reconcile.external-secrets.io/managed": "true" },
      managers: ["externalsecrets.external-secrets.io/shop-db"],
    };
    const clusters = surveyOf({ main: [orphan] });
    const { error } = await failing({ clusters });
    assert.match(
      error.message,
      /^ {2}existingSecrets\["shop\/shop-db"\]: Secret shop\/shop-db of cluster main exists/m,
    );
    // Where the store still has them, and they are taken over, nothing is made anew.
    const vault = new FakeVault();
    vault.write("secret/acme-test/shop/db", { username: "shop", password: inUse });
    const run = await up({ vault, clusters, facts: { adopt: { "shop/db": true } } });
    assert.equal(run.vault.read("secret", "acme-test/shop/db")["password"], inUse);
  });
});

describe("a Secret that is taken over from a cluster", () => {
  const adopting = { existingSecrets: { "shop/shop-db": "adopt" } };
  const clusters = surveyOf({ main: [byHand] });

  it("has its values put into the store, and stays somebody else's", async () => {
    const { vault, resources, logs } = await up({ clusters, facts: adopting });
    assert.deepEqual(vault.read("secret", "acme-test/shop/db"), { username: "shop", password: inUse });
    const { inputs } = resources.find(external, "main/shop/shop-db");
    assert.match(JSON.stringify(inputs["spec"]), /"creationPolicy":"Merge"/);
    assert.deepEqual(logs, [
      {
        severity: "info",
        message: "adopting shop/db from Secret shop/shop-db of cluster main: password kept; username configured",
      },
      { severity: "info", message: "Secret shop/shop-db of cluster main: note unchanged" },
    ]);
    assert.deepEqual(leaks([resources.all, logs], [inUse, extra]), []);
  });

  it("says so in a preview already", async () => {
    const { logs, vault } = await up({ clusters, facts: adopting, preview: true });
    assert.match(logs.map(({ message }) => message).join("\n"), /^adopting shop\/db from .*: password kept; /);
    assert.deepEqual(vault.paths, []);
  });

  it("is read no more once the state knows it, while the entry stays", async () => {
    const first = await up({ clusters, facts: adopting });
    const again = surveyOf({ main: [byHand] });
    const { vault, state } = first;
    const { logs, vault: after } = await up({ vault, state, clusters: again, facts: adopting, entropy: "second" });
    assert.deepEqual([again.asked, again.opened, logs], [[], [], []]);
    assert.equal(after.read("secret", "acme-test/shop/db")["password"], inUse);
  });

  it("is not narrowed when the entry goes", async () => {
    const { vault, state } = await up({ clusters, facts: adopting });
    const { error, resources } = await failing({ vault, state, clusters });
    assert.match(error.message, /Secret shop\/shop-db of cluster main exists and is not managed by this stack/);
    resources.assertNone(external);
  });

  it("is taken over in a namespace of plain Secrets, too", async () => {
    const plain = { stores: { vault: { kind: "kubernetes" } }, ...adopting };
    const { resources } = await up({ clusters, facts: plain });
    const { inputs } = resources.find("kubernetes:core/v1:SecretPatch", "main/shop/shop-db");
    const encoded = (value: string) => Buffer.from(value).toString("base64");
    assert.deepEqual(inputs["data"], new SecretInput({ username: encoded("shop"), password: encoded(inUse) }));
    assert.ok(!resources.names("kubernetes:core/v1:Secret").includes("main/shop/shop-db"));
  });

  it("is chosen over another cluster's by name", async () => {
    const second = { ...byHand, data: { password: extra } };
    const both = surveyOf({ main: [byHand], second: [second] });
    const changes = {
      ...adopting,
      applications: ["shop"],
      stores: { vault: { ...facts.stores.vault, auth: { mountPaths: { second: "kubernetes-second" } } } },
      clusters: { main: facts.clusters.main, second: { ...facts.clusters.main, context: "second" } },
      namespaces: { shop: { clusters: { main: { store: "vault" }, second: { store: "vault" } } } },
    };
    const { error } = await failing({ clusters: both, facts: changes, secret: {} });
    assert.equal(
      error.message,
      [
        'Environment "test" was refused: 1 problem. Nothing was changed.',
        '  adopt["shop/db"]: Secret shop/shop-db of cluster second holds another "password" than Secret shop/shop-db of cluster main',
        "    fix: name the one to keep: pulumi config set --path 'adopt[\"shop/db\"]' main, or pulumi config set --path 'adopt[\"shop/db\"]' second; or to discard the value in Secret shop/shop-db of cluster second: pulumi config set --path 'adoptWithout[\"shop/db\"][0]' password",
      ].join("\n"),
    );
    const { vault } = await up({
      clusters: both,
      facts: { ...changes, adopt: { "shop/db": "second" } },
      secret: {},
    });
    assert.equal(vault.read("secret", "acme-test/shop/db")["password"], extra);
  });
});
