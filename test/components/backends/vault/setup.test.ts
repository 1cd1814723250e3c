import assert from "node:assert/strict";
import { secret, type Output } from "@pulumi/pulumi";
import type { PreparedStore } from "../../../../components/backends/session.ts";
import { checkSecretShape, openStore } from "../../../../components/backends/index.ts";
import type { VaultKvSpec } from "../../../../components/backends/vault/kv.ts";
import { vaultIdentity } from "../../../../components/backends/vault/identity.ts";
import { failureOf, runProgram } from "../../../support/mocks.ts";
import { SecretInput } from "../../../support/recording.ts";
import { surveyWith } from "../../../support/surveys.ts";
import { cluster } from "../identity-rows/row.ts";
import { address } from "../rows/row.ts";
import { vaultKv } from "../rows/vault-kv.ts";

const spec = vaultKv.spec as VaultKvSpec;
const [mountType, auditType, methodType, jwtType, configType, secretType] = [
  "vault:index/mount:Mount",
  "vault:index/audit:Audit",
  "vault:index/authBackend:AuthBackend",
  "vault:jwt/authBackend:AuthBackend",
  "vault:kubernetes/authBackendConfig:AuthBackendConfig",
  "vault:kv/secretV2:SecretV2",
] as const;
const host = "https://api.main.example:6443";

const open = async (
  changes: Partial<VaultKvSpec>,
  secretConfig: (key: string) => Output<string> | undefined = () => undefined,
) => {
  const session = await openStore({ spec: { ...spec, ...changes }, secretConfig, options: {} });
  return session.prepare(surveyWith());
};
const reviewers = (text: string) => (key: string) => (key === "vaultReviewerTokens" ? secret(text) : undefined);
const token = reviewers('{"main":"reviewer-5d1f"}');
const put = (store: PreparedStore) =>
  store.put("shop/db/main", {
    object: { name: "acme-dev/shop/db", layout: "bundle", keys: ["a"] },
    payload: secret('{"a":"value-5d1f"}'),
    owner: {},
    retain: false,
    options: {},
  });

describe("a Vault that is set up here", () => {
  it("gets nothing where the facts ask for nothing", async () => {
    const { resources, result } = await runProgram(() => open({}));
    assert.deepEqual(resources.contents, ["pulumi:providers:vault main"]);
    assert.equal("dependsOn" in result.options, false);
  });

  it("gets nothing before the run is known to be allowed", async () => {
    const asked = { ...spec, createMount: { retain: false } };
    const { resources } = await runProgram(() =>
      openStore({ spec: asked, secretConfig: () => undefined, options: {} }),
    );
    assert.deepEqual(resources.contents, ["pulumi:providers:vault main"]);
  });

  it("is trusted by the file that facts name", async () => {
    const { resources } = await runProgram(() => open({ caFile: "/etc/vault/ca.pem" }));
    assert.equal(resources.find("pulumi:providers:vault", "main").inputs["caCertFile"], "/etc/vault/ca.pem");
  });

  it("gets a KV engine of version 2 before anything is written, which outlives destroy where policy says so", async () => {
    const createMount = { retain: true };
    const { resources } = await runProgram(async () => put(await open({ mount: "kv/platform", createMount })));
    const mount = resources.find(mountType, "main/mount");
    assert.deepEqual(mount.inputs, {
      path: "kv/platform",
      type: "kv",
      options: { version: "2" },
      description: "Secrets of applications",
    });
    assert.equal(mount.options.retainOnDelete, true);
    // Vault's provider would move the engine, and what is in it, to another path.
    assert.deepEqual(mount.options.replaceOnChanges, ["path"]);
    assert.deepEqual(resources.find(secretType, "shop/db/main").options.dependsOn, ["main/mount"]);
    const gone = await runProgram(() => open({ createMount: { retain: false } }));
    assert.equal(gone.resources.find(mountType, "main/mount").options.retainOnDelete, false);
  });

  it("writes down who asks for what before anybody can ask", async () => {
    const auditDevices = [{ type: "file", path: "file", options: { file_path: "/vault/audit.log" } }] as const;
    const methods = { main: { host } };
    const { resources } = await runProgram(async () =>
      put(await open({ auditDevices, createMount: { retain: false }, auth: { ...spec.auth, methods } }, token)),
    );
    assert.deepEqual(resources.find(auditType, "main/audit/file").inputs, {
      type: "file",
      path: "file",
      options: { file_path: "/vault/audit.log" },
    });
    assert.deepEqual(resources.find(mountType, "main/mount").options.dependsOn, ["main/audit/file"]);
    assert.deepEqual(resources.find(methodType, "main/auth/main").options.dependsOn, ["main/audit/file"]);
    assert.deepEqual(resources.find(secretType, "shop/db/main").options.dependsOn, ["main/audit/file", "main/mount"]);
  });

  it("goes on writing that down after destroy where policy retains what it watches", async () => {
    const device = { type: "file", path: "file", options: { file_path: "/vault/audit.log" } } as const;
    for (const retain of [true, false]) {
      const { resources } = await runProgram(() => open({ auditDevices: [{ ...device, retain }] }));
      assert.equal(resources.find(auditType, "main/audit/file").options.retainOnDelete, retain);
    }
  });

  it("explains what it has already, wherever something of it is made here", async () => {
    const auditDevices = [{ type: "syslog", path: "syslog", options: {}, retain: true }] as const;
    const auth = { ...spec.auth, methods: { main: { host, reviewer: "vault-pod" as const } } };
    const { resources, hooks } = await runProgram(() => open({ auditDevices, createMount: { retain: true }, auth }));
    assert.deepEqual(hooks, ["explain-existing-main"]);
    const made = resources.all.filter(({ type }) => [mountType, auditType, methodType].includes(type as never));
    assert.deepEqual(
      made.map(({ options }) => options.hooks?.onError),
      [["explain-existing-main"], ["explain-existing-main"], ["explain-existing-main"]],
    );
  });

  it("gets an auth method for each cluster, which asks that cluster with a token of its own, and trusts no Pod's", async () => {
    const auth = {
      ...spec.auth,
      mountPaths: { other: "kubernetes-other" },
      methods: { main: { host, caCert: "-----BEGIN CERTIFICATE-----" }, other: { host: "https://api.other.example" } },
    };
    const { resources } = await runProgram(() =>
      open({ auth }, reviewers('{"main":"reviewer-5d1f","other":"second-5d1f"}')),
    );
    assert.deepEqual(resources.find(methodType, "main/auth/main").inputs, { type: "kubernetes", path: "kubernetes" });
    assert.deepEqual(resources.find(configType, "main/auth/main").inputs, {
      backend: "kubernetes",
      kubernetesHost: host,
      kubernetesCaCert: "-----BEGIN CERTIFICATE-----",
      tokenReviewerJwt: new SecretInput("reviewer-5d1f"),
      disableLocalCaJwt: true,
    });
    assert.deepEqual(resources.find(configType, "main/auth/other").inputs, {
      backend: "kubernetes-other",
      kubernetesHost: "https://api.other.example",
      tokenReviewerJwt: new SecretInput("second-5d1f"),
      disableLocalCaJwt: true,
    });
  });

  it("asks its own cluster with the token of the Pod that it runs in, where facts say so", async () => {
    const auth = { ...spec.auth, methods: { main: { host, reviewer: "vault-pod" as const } } };
    const { resources } = await runProgram(() => open({ auth }, reviewers('{"main":"reviewer-5d1f"}')));
    assert.deepEqual(resources.find(configType, "main/auth/main").inputs, {
      backend: "kubernetes",
      kubernetesHost: host,
      disableLocalCaJwt: false,
    });
  });

  it("gets the keys of a cluster that it can't reach, and asks nobody", async () => {
    const method = { type: "jwt", keys: ["-----BEGIN PUBLIC KEY-----"], issuer: "https://issuer.example" } as const;
    const auth = { ...spec.auth, type: "jwt", mountPath: "jwt", methods: { main: method } } as const;
    const { resources } = await runProgram(() => open({ auth }));
    assert.deepEqual(resources.find(jwtType, "main/auth/main").inputs, {
      type: "jwt",
      path: "jwt",
      jwtValidationPubkeys: ["-----BEGIN PUBLIC KEY-----"],
      boundIssuer: "https://issuer.example",
    });
    assert.deepEqual(resources.find(jwtType, "main/auth/main").options.hooks?.onError, ["explain-existing-main"]);
    resources.assertNone(configType);
  });

  it("finds the keys where the cluster's issuer publishes them, beside a cluster that it asks", async () => {
    const discoveryUrl = "https://oidc.example/id/main";
    const auth = {
      ...spec.auth,
      types: { main: "jwt" },
      methods: { main: { type: "jwt", discoveryUrl, caCert: "-----BEGIN CERTIFICATE-----" }, other: { host } },
    } as const;
    const { resources } = await runProgram(() => open({ auth }, reviewers('{"other":"second-5d1f"}')));
    assert.deepEqual(resources.find(jwtType, "main/auth/main").inputs, {
      type: "jwt",
      path: "jwt",
      oidcDiscoveryUrl: discoveryUrl,
      oidcDiscoveryCaPem: "-----BEGIN CERTIFICATE-----",
    });
    assert.equal(resources.find(configType, "main/auth/other").inputs["backend"], "kubernetes");
  });

  it("lets in one account of one namespace by its token's subject, after the method is there", async () => {
    const auth = {
      ...spec.auth,
      type: "jwt",
      mountPath: "jwt",
      audience: "vault.example",
      methods: { main: { type: "jwt", keys: ["-----BEGIN PUBLIC KEY-----"] } },
    } as const;
    const scope = { platform: "acme", environment: "test", cluster: "main", namespace: "shop" };
    const { resources } = await runProgram(async () => {
      const { options } = await open({ auth });
      return vaultIdentity("main/shop", { store: { ...spec, auth }, cluster, scope, grants: [], options });
    });
    const { inputs, options } = resources.find("vault:jwt/authBackendRole:AuthBackendRole", "main/shop/role");
    assert.deepEqual(inputs, {
      backend: "jwt",
      roleName: "acme.test.main.shop",
      roleType: "jwt",
      boundAudiences: ["vault.example"],
      boundSubject: "system:serviceaccount:shop:secrets-reader",
      userClaim: "sub",
      tokenPolicies: ["acme.test.main.shop"],
      tokenTtl: 600,
      tokenMaxTtl: 600,
    });
    assert.ok(options.dependsOn.includes("main/auth/main"));
    resources.assertNone("vault:kubernetes/authBackendRole:AuthBackendRole");
  });

  it("has an AppRole that needs a secret id, and makes none", async () => {
    const secretId = { name: "vault-approle", key: "secretId" };
    const auth = { ...spec.auth, type: "approle", mountPath: "approle", secretId } as const;
    const scope = { platform: "acme", environment: "test", cluster: "main", namespace: "shop" };
    const { resources } = await runProgram(async () => {
      const { options } = await open({ auth });
      return vaultIdentity("main/shop", { store: { ...spec, auth }, cluster, scope, grants: [], options });
    });
    assert.deepEqual(resources.find("vault:appRole/authBackendRole:AuthBackendRole", "main/shop/role").inputs, {
      backend: "approle",
      roleName: "acme.test.main.shop",
      roleId: "acme.test.main.shop",
      bindSecretId: true,
      tokenPolicies: ["acme.test.main.shop"],
      tokenTtl: 600,
      tokenMaxTtl: 600,
    });
    assert.deepEqual(resources.contents.filter((each) => each.startsWith("vault:")).length, 2);
  });

  it("makes no method that nobody could log in with", async () => {
    const auth = { ...spec.auth, methods: { main: { host } } };
    await assert.rejects(
      runProgram(() => open({ auth })),
      /^Error: vaultReviewerTokens has nothing for cluster main, which parsing should have found$/,
    );
    for (const text of ["eyJ-canary-5d1f", '{"main":["canary-5d1f"]}', '{"other":"canary-5d1f"}']) {
      const message = await failureOf(async () => void (await open({ auth }, reviewers(text))));
      assert.equal(
        message,
        'error serializing property "tokenReviewerJwt": vaultReviewerTokens has nothing for cluster main, which parsing should have found',
      );
    }
  });

  it("gives no reader its rights before the cluster is known to it", async () => {
    const auth = { ...spec.auth, methods: { main: { host } } };
    const scope = { platform: "acme", environment: "test", cluster: "main", namespace: "shop" };
    const { resources } = await runProgram(async () => {
      const { options } = await open({ auth }, token);
      return vaultIdentity("main/shop", { store: { ...spec, auth }, cluster, scope, grants: [], options });
    });
    const role = resources.find("vault:kubernetes/authBackendRole:AuthBackendRole", "main/shop/role");
    assert.ok(role.options.dependsOn.includes("main/auth/main"));
  });

  it("is told its namespace once, by the provider: a resource's would be one within it", async () => {
    const changes = {
      namespace: "team",
      createMount: { retain: false },
      auth: { ...spec.auth, methods: { main: { host } } },
    };
    const scope = { platform: "acme", environment: "test", cluster: "main", namespace: "shop" };
    const { resources } = await runProgram(async () => {
      const { options } = await open(changes, token);
      return vaultIdentity("main/shop", { store: { ...spec, ...changes }, cluster, scope, grants: [], options });
    });
    const within = resources.all.filter(({ inputs }) => "namespace" in inputs).map(({ type }) => type);
    assert.deepEqual(within, ["pulumi:providers:vault"]);
  });

  describe("with a login in another namespace than the secrets", () => {
    const scope = { platform: "acme", environment: "test", cluster: "main", namespace: "shop" };
    const device = { type: "syslog", path: "syslog", options: {} } as const;
    const inNamespace = (namespace: string, changes: Partial<VaultKvSpec> = {}) => {
      const auth = { ...spec.auth, namespace, methods: { main: { host } } };
      const asked = { namespace: "admin/ml", createMount: { retain: false }, auth, ...changes };
      return runProgram(async () => {
        const opened = await open(asked, token);
        put(opened);
        const grants = [{ kind: "vault-kv", mount: "secret", path: "acme-dev/shop/db" }];
        const store = { ...spec, ...asked };
        return vaultIdentity("main/shop", { store, cluster, scope, grants, options: opened.options });
      });
    };
    const providersOf = (resources: Awaited<ReturnType<typeof inNamespace>>["resources"]) =>
      Object.fromEntries(
        resources.all.filter(({ type }) => type.startsWith("vault:")).map(({ type, provider }) => [type, provider]),
      );

    it("has method, role and policy above, engine and secrets below, each with a provider of its namespace", async () => {
      const { resources } = await inNamespace("admin");
      const [secrets, login] = ["main", "main/login/admin"].map(
        (name) => resources.find("pulumi:providers:vault", name).inputs,
      );
      assert.deepEqual([secrets?.["namespace"], login?.["namespace"]], ["admin/ml", "admin"]);
      const { namespace: _, ...same } = login ?? {};
      const { namespace: __, ...others } = secrets ?? {};
      assert.deepEqual(same, others);
      assert.deepEqual(providersOf(resources), {
        [mountType]: "main",
        [secretType]: "main",
        [methodType]: "main/login/admin",
        [configType]: "main/login/admin",
        "vault:index/policy:Policy": "main/login/admin",
        "vault:kubernetes/authBackendRole:AuthBackendRole": "main/login/admin",
      });
    });

    for (const [namespace, path] of [
      ["admin", "ml/secret/data/acme-dev/shop/db"],
      ["", "admin/ml/secret/data/acme-dev/shop/db"],
    ] as const) {
      it(`has a policy whose paths lead from "${namespace}" to the secrets`, async () => {
        const { resources } = await inNamespace(namespace);
        const { policy } = resources.find("vault:index/policy:Policy", "main/shop/policy").inputs;
        assert.equal(policy, `path "${path}" {\n  capabilities = ["read"]\n}\n`);
      });
    }

    it("has audit devices where they can be, in the root namespace", async () => {
      const { resources } = await inNamespace("", { auditDevices: [device] });
      assert.equal(providersOf(resources)[auditType], "main/login/root");
      assert.ok(!("namespace" in resources.find("pulumi:providers:vault", "main/login/root").inputs));
    });
  });

  it("refuses one method for two clusters", () => {
    const methods = { main: { host }, other: { host: "https://api.other.example" } };
    assert.deepEqual(
      checkSecretShape({ ...spec, auth: { ...spec.auth, methods } }, { address, keys: ["a"], lengths: {} }),
      [
        {
          path: "stores.main.auth.methods.other",
          problem: 'would be mounted at "kubernetes", which the method of cluster main uses',
          fix: "pulumi config set --path 'stores.main.auth.mountPaths.other' kubernetes-other",
        },
      ],
    );
  });
});
