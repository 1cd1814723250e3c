import assert from "node:assert/strict";
import { plainTraits } from "../../../components/clusters/flavours/flavour.ts";
import { environment, facts, policy, refusal, refusalOf } from "../../support/fixtures.ts";
import type { ResolveArgs } from "../../../stacks/config/resolve/environment.ts";

const { vault } = facts.stores;
const { main } = facts.clusters;

const withFacts = (changes: Readonly<Record<string, unknown>>): Partial<ResolveArgs> => ({
  facts: { ...facts, ...changes },
});
const withVault = (changes: Readonly<Record<string, unknown>>) =>
  withFacts({ stores: { vault: { ...vault, ...changes } } });
const withOperator = (changes: Readonly<Record<string, unknown>>) =>
  withFacts({ clusters: { main: { ...main, externalSecrets: { ...main.externalSecrets, ...changes } } } });

/** One thing that is wrong with the facts, and the lines that say so. */
const refused: readonly (readonly [name: string, changes: Partial<ResolveArgs>, ...lines: readonly string[]])[] = [
  [
    "an unknown key",
    withFacts({ plattform: "acme" }),
    "  plattform: is no key that is read here; did you mean platform?",
    "    fix: rename it to platform",
  ],
  [
    "an unknown key of a store",
    withVault({ adress: "x" }),
    "  stores.vault.adress: is no key that is read here; did you mean address?",
    "    fix: rename it to address",
  ],
  [
    "a wrong type",
    withFacts({ platform: 7 }),
    '  platform: must be up to 63 lowercase letters, digits or "-", beginning with a letter and ending with a letter or digit, received a number: put it in quotation marks',
  ],
  [
    "a list in the place of an object",
    withFacts({ namespaces: [] }),
    "  namespaces: must be a map of keys and values, received a list",
  ],
  [
    "an object in the place of a list",
    withFacts({ applications: {} }),
    "  applications: must be a list, received a map",
  ],
  [
    "a missing key",
    withFacts({ platform: undefined }),
    '  platform: is missing: must be up to 63 lowercase letters, digits or "-", beginning with a letter and ending with a letter or digit',
  ],
  ["an empty key", withFacts({ stores: null }), "  stores: is missing: must be a map of keys and values"],
  [
    "an illegal platform name",
    withFacts({ platform: "Acme_1" }),
    '  platform: must be up to 63 lowercase letters, digits or "-", beginning with a letter and ending with a letter or digit; character 1 is an uppercase letter',
  ],
  [
    "an illegal store name",
    { facts: { ...facts, stores: { ...facts.stores, Vault: vault } } },
    '  stores.Vault: must be up to 63 lowercase letters, digits or "-", beginning with a letter and ending with a letter or digit; character 1 is an uppercase letter',
  ],
  [
    "an illegal namespace name",
    withFacts({ namespaces: { ...facts.namespaces, shop_1: facts.namespaces.shop } }),
    '  namespaces.shop_1: must be up to 63 lowercase letters, digits or "-", beginning and ending with a letter or digit; character 5 is "_"',
  ],
  [
    "an address that is no URL",
    withVault({ address: "vault.example" }),
    "  stores.vault.address: must be an http(s) URL, such as https://vault.example:8200; it has no scheme (https:// or http://)",
  ],
  [
    "an address of another protocol",
    withVault({ address: "ftp://vault.example" }),
    "  stores.vault.address: must be an http(s) URL, such as https://vault.example:8200; it has another scheme than https or http",
  ],
  [
    "a mount with slashes at its ends",
    withVault({ mount: "/secret/" }),
    "  stores.vault.mount: must be names joined by single slashes, with no slash at its ends",
  ],
  [
    "a mount with a wildcard",
    withVault({ mount: "sec*" }),
    "  stores.vault.mount: must be letters, digits and -._~ in names joined by slashes",
  ],
  [
    "an empty audience",
    withVault({ auth: { audience: "" } }),
    "  stores.vault.auth.audience: must be printable ASCII without spaces",
  ],
  [
    "too few versions",
    withVault({ maxVersions: 1 }),
    "  stores.vault.maxVersions: must be at least 2, so that the value before a rotation stays readable, received 1",
  ],
  [
    "half a version",
    withVault({ maxVersions: 2.5 }),
    "  stores.vault.maxVersions: must be a whole number, received 2.5",
  ],
  [
    "a long text without repeating it",
    withVault({ caBundle: "x".repeat(200) }),
    "  stores.vault.caBundle: must be a PEM bundle",
  ],
  [
    "a store of an unknown kind",
    withFacts({ stores: { vault: { kind: "consul" } } }),
    "  stores.vault.kind: must be aws-parameter-store, aws-secrets-manager, azure-key-vault, gcp-secret-manager, vault-kv or kubernetes",
  ],
  [
    "a store without a kind",
    withFacts({ stores: { vault: {} } }),
    "  stores.vault.kind: is missing: must be aws-parameter-store, aws-secrets-manager, azure-key-vault, gcp-secret-manager, vault-kv or kubernetes",
  ],
  [
    "a cluster of an unknown flavour",
    withFacts({ clusters: { main: { ...main, flavour: "k3s" } } }),
    "  clusters.main.flavour: must be kubeconfig, eks, aks, gke or openshift",
  ],
  [
    "a cluster without an operator version",
    withOperator({ version: undefined }),
    "  clusters.main.externalSecrets.version: is missing: must be an exact version, such as 2.9.0: three numbers without leading zeros",
  ],
  [
    "an operator version that is a range",
    withOperator({ version: "2.x" }),
    "  clusters.main.externalSecrets.version: must be an exact version, such as 2.9.0: three numbers without leading zeros; character 3 is a lowercase letter",
  ],
  [
    "an operator with known advisories",
    withOperator({ version: "2.4.0" }),
    "  clusters.main.externalSecrets.version: 2.4.0 has known advisories; the oldest without is 2.4.1",
    "    fix: pulumi config set --path 'clusters.main.externalSecrets.version' 2.4.1",
  ],
  [
    "too much concurrency",
    withOperator({ concurrency: 51 }),
    "  clusters.main.externalSecrets.concurrency: must be at most 50, received 51",
  ],
  [
    "no concurrency",
    withOperator({ concurrency: 0 }),
    "  clusters.main.externalSecrets.concurrency: must be at least 1, received 0",
  ],
  [
    "a namespace with an unknown store",
    withFacts({ namespaces: { shop: { cluster: "main", store: "vaul" } } }),
    '  namespaces.shop.store: "vaul" does not exist; did you mean vault? there is vault',
  ],
  [
    "a namespace in an unknown cluster",
    withFacts({ namespaces: { shop: { cluster: "mian", store: "vault" } } }),
    '  namespaces.shop.cluster: "mian" does not exist; did you mean main? there is main',
  ],
  [
    "a store named as what every object has",
    withFacts({ namespaces: { shop: { cluster: "main", store: "constructor" } } }),
    '  namespaces.shop.store: "constructor" does not exist; there is vault',
  ],
  [
    "a namespace without a store",
    withFacts({ namespaces: {} }),
    "  namespaces.shop: gets Secret shop-db, but the namespace has no store",
    `    fix: pulumi config set --path 'namespaces.shop.store' <store> (and .cluster), or leave the application out of "applications"`,
  ],
  [
    "a refresh interval that is a text",
    withFacts({ refreshSeconds: "1h" }),
    "  refreshSeconds: must be a number, received a text of 2 characters",
  ],
  [
    "a refresh interval of nothing",
    withFacts({ refreshSeconds: 0 }),
    "  refreshSeconds: must be more than 0, received 0",
  ],
  [
    "a refresh interval below the environment's floor",
    withFacts({ refreshSeconds: 299 }),
    "  refreshSeconds: must be at least 300 in this environment, received 299",
    "    fix: a changed value does not wait for the interval: it is synced at once",
  ],
  [
    "a creation date in another notation",
    withFacts({ created: "31.01.2026" }),
    "  created: must be a date, such as 2026-11-22",
  ],
  [
    "a creation date that is on no calendar",
    withFacts({ created: "2026-02-30" }),
    "  created: must be a date, such as 2026-11-22",
  ],
  [
    "a rotation of an unknown secret",
    withFacts({ rotations: { "shop/dbb": "2026-02-01" } }),
    '  rotations["shop/dbb"]: no such secret; did you mean shop/db? there is shop/db',
    `    fix: if it is gone: pulumi config rm --path 'rotations["shop/dbb"]'`,
  ],
  [
    "a rotation at no time",
    withFacts({ rotations: { "shop/db": "soon" } }),
    '  rotations["shop/db"]: must be a date (2026-11-22) or a UTC time (2026-11-22T14:05:00Z)',
  ],
  [
    "a rotation on a day that is on no calendar",
    withFacts({ rotations: { "shop/db": "2026-02-30" } }),
    '  rotations["shop/db"]: is no time of the calendar',
  ],
  [
    "a rotation at an hour that is on no clock",
    withFacts({ rotations: { "shop/db": "2026-02-01T25:00:00Z" } }),
    '  rotations["shop/db"]: is no time of the calendar',
  ],
  [
    "the adoption of an unknown secret",
    withFacts({ adopt: { "shop/dbb": true } }),
    '  adopt["shop/dbb"]: no such secret; did you mean shop/db? there is shop/db',
    `    fix: if it is gone: pulumi config rm --path 'adopt["shop/dbb"]'`,
  ],
  [
    "keys to give up of an unknown secret",
    withFacts({ adoptWithout: { "shop/dbb": ["port"] } }),
    '  adoptWithout["shop/dbb"]: no such secret; did you mean shop/db? there is shop/db',
    `    fix: if it is gone: pulumi config rm --path 'adoptWithout["shop/dbb"]'`,
  ],
  [
    "keys to give up that are no list",
    withFacts({ adoptWithout: { "shop/db": "port" } }),
    '  adoptWithout["shop/db"]: must be a list, received a text of 4 characters',
  ],
  [
    "a key to give up that is no text",
    withFacts({ adoptWithout: { "shop/db": ["port", 8080] } }),
    '  adoptWithout["shop/db"][1]: must be a text, received a number: put it in quotation marks',
  ],
  [
    "an adoption that is neither true nor false",
    withFacts({ adopt: { "shop/db": 1 } }),
    '  adopt["shop/db"]: must be true, false, or the name of a store or cluster, received 1',
  ],
  [
    "the adoption of a secret without a remote store",
    withFacts({ stores: { vault: { kind: "kubernetes" } }, adopt: { "shop/db": true } }),
    '  adopt["shop/db"]: namespace shop gets it plain (via), from no store where there is anything to adopt',
    "    fix: put the value into a store first, or remove the entry",
  ],
  [
    "an unknown application",
    withFacts({ applications: ["shop", "shopp"] }),
    '  applications: "shopp" is not in the catalogue; did you mean shop? there is shop',
  ],
  [
    "an application named as what every object has",
    withFacts({ applications: ["shop", "constructor"] }),
    '  applications: "constructor" is not in the catalogue; there is shop',
  ],
  [
    "a kubernetes store where the policy forbids it",
    { ...withFacts({ stores: { vault: { kind: "kubernetes" } } }), policy: { ...policy, allowEmbeddedSecrets: false } },
    "  stores.vault.kind: kubernetes keeps the only copy of a value in the cluster, and this environment's policy forbids it",
  ],
  [
    "a stack that is too large",
    { policy: { ...policy, maximumResources: 22 } },
    "  applications: the stack would hold about 23 resources, and this environment allows 22",
    "    fix: split it into several stacks: npx secrets fleet plan test --write (docs/fleet.md)",
  ],
];

describe("parsing the facts of an environment", () => {
  it("takes the valid environment and fills in the defaults", () => {
    const spec = environment();
    assert.deepEqual(Object.fromEntries(spec.stores), {
      vault: {
        kind: "vault-kv",
        name: "vault",
        address: "https://vault.example:8200",
        clusterAddress: "https://vault.example:8200",
        mount: "secret",
        maxVersions: 10,
        auth: { mountPath: "kubernetes", mountPaths: {}, audience: "vault" },
      },
    });
    assert.deepEqual(Object.fromEntries([...spec.clusters].map(([name, each]) => [name, each.spec])), {
      main: {
        flavour: "kubeconfig",
        name: "main",
        identifier: "main",
        upsertExistingObjects: false,
        externalSecrets: {
          chart: "external-secrets",
          repository: "https://charts.external-secrets.io",
          version: "2.9.0",
          namespace: "external-secrets",
          webhook: true,
          install: true,
          concurrency: 10,
          deadlineSeconds: 300,
          serviceMonitor: false,
          pushSecrets: false,
          admissionPolicy: { providers: [], podIdentity: false },
        },
        traits: plainTraits,
      },
    });
    const [shop, ...others] = spec.namespaces.map(({ deliveries, ...each }) => ({
      ...each,
      secrets: deliveries.length,
    }));
    assert.deepEqual(others, []);
    assert.deepEqual(shop, {
      key: "main/shop",
      entry: "shop",
      name: "shop",
      cluster: spec.clusters.get("main")?.spec,
      store: spec.stores.get("vault"),
      storeLabel: "vault",
      alsoStores: [],
      create: false,
      handOver: false,
      secrets: 1,
    });
    assert.deepEqual([spec.refreshSeconds, spec.detectDrift], [3600, true]);
  });

  for (const [name, changes, ...lines] of refused) {
    it(`rejects ${name}`, () => {
      assert.equal(refusalOf(changes), refusal(1, ...lines));
    });
  }

  it("rejects everything that is wrong at once, each with its path", () => {
    const changes = withFacts({
      clusters: { main: { flavour: "kubeconfig", externalSecrets: { version: "0.20.3" } } },
      refreshSeconds: 60,
      applications: ["shop", "other"],
    });
    assert.equal(
      refusalOf(changes),
      refusal(
        3,
        "  refreshSeconds: must be at least 300 in this environment, received 60",
        "    fix: a changed value does not wait for the interval: it is synced at once",
        '  applications: "other" is not in the catalogue; there is shop',
        "  clusters.main.externalSecrets.version: 0.20.3 has known advisories; the oldest without is 2.4.1",
        "    fix: pulumi config set --path 'clusters.main.externalSecrets.version' 2.4.1",
      ),
    );
  });

  it("takes an old operator where the policy allows it", () => {
    const spec = environment({ ...withOperator({ version: "0.20.3" }), policy: { ...policy, allowOldOperator: true } });
    assert.equal(spec.clusters.get("main")?.spec?.externalSecrets.version, "0.20.3");
  });

  it("takes the least that floors and limits allow", () => {
    const spec = environment({ ...withFacts({ refreshSeconds: 300 }), policy: { ...policy, maximumResources: 28 } });
    assert.equal(spec.refreshSeconds, 300);
  });

  // Pulumi's YAML reader hands over an unquoted date as Go prints a timestamp.
  for (const [written, epoch, rotatedAt] of [
    ["2026-02-01", "2026-02-01", "2026-02-01T00:00:00Z"],
    ["2026-02-01T00:00:00Z", "2026-02-01", "2026-02-01T00:00:00Z"],
    ["2026-02-01 00:00:00 +0000 UTC", "2026-02-01", "2026-02-01T00:00:00Z"],
    ["2026-02-01T14:05:00Z", "2026-02-01T14:05:00Z", "2026-02-01T14:05:00Z"],
    ["2026-02-01 14:05:00 +0000 UTC", "2026-02-01T14:05:00Z", "2026-02-01T14:05:00Z"],
  ] as const) {
    it(`reads the rotation ${JSON.stringify(written)} as epoch ${epoch}`, () => {
      const [secret] = environment(withFacts({ rotations: { "shop/db": written } })).secrets;
      assert.deepEqual([secret?.epoch, secret?.rotatedAt, secret?.rotateBy], [epoch, rotatedAt, "2026-05-02"]);
    });
  }

  for (const written of ["2026-01-31", "2026-01-31T00:00:00Z", "2026-01-31 00:00:00 +0000 UTC"]) {
    it(`reads the creation date ${JSON.stringify(written)} as the day that it is`, () => {
      const [secret] = environment(withFacts({ created: written })).secrets;
      assert.deepEqual(
        [secret?.epoch, secret?.rotatedAt, secret?.rotateBy],
        ["initial", "2026-01-31T00:00:00Z", "2026-05-01"],
      );
    });
  }
});
