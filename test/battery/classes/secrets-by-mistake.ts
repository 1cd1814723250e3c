import { accepted, at, canary, refused, type Case, type CaseClass, type Input, type Tree } from "../case.ts";

/** A token where something else belongs, in each kind of place. */
const put =
  (...path: readonly string[]): Case["change"] =>
  ({ facts }) => {
    const parent = at(facts, ...path.slice(0, -1));
    parent[path.at(-1) ?? ""] = canary;
  };

const places: readonly (readonly string[])[] = [
  ["created"],
  ["via"],
  ["refreshSeconds"],
  ["detectDrift"],
  ["applications"],
  ["stores"],
  ["clusters"],
  ["namespaces"],
  ["rotations"],
  ["adopt"],
  ["existingSecrets"],
  ["reference"],
  ["generatedInCluster"],
  ...["kind", "region", "accountId", "layout", "tier", "values", "kmsKeyArn", "tags", "oidcProviders"].map((key) => [
    "stores",
    "parameters",
    key,
  ]),
  ...["replicas", "kmsKeyArn"].map((key) => ["stores", "secrets", key]),
  ...["subscriptionId", "tenantId", "vaultSuffix", "create", "values", "grantDeployer"].map((key) => [
    "stores",
    "azure",
    key,
  ]),
  ...["projectNumber", "kmsKeyName", "locations", "topics", "identityProviders", "identityPools"].map((key) => [
    "stores",
    "google",
    key,
  ]),
  ...["address", "clusterAddress", "caBundle", "maxVersions", "auditDevices", "auth", "createMount", "token"].map(
    (key) => ["stores", "vault", key],
  ),
  ...["flavour", "issuer", "store", "externalSecrets", "upsertExistingObjects", "token"].map((key) => [
    "clusters",
    "main",
    key,
  ]),
  ...["version", "repository", "install", "concurrency", "networkPolicy", "password"].map((key) => [
    "clusters",
    "main",
    "externalSecrets",
    key,
  ]),
  ...["cluster", "store", "via", "create", "clusters", "alsoStores", "secret"].map((key) => [
    "namespaces",
    "shop",
    key,
  ]),
  ["namespaces", "shop"],
  ["stores", "vault"],
  ["clusters", "main"],
];

const url =
  (value: string) =>
  ({ facts }: Input) =>
    void (at(facts, "stores", "vault")["address"] = value);
const entry =
  (key: string, value: Tree) =>
  ({ facts }: Input) =>
    void (facts[key] = value);

/** A secret that was put where it does not belong is refused, and shown by no message. */
export const secretsByMistake: CaseClass = {
  title: "secrets by mistake",
  cases: [
    ...refused(Object.fromEntries(places.map((path) => [`a token for ${path.join(".")}`, put(...path)]))),
    ...refused({
      "a token in clear": ({ facts }) => void (facts["shopToken"] = canary),
      "a token in clear as a number": ({ facts }) => void (facts["shopToken"] = 123_456_789_012),
      "a token in clear under a misspelt key": ({ facts }) => void (facts["shoptokn"] = canary),
      "a token in clear under an unknown key": ({ facts }) => void (facts["password"] = canary),
      "a token in clear within a map": ({ facts }) => void (facts["shopToken"] = { value: canary }),
      "a token in clear within a list": ({ facts }) => void (facts["shopToken"] = [canary]),
      "a token of Vault in clear": ({ facts }) => void (facts["vaultToken"] = canary),
      "tokens of reviewers in clear": ({ facts }) =>
        void (facts["vaultReviewerTokens"] = JSON.stringify({ main: canary })),
      "an encrypted fact": ({ facts }) => void (facts["platform"] = { secure: canary }),
      "an encrypted value within a fact": ({ facts }) =>
        void (at(facts, "stores", "vault")["address"] = { secure: canary }),
      "an encrypted value within a list": ({ facts }) => void (facts["applications"] = [{ secure: canary }]),
      "a password in a URL": url(`https://admin:${canary}@vault.example:8200`),
      "a user name in a URL": url(`https://${canary}@vault.example:8200`),
      "a token in a query": url(`https://vault.example:8200/?token=${canary}`),
      "a token in a fragment": url(`https://vault.example:8200/#${canary}`),
      "a token for a scheme": url(`${canary}://vault.example`),
      "a token for a host": url(`https://${canary} `),
      "a connection string for a URL": url(`postgres://admin:${canary}@db:5432/shop`),
      "a token for a rotation": entry("rotations", { "shop/db": canary }),
      "a token for a choice": entry("existingSecrets", { "shop/shop-db": canary }),
      "a token for a holder": entry("adopt", { "shop/db": canary }),
      "a token for a truth": entry("reference", { "shop/db": canary }),
      "a token for an application": ({ facts }) => void (facts["applications"] = [canary]),
      "a token for a cluster that generates": entry("generatedInCluster", { "shop/db": canary }),
      "a token for a port": ({ facts }) =>
        void (at(facts, "clusters", "main", "externalSecrets")["networkPolicy"] = { storePorts: [canary] }),
      "a token for an address": ({ facts }) =>
        void (at(facts, "clusters", "main", "externalSecrets")["networkPolicy"] = { stores: [canary] }),
    }),
    ...accepted({
      "a token encrypted": ({ facts }) => void (facts["shopToken"] = { secure: canary }),
      "a token encrypted under another namespace": ({ facts }) => void (facts["aws:token"] = { secure: canary }),
    }),
  ],
};
