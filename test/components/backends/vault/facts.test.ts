import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { authMountOf, type VaultKvSpec } from "../../../../components/backends/vault/kv.ts";
import { environment, facts, policy, refusal, refusalOf } from "../../../support/fixtures.ts";

const clusters = { ...facts.clusters, other: { ...facts.clusters.main, context: "other" } };
const factsOf = (changes: object) => ({ ...facts, clusters, stores: { vault: { ...facts.stores.vault, ...changes } } });
const reviewed = new Set(["main", "other"]);
const specOf = (changes: object, retain = true) =>
  environment({ facts: factsOf(changes), policy: { ...policy, retain }, reviewed }).stores.get("vault") as VaultKvSpec;
const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const publicKey = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

describe("facts of a Vault", () => {
  it("make nothing of it unless they say so", () => {
    assert.deepEqual(specOf({}), {
      kind: "vault-kv",
      name: "vault",
      address: "https://vault.example:8200",
      clusterAddress: "https://vault.example:8200",
      mount: "secret",
      maxVersions: 10,
      auth: { mountPath: "kubernetes", mountPaths: {}, audience: "vault" },
    });
  });

  it("have an engine mounted, which outlives destroy where the environment's policy says so", () => {
    assert.deepEqual(specOf({ createMount: true }).createMount, { retain: true });
    assert.deepEqual(specOf({ createMount: true }, false).createMount, { retain: false });
  });

  it("have audit devices made, with Vault's own words for them", () => {
    const auditDevices = [
      { type: "file", filePath: "/vault/audit.log" },
      { type: "socket", path: "collector", address: "logs.example:9090" },
      { type: "syslog" },
    ];
    assert.deepEqual(specOf({ auditDevices }).auditDevices, [
      { type: "file", path: "file", options: { file_path: "/vault/audit.log" }, retain: true },
      {
        type: "socket",
        path: "collector",
        options: { address: "logs.example:9090", socket_type: "tcp" },
        retain: true,
      },
      { type: "syslog", path: "syslog", options: {}, retain: true },
    ]);
    const [dropped] = specOf({ auditDevices }, false).auditDevices ?? [];
    assert.equal(dropped?.retain, false);
  });

  it("have auth methods made, say whom to trust, and what a write must find", () => {
    const spec = specOf({
      caFile: "ca.pem",
      checkAndSet: true,
      auth: {
        mountPaths: { other: "k8s-other" },
        methods: { main: { host: "https://api.example:6443", caCert: pem }, other: { host: "https://o.example" } },
      },
    });
    assert.deepEqual([spec.caFile, spec.checkAndSet], ["ca.pem", true]);
    assert.deepEqual(spec.auth.methods, {
      main: { host: "https://api.example:6443", caCert: pem },
      other: { host: "https://o.example" },
    });
  });

  for (const [what, known, missing, fix] of [
    ["no token", new Set<string>(), "main, other", '{"main":"<token>","other":"<token>"}'],
    ["no token of one cluster", new Set(["main"]), "other", '{"main":"<token>","other":"<token>"}'],
    [
      "no token of one cluster, and one of a stranger",
      new Set(["stranger"]),
      "main, other",
      '{"main":"<token>","other":"<token>","stranger":"<token>"}',
    ],
  ] as const) {
    it(`have no auth method made with ${what} to ask its cluster with: nobody could log in`, () => {
      const methods = { main: { host: "https://api.example:6443" }, other: { host: "https://o.example" } };
      const changes = { auth: { mountPaths: { other: "k8s-other" }, methods } };
      assert.equal(
        refusalOf({ facts: factsOf(changes), reviewed: known }),
        refusal(
          1,
          `  vaultReviewerTokens: has no token for ${missing}: the auth method that is made for a cluster (auth.methods) asks it with this token whether a reader's is real (docs/stores/vault-kv.md#a-reviewers-token)`,
          `    fix: pulumi config set --secret vaultReviewerTokens '${fix}'`,
        ),
      );
    });
  }

  it("need no token of a cluster that Vault asks with the token of its own Pod there", () => {
    const methods = { main: { host: "https://kubernetes.default.svc", reviewer: "vault-pod" } };
    const spec = environment({ facts: factsOf({ auth: { methods } }), reviewed: new Set() }).stores.get("vault");
    assert.deepEqual(spec?.kind === "vault-kv" && spec.auth.methods, methods);
  });

  it("say how readers log in, each cluster's at Vault's own name for it unless another is given", () => {
    const { auth } = specOf({ auth: { type: "jwt", types: { other: "kubernetes" } } });
    assert.deepEqual(auth, {
      type: "jwt",
      types: { other: "kubernetes" },
      mountPath: "jwt",
      mountPaths: {},
      audience: "vault",
    });
    assert.deepEqual(
      ["main", "other"].map((cluster) => authMountOf({ auth }, cluster)),
      ["jwt", "kubernetes"],
    );
    const named = specOf({ auth: { type: "jwt", mountPath: "edge", mountPaths: { other: "k8s" } } });
    assert.deepEqual(
      ["main", "other"].map((cluster) => authMountOf(named, cluster)),
      ["edge", "k8s"],
    );
  });

  it("have keys of a cluster given to Vault, or say where it finds them; no token is needed to ask with", () => {
    const methods = {
      main: { keys: [publicKey], issuer: "https://issuer.example" },
      other: { discoveryUrl: "https://oidc.example/other", caCert: pem },
    };
    const changes = { auth: { type: "jwt", mountPaths: { other: "jwt-other" }, methods } };
    const spec = environment({ facts: factsOf(changes), reviewed: new Set() }).stores.get("vault");
    assert.deepEqual(spec?.kind === "vault-kv" && spec.auth.methods, {
      main: { type: "jwt", ...methods.main, keys: [publicKey.trim()] },
      other: { type: "jwt", ...methods.other },
    });
  });

  it("have no method of another login than the cluster's, and none that Vault could verify nothing with", () => {
    const methods = {
      main: { host: "https://api.example:6443", keys: [publicKey], discoveryUrl: "https://oidc.example", caCert: pem },
      other: { discoveryUrl: "https://oidc.example" },
    };
    const of = (login: string, own: string) =>
      `must be left out: it belongs to a login of type ${login}, and this cluster's is ${own} (auth.type, auth.types)`;
    const at = "  stores.vault.auth.methods";
    assert.equal(
      refusalOf({ facts: factsOf({ auth: { types: { main: "jwt" }, methods } }) }),
      refusal(
        5,
        `${at}.main.host: ${of("kubernetes", "jwt")}`,
        `${at}.main.discoveryUrl: must be left out: the keys are given`,
        `${at}.main.caCert: must be left out: with keys Vault calls nobody`,
        `${at}.other.discoveryUrl: ${of("jwt", "kubernetes")}`,
        `${at}.other.host: is missing: must be the https URL of the cluster's API, as Vault reaches it`,
      ),
    );
  });

  it("have keys, where they have no address to find them at", () => {
    assert.equal(
      refusalOf({ facts: factsOf({ auth: { type: "jwt", methods: { main: { issuer: "https://issuer.example" } } } }) }),
      refusal(
        1,
        "  stores.vault.auth.methods.main.keys: is missing: must hold the public keys that the cluster signs tokens with, unless discoveryUrl says where Vault finds them",
      ),
    );
  });

  for (const [what, key] of [
    ["a key that is cut off", `${publicKey.slice(0, 80)}\n-----END PUBLIC KEY-----\n`],
    ["a text", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"],
  ] as const) {
    it(`have ${what} for no public key, and don't show it`, () => {
      const message = refusalOf({ facts: factsOf({ auth: { type: "jwt", methods: { main: { keys: [key] } } } }) });
      assert.equal(
        message,
        refusal(
          1,
          "  stores.vault.auth.methods.main.keys[0]: must be a public key in PEM (-----BEGIN PUBLIC KEY-----): docs/stores/vault-kv.md#keys-of-a-cluster",
        ),
      );
    });
  }

  const people = { ...policy, allowStaticCredentials: true };
  const approle = { type: "approle", secretId: { name: "vault-approle" } };

  it("name the Secret that a secret id is in, in its usual key unless another is given", () => {
    const specOfRole = (auth: object) =>
      environment({ facts: factsOf({ auth }), policy: people }).stores.get("vault") as VaultKvSpec;
    assert.deepEqual(specOfRole(approle).auth, {
      type: "approle",
      secretId: { name: "vault-approle", key: "secretId" },
      mountPath: "approle",
      mountPaths: {},
      audience: "vault",
    });
    const one = { types: { other: "approle" }, secretId: { name: "a", key: "b" } };
    assert.deepEqual(specOfRole(one).auth.secretId, { name: "a", key: "b" });
  });

  for (const [what, auth, ...lines] of [
    [
      "no AppRole without that",
      { type: "approle" },
      "  stores.vault.auth.secretId: is missing: must name the Secret with the secret id that readers log in with (docs/stores/vault-kv.md#approle)",
    ],
    [
      "no secret id of nobody",
      { secretId: { name: "vault-approle" } },
      "  stores.vault.auth.secretId: must be left out: no cluster logs in by approle (auth.type, auth.types)",
    ],
    [
      "no auth method for it made here",
      { ...approle, methods: { main: { host: "https://api.example:6443" } } },
      "  stores.vault.auth.methods.main: must be left out: an auth method for AppRole is not made here (vault auth enable approle)",
    ],
  ] as const) {
    it(`have ${what}`, () => {
      assert.equal(refusalOf({ facts: factsOf({ auth }), policy: people }), refusal(1, ...lines));
    });
  }

  it("have no AppRole where policy forbids credentials that people bring", () => {
    assert.equal(
      refusalOf({ facts: factsOf({ auth: approle }) }),
      refusal(
        1,
        "  stores.vault.auth: a secret id, with which cluster main logs in (approle), is a credential that people bring, and this environment's policy forbids those (allowStaticCredentials)",
        "    fix: let tokens of the cluster log in, with auth.type kubernetes or jwt: docs/stores/vault-kv.md#clusters-that-vault-cannot-reach",
      ),
    );
  });

  it("have no Secret of the catalogue called like that of the secret id", () => {
    const auth = { ...approle, secretId: { name: "shop-db" } };
    assert.equal(
      refusalOf({ facts: factsOf({ auth }), policy: people }),
      refusal(
        1,
        "  namespaces.shop: gets a Secret shop-db of the catalogue, which is what the credentials for store vault are called there",
        "    fix: give the Secret of the catalogue another name (secretName)",
      ),
    );
  });

  it("have no secret generated by a cluster that logs in with a secret id", () => {
    const operated = { main: { ...facts.clusters.main, externalSecrets: { version: "2.9.0", pushSecrets: true } } };
    const changes = { clusters: operated, generatedInCluster: { "shop/db": "main" } };
    assert.equal(
      refusalOf({ facts: { ...factsOf({ auth: approle }), ...changes }, policy: people }),
      refusal(
        1,
        '  generatedInCluster["shop/db"]: goes to store vault, at which cluster main logs in with a secret id (approle): a cluster writes with a token of its own (auth.type kubernetes or jwt)',
      ),
    );
  });

  it("have Vault run in one cluster", () => {
    const methods = {
      main: { host: "https://kubernetes.default.svc", reviewer: "vault-pod" },
      other: { host: "https://o.example", reviewer: "vault-pod" },
    };
    assert.equal(
      refusalOf({ facts: factsOf({ auth: { mountPaths: { other: "k8s-other" }, methods } }) }),
      refusal(
        1,
        "  stores.vault.auth.methods.other.reviewer: must be token: Vault's Pods run in cluster main (stores.vault.auth.methods.main), and their token is not valid in another",
      ),
    );
  });

  it("name the namespace to log in at, where it is not that of the secrets", () => {
    const namespaceOf = (changes: object) => specOf(changes).auth.namespace;
    assert.equal(namespaceOf({ namespace: "admin/ml", auth: { namespace: "admin" } }), "admin");
    assert.equal(namespaceOf({ namespace: "admin/ml", auth: { namespace: "root" } }), "");
    assert.equal(namespaceOf({ namespace: "admin/ml", auth: { namespace: "admin/ml" } }), undefined);
    assert.equal(namespaceOf({ auth: { namespace: "root" } }), undefined);
  });

  for (const [what, namespace, problem, fix] of [
    [
      "beside",
      "admin/ml",
      "must be the namespace of the secrets (stores.vault.namespace), or one above it: a token of Vault is valid in the namespace that issued it, and below",
      "pulumi config set --path 'stores.vault.auth.namespace' admin",
    ],
    [
      "beside, at the first level",
      "ml",
      "must be the namespace of the secrets (stores.vault.namespace), or one above it: a token of Vault is valid in the namespace that issued it, and below",
      "pulumi config set --path 'stores.vault.auth.namespace' root",
    ],
    [
      "below the root namespace",
      undefined,
      "must be left out, or root: the secrets are in the root namespace (stores.vault.namespace), which no token of a namespace below may read",
      "pulumi config rm --path 'stores.vault.auth.namespace'",
    ],
  ] as const) {
    it(`have no login in a namespace ${what} that of the secrets`, () => {
      const below = namespace === undefined ? {} : { namespace };
      assert.equal(
        refusalOf({ facts: factsOf({ ...below, auth: { namespace: "team", mountPaths: { other: "k8s-other" } } }) }),
        refusal(1, `  stores.vault.auth.namespace: ${problem}`, `    fix: ${fix}`),
      );
    });
  }

  it("are refused with what is allowed", () => {
    assert.equal(
      refusalOf({
        facts: factsOf({
          auditDevices: [{ type: "socket", address: "logs", socketType: "http" }, { type: "file" }],
          auth: { methods: { main: { host: "http://api.example" } } },
        }),
      }),
      refusal(
        3,
        "  stores.vault.auditDevices[0].socketType: must be tcp, udp or unix",
        "  stores.vault.auditDevices[1].filePath: is missing: must be a text",
        "  stores.vault.auth.methods.main.host: must be an https URL, such as https://vault.example:8200; it has another scheme than https",
      ),
    );
  });
});
