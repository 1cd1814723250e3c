import { at, refused, type CaseClass } from "../case.ts";

/** Several faults in one input, which one message tells of: each once, and nothing that only follows from another. */
export const atOnce: CaseClass = {
  title: "faults at once",
  cases: refused({
    "an unknown key, a wrong shape and a wrong meaning": ({ facts }) => {
      facts["plattform"] = "acme";
      at(facts, "stores", "vault")["adress"] = "x";
      facts["detectDrift"] = "often";
      facts["refreshSeconds"] = 5;
      facts["rotations"] = { "shop/none": "2026-12-01" };
    },
    "a misspelt kind, and its siblings": ({ facts }) => {
      facts["stores"] = { ...at(facts, "stores"), vault: { kind: "vault-kw", adress: "x", mount: 7, maxVersions: 0 } };
    },
    "an unknown kind, and its siblings": ({ facts }) => {
      facts["stores"] = {
        ...at(facts, "stores"),
        vault: { kind: "other", staticCredentials: "x", nobodyReadsThis: 1 },
      };
    },
    "a misspelt flavour, and its siblings": ({ facts }) => {
      facts["clusters"] = { main: { flavour: "ekz", clusterName: 5, issuer: "x", externalSecrets: { version: 2.9 } } };
    },
    "an unknown flavour, and its siblings": ({ facts }) => {
      facts["clusters"] = {
        main: { flavour: "rancher", issuer: "x", externalSecrets: { version: 2.9, webhok: true } },
      };
    },
    "an illegal name, and what stands under it": ({ facts }) => {
      at(facts, "stores")["My Vault"] = { kind: "vault-kv", address: "x", mount: 7 };
    },
    "a broken store, and namespaces that read it": ({ facts }) => void (at(facts, "stores", "vault")["address"] = "x"),
    "a broken cluster, and namespaces in it": ({ facts }) => void (at(facts, "clusters", "main")["issuer"] = "x"),
    "a broken cluster that facts of a store name": ({ facts }) => {
      at(facts, "clusters", "main")["issuer"] = "x";
      at(facts, "stores", "vault")["auth"] = { mountPaths: { main: "kubernetes", other: "kubernetes" } };
    },
    "a broken store of a cluster": ({ facts }) => {
      at(facts, "clusters", "main")["store"] = "vault";
      delete at(facts, "namespaces", "shop")["store"];
      at(facts, "stores", "vault")["address"] = "x";
    },
    "a missing store of a cluster, once and not by namespace": ({ facts }) => {
      at(facts, "clusters", "main")["store"] = "valt";
      for (const name of Object.keys(at(facts, "namespaces"))) delete at(facts, "namespaces", name)["store"];
    },
    "no stores at all": ({ facts }) => void delete facts["stores"],
    "no clusters at all": ({ facts }) => void delete facts["clusters"],
    "no namespaces at all": ({ facts }) => void delete facts["namespaces"],
    "a secret in clear, and facts that are wrong": ({ facts }) => {
      facts["shopToken"] = "hunter2";
      facts["created"] = "yesterday";
      at(facts, "namespaces", "shop")["store"] = "gone";
    },
    "no policy, and facts that are wrong": (input) => {
      input.policies = {};
      input.facts["created"] = "yesterday";
      input.facts["plattform"] = "acme";
    },
    "no project's name, and a file that is no YAML": (input) => {
      input.project = "runtime: nodejs\n";
      input.yaml = "config: [\n";
    },
    "several things of one namespace": ({ facts }) => {
      facts["namespaces"] = {
        ...at(facts, "namespaces"),
        shop: { cluster: "gone", store: "gone", alsoStores: ["gone", "vault"], vai: "plain" },
      };
    },
    "a wrong value beside a contradiction": ({ facts }) => {
      facts["namespaces"] = {
        ...at(facts, "namespaces"),
        shop: { cluster: "main", clusters: { main: {} }, create: "yes" },
      };
    },
    "a misspelt choice of a namespace, and policy": ({ facts, policies }) => {
      policies["test"] = { ...at(policies, "test"), allowEmbeddedSecrets: false };
      at(facts, "namespaces", "till")["via"] = "plain";
      at(facts, "namespaces", "shop")["via"] = "plian";
    },
  }),
};
