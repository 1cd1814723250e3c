import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { loadClient } from "../../../sandbox/platform/kubernetes.ts";
import { applicationSecrets, cluster, fingerprints, mintToken } from "../support/cluster.ts";
import { observe } from "../support/observer.ts";
import { connection } from "../support/platform.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { vault, vaultOk } from "../support/vault.ts";

const namespace = "unreachable";
const mount = "jwt-local";
const role = `mlops-platform.${namespace}.local.${namespace}`;
const tenant = tenantStack(namespace, [namespace]);
/** Public keys of the cluster's service account tokens, as Vault takes them. */
async function clusterKeys(): Promise<string[]> {
  const { client, config } = await loadClient(connection().kubeconfig);
  const answer: unknown = await config.makeApiClient(client.OpenidApi).getServiceAccountIssuerOpenIDKeyset();
  const { keys } = (typeof answer === "string" ? JSON.parse(answer) : answer) as {
    readonly keys: readonly JsonWebKey[];
  };
  return keys.map((key) => createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" }).toString());
}

interface Login {
  /** Keys that Vault gets. Absent: readers log in by the Kubernetes auth method. */
  readonly keys?: string[];
  readonly rotated?: string;
}

const stackOf = ({ keys, rotated }: Login): StackOptions => ({
  ...tenant,
  facts: {
    ...tenant.facts,
    ...(keys === undefined
      ? {}
      : { stores: { vault: { auth: { type: "jwt", mountPath: mount, methods: { local: { keys } } } } } }),
    ...(rotated === undefined ? {} : { rotations: { [`${namespace}/secret-0`]: rotated } }),
  },
});

const loginAt = async (jwt: string, as = role) =>
  vault(`auth/${mount}/login`, { method: "POST", body: { role: as, jwt }, token: null });
const reader = { namespace, name: "secrets-reader" };

describe("readers of a cluster that Vault can't reach", () => {
  let keys: string[];

  before(async () => {
    await deployShared();
    keys = await clusterKeys();
    await succeed("up", stackOf({}));
  });
  after(async () => {
    await succeed("destroy", stackOf({ keys }));
  });

  it("move from the Kubernetes auth method to JWT, and no Secret is ever missing or different", async () => {
    const before = fingerprints(await applicationSecrets([namespace]));
    const { secrets } = await observe({ secrets: [`${namespace}/secret-0`] }, async () => {
      assert.deepEqual((await succeed("up", stackOf({ keys }))).warnings, []);
    });
    assert.deepEqual(fingerprints(await applicationSecrets([namespace])), before);
    const sightings = secrets.get(`${namespace}/secret-0`) ?? [];
    assert.ok(sightings.length > 0);
    assert.ok(sightings.every(({ type }) => type !== "DELETED"));
    assert.deepEqual((await succeed("up", stackOf({ keys }))).steps, []);
  });

  it("log in with a token that Vault verifies without a call to the cluster, and have no other role left", async () => {
    const { data: config = {} } = (await vaultOk(`auth/${mount}/config`)).body;
    assert.equal((config["jwt_validation_pubkeys"] as readonly string[]).length, keys.length);
    assert.deepEqual([config["jwks_url"], config["oidc_discovery_url"]], ["", ""]);
    const { custom } = await cluster();
    const store = (await custom.getNamespacedCustomObject({
      group: "external-secrets.io",
      version: "v1",
      namespace,
      plural: "secretstores",
      name: "secrets-reader",
    })) as { readonly spec: { readonly provider: { readonly vault: { readonly auth: unknown } } } };
    assert.deepEqual(store.spec.provider.vault.auth, {
      jwt: {
        path: mount,
        role,
        kubernetesServiceAccountToken: {
          serviceAccountRef: { name: "secrets-reader", audiences: ["vault"] },
          audiences: [],
        },
      },
    });
    assert.equal((await vault(`auth/kubernetes/role/${role}`)).status, 404);
  });

  it("get a rotated value through it", async () => {
    const before = fingerprints(await applicationSecrets([namespace]));
    await succeed("up", stackOf({ keys, rotated: "2026-11-01" }));
    assert.notDeepEqual(fingerprints(await applicationSecrets([namespace])), before);
    await succeed("up", stackOf({ keys, rotated: "2026-11-01" }));
  });

  it("read their own secret and nothing else", async () => {
    const { body, status } = await loginAt(await mintToken(reader, "vault"));
    assert.equal(status, 200);
    const token = body.auth?.client_token ?? "";
    assert.equal((await vault(`secret/data/mlops-platform-${namespace}/${namespace}/secret-0`, { token })).status, 200);
    assert.equal((await vault("secret/data/mlops-platform-shared/shared/secret-0", { token })).status, 403);
    assert.equal((await vault("secret/metadata/", { method: "LIST", token })).status, 403);
  });

  it("are nobody else: not another account, another namespace, another audience, or a token that was changed", async () => {
    const jwt = await mintToken(reader, "vault");
    const [head = "", body = "", signature = ""] = jwt.split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, exp: 4_102_444_800 })).toString("base64url");
    for (const [who, token] of [
      ["another account", await mintToken({ namespace, name: "default" }, "vault")],
      ["another namespace", await mintToken({ namespace: "shared", name: "secrets-reader" }, "vault")],
      ["another audience", await mintToken(reader, "https://kubernetes.default.svc")],
      ["a changed token", [head, forged, signature].join(".")],
    ] as const) {
      const { status } = await loginAt(token);
      assert.ok(status === 400 || status === 403, `${who}: ${status}`);
    }
  });

  it("are told of a key that Vault does not have, and what to do", async () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const other = [publicKey.export({ type: "spki", format: "pem" }).toString()];
    const { ok, errors } = await run("up", stackOf({ keys: other, rotated: "2026-11-02" }));
    assert.equal(ok, false);
    assert.match(errors.join("\n"), /fix: Vault does not have the key that the cluster signs tokens with/);
    await succeed("up", stackOf({ keys, rotated: "2026-11-02" }));
  });
});

describe("readers with a secret id of AppRole", () => {
  const outside = "outside";
  const roleOutside = `mlops-platform.${outside}.local.${outside}`;
  const secretName = "vault-approle";
  const base = tenantStack(outside, [outside]);
  const stack: StackOptions = {
    ...base,
    facts: {
      ...base.facts,
      stores: { vault: { auth: { type: "approle", mountPath: "approle", secretId: { name: secretName } } } },
    },
    policy: { allowStaticCredentials: true },
  };

  before(async () => {
    await deployShared();
    await vaultOk("sys/auth/approle", { method: "POST", body: { type: "approle" } });
  });
  after(async () => {
    await succeed("destroy", stack);
    await vault("sys/auth/approle", { method: "DELETE" });
  });

  it("are told where to put it, and get their Secrets once it is there", async () => {
    const { ok, errors } = await run("up", stack);
    assert.equal(ok, false);
    assert.match(errors.join("\n"), /fix: the Secret with the secret id of its AppRole is missing/);
    const { data = {} } = (await vaultOk(`auth/approle/role/${roleOutside}/secret-id`, { method: "POST" })).body;
    const { core } = await cluster();
    await core.createNamespacedSecret({
      namespace: outside,
      body: { metadata: { name: secretName }, stringData: { secretId: String(data["secret_id"]) } },
    });
    await succeed("up", stack);
    const delivered = (await applicationSecrets([outside])).get(`${outside}/secret-0`) ?? {};
    assert.deepEqual(Object.keys(delivered).sort(), ["hub", "password", "token", "uri", "username"]);
    assert.deepEqual((await succeed("up", stack)).steps, []);
  });

  it("read their own secret and nothing else", async () => {
    const { data = {} } = (await vaultOk(`auth/approle/role/${roleOutside}/secret-id`, { method: "POST" })).body;
    const login = { role_id: roleOutside, secret_id: data["secret_id"] };
    const { body } = await vaultOk("auth/approle/login", { method: "POST", body: login, token: null });
    const token = body.auth?.client_token ?? "";
    assert.equal((await vault(`secret/data/mlops-platform-${outside}/${outside}/secret-0`, { token })).status, 200);
    assert.equal((await vault("secret/data/mlops-platform-shared/shared/secret-0", { token })).status, 403);
  });

  it("can't log in without it, though the id of the role is known", async () => {
    for (const body of [{ role_id: roleOutside }, { role_id: roleOutside, secret_id: "guessed" }]) {
      assert.equal((await vault("auth/approle/login", { method: "POST", body, token: null })).status, 400);
    }
  });
});
