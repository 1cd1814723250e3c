import { accepted, refused, type CaseClass } from "../case.ts";
import { values } from "../changes.ts";

const google = (fact: string) => ["stores", "google", fact];
const key = (name: string) => `projects/acme/locations/global/keyRings/ring/cryptoKeys/${name}`;
const provider = (pool: string, name = "main") =>
  `projects/1/locations/global/workloadIdentityPools/${pool}/providers/${name}`;

/** Full names of what a cloud has already: keys, providers, topics, subnets. */
export const cloudNames: CaseClass = {
  title: "full names of a cloud's objects",
  cases: [
    ...values(refused, "key", google("kmsKeyName"), [
      "",
      "key",
      key("*"),
      key(""),
      key("a b"),
      `${key("a")}/cryptoKeyVersions/1`,
      7,
    ]),
    ...values(accepted, "key", google("kmsKeyName"), [
      key("platform"),
      "projects/example.com:acme/locations/global/keyRings/a/cryptoKeys/b_1",
    ]),
    ...values(
      refused,
      "providers",
      google("identityProviders"),
      ["", "acme", provider("*"), provider("acme", "*"), provider("ACME"), provider("acme", "a b"), 7].map((main) => ({
        main,
      })),
    ),
    ...values(
      refused,
      "topics",
      google("topics"),
      ["", "topic", "projects/a/topics/*", "projects/a/topics/a b"].map((each) => [each]),
    ),
    ...values(accepted, "topics", google("topics"), [["projects/acme-test/topics/rotations"]]),
    ...values(
      refused,
      "subnets",
      ["stores", "azure", "create"],
      [
        "",
        "subnet",
        "/subscriptions/a b/virtualNetworks/c/subnets/d",
        "/subscriptions/a/virtualNetworks/*/subnets/*",
      ].map((each) => ({ allowedSubnets: [each] })),
    ),
    ...values(
      refused,
      "resource group",
      ["stores", "azure", "resourceGroup"],
      ["", "a.", "a b", "a/b", "x".repeat(91), "*"],
    ),
    ...values(accepted, "resource group", ["stores", "azure", "resourceGroup"], ["a", "rg_(1)-a.b", "x".repeat(90)]),
    ...values(
      refused,
      "vault",
      ["stores", "azure", "vault"],
      ["", "ab", "1ab", "a--b", "a-", "a_b", "a.b", "x".repeat(25)],
    ),
    ...values(
      refused,
      "project",
      ["stores", "google", "project"],
      ["", "acme", "Acme-test", "acme-", "1acme-test", "x".repeat(31), "*"],
    ),
    ...values(
      refused,
      "auth of Vault",
      ["stores", "vault", "auth"],
      ["", " ", "a b", "ä"].map((audience) => ({ audience })),
    ),
    ...values(refused, "versions", ["stores", "vault", "maxVersions"], [0, 1, -1, 2.5, 1e9, "10"]),
    ...refused({
      "a provider for two clusters": ({ facts }) => {
        facts["clusters"] = {
          ...(facts["clusters"] as object),
          edge: {
            flavour: "kubeconfig",
            context: "edge",
            issuer: "https://issuer.example/edge",
            externalSecrets: { version: "2.9.0" },
          },
        };
        const stores = facts["stores"] as Record<string, object>;
        stores["google"] = {
          ...stores["google"],
          identityProviders: { main: provider("acme"), edge: provider("acme") },
        };
      },
    }),
    ...accepted({
      // It is the store that may hold such a key.
      "adopted without a key that the catalogue does not have": ({ facts }) => {
        facts["adopt"] = { "shop/db": true };
        facts["adoptWithout"] = { "shop/db": ["port"] };
      },
    }),
  ],
};
