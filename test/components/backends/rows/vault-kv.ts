import type { Values } from "../../../support/fake-vault.ts";
import { stateResource } from "../../../support/fixtures.ts";
import { address, type Row } from "./row.ts";

const [type, outputs] = ["vault:kv/secretV2:SecretV2", { dataJson: "{}" }];

export const vaultKv: Row = {
  spec: {
    kind: "vault-kv",
    name: "main",
    address: "https://vault.example:8200",
    clusterAddress: "https://vault.example:8200",
    mount: "secret",
    auth: { mountPath: "kubernetes", mountPaths: {}, audience: "vault" },
    maxVersions: 10,
  },
  facts: { kind: "vault-kv", address: "https://vault.example:8200" },
  place: ["vault.example", "8200", "", "", "secret"],
  ports: [8200],
  billed: false,
  resource: type,
  readsLabels: true,
  takesOver: "by writing",
  refused: {
    address: { ...address, path: `old/${"x".repeat(397)}` },
    path: "stores.main",
    problem: "the path of shop/db has 410 characters; Vault allows at most 400",
  },
  chosenNames: { "shop/db": "Shop_DB@prod", "shop/db/password": "unused", "shop/db/username": "unused" },
  functionsThatRead: ["vault:generic/getSecret:getSecret"],
  changeByHand: ({ vault }, name, payload) => vault.write(`secret/${name}`, JSON.parse(payload) as Values),
  deleteByHand: ({ vault }, name) => vault.delete(`secret/${name}`),
  foreign: [
    stateResource({ name: "other-mount", type, names: { path: "team/data/acme-dev/shop/db" } }, outputs),
    stateResource({ name: "no-path", type }, outputs),
    stateResource(
      { name: "other-type", type: "vault:generic/secret:Secret", names: { path: "secret/data/acme-dev/shop/db" } },
      outputs,
    ),
  ],
};
