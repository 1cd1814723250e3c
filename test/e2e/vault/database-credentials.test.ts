import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import { startPostgres, type PostgresLogin, type PostgresServer } from "../../support/postgres.ts";
import type { Manifest } from "../admission/golden-manifests.ts";
import { refusalOf } from "../admission/refusal.ts";
import { cluster, decode, readSecret } from "../support/cluster.ts";
import { reportText } from "../../../cli/text/report.ts";
import { eventually } from "../support/eventually.ts";
import { liveReport } from "../support/live-report.ts";
import { nudge } from "../support/nudge.ts";
import { deployShared, shared } from "../support/shared-small-stack.ts";
import { smallApplication } from "../support/small-stack.ts";
import { open, run, succeed, type StackOptions, type Run } from "../support/stacks.ts";
import { policyText, vault, vaultOk } from "../support/vault.ts";

const namespace = "shared";
const secret = "database";
const mount = "database";
const reader = "mlops-platform.shared.local.shared";

type Role = { readonly role: string } | { readonly staticRole: string };

/** The shared stack with one more Secret, which Vault's database secrets engine issues. */
function issuing(role: Role, refreshSeconds: number): StackOptions {
  const { secrets, deliveries } = smallApplication(namespace);
  const keys = { username: literal("of other environments"), password: password() };
  const templates = { uri: "postgresql://${database/username}:${database/password|uri}@db:5432/postgres" };
  const application = {
    secrets: { ...secrets, [secret]: { rotateEveryDays: 30, keys } },
    deliveries: [...deliveries, { namespace, secretName: secret, from: [secret], templates }],
  };
  const facts = shared.facts ?? {};
  return {
    ...shared,
    catalogue: { [namespace]: application },
    facts: {
      ...facts,
      stores: { vault: { databaseCredentials: { [`${namespace}/${secret}`]: role } } },
      namespaces: {
        ...(facts["namespaces"] as object),
        [namespace]: { cluster: "local", store: "vault", create: true, secrets: { [secret]: { refreshSeconds } } },
      },
    },
  };
}

const write = (path: string, body: unknown) => vaultOk(path, { method: "POST", body });

/** Warnings of a run, but for the engine's own of a creation that is tried again until the API server has the new admission policy. */
function told({ warnings }: Run): readonly string[] {
  return warnings.filter((each) => !each.startsWith("retrying create due to on-error hook request"));
}

describe("credentials that Vault's database secrets engine issues", () => {
  let server: PostgresServer;
  /** The login that the Secret has. */
  const delivered = async () => {
    const held = decode((await readSecret(namespace, secret)) ?? assert.fail("there is no Secret"));
    const { username = "", password: value = "", uri = "", ...others } = held;
    assert.deepEqual(others, {});
    assert.equal(uri, `postgresql://${username}:${encodeURIComponent(value)}@db:5432/postgres`);
    return { user: username, password: value };
  };

  before(async () => {
    await deployShared();
    server = await startPostgres();
    await write(`sys/mounts/${mount}`, { type: "database" });
    await write(`${mount}/config/postgres`, {
      plugin_name: "postgresql-database-plugin",
      allowed_roles: ["shop", "legacy"],
      connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${server.port}/postgres?sslmode=disable`,
      username: server.administrator.user,
      password: server.administrator.password,
    });
    const statements = "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';";
    await write(`${mount}/roles/shop`, { db_name: "postgres", creation_statements: [statements], default_ttl: "1h" });
  });
  after(async () => {
    await succeed("up", shared);
    await vault(`sys/leases/revoke-force/${mount}`, { method: "PUT" });
    await vault(`sys/mounts/${mount}`, { method: "DELETE" });
    await server.remove();
  });

  it("are refused before the first write where the role is missing, or its lease would end before the refresh", async () => {
    const missing = await run("up", issuing({ role: "nobody" }, 2400));
    assert.match(
      missing.output,
      /stores\.vault\.databaseCredentials\["shared\/database"\]: the database secrets engine at database\/ in Vault at \S+ has no role "nobody"/,
    );
    const late = await run("up", issuing({ role: "shop" }, 3600));
    assert.match(
      late.output,
      /shared\/database is refreshed every 3600 s, and credentials of its role in store vault are valid for 3600 s/,
    );
    assert.match(late.output, /fix: pulumi config set .*refreshSeconds.* 2400/);
    assert.deepEqual([missing.steps, late.steps], [[], []]);
  });

  it("log in, are read by the namespace's own account alone, and take no second run", async () => {
    assert.deepEqual(told(await succeed("up", issuing({ role: "shop" }, 2400))), []);
    // The operator may look at a new ExternalSecret twice, each time with a login of its own.
    assert.deepEqual((await succeed("up", issuing({ role: "shop" }, 2400))).changes, {});
    const login = await delivered();
    assert.match(login.user, /^v-kubernet-shop-/);
    await server.logIn(login);
    assert.equal(
      await policyText(`${reader}.database`),
      'path "database/creds/shop" {\n  capabilities = ["read"]\n}\n',
    );
    assert.deepEqual((await succeed("up", issuing({ role: "shop" }, 2400))).changes, {});
    assert.deepEqual(await delivered(), login);
  });

  it("are new at each refresh, and those before stay valid until their lease ends", async () => {
    const first = await delivered();
    await nudge([namespace]);
    await eventually("the Secret has another login", async () => (await delivered()).user !== first.user);
    const second = await delivered();
    await Promise.all([server.logIn(first), server.logIn(second)]);
    await vaultOk(`sys/leases/revoke-prefix/${mount}/creds/shop`, { method: "PUT" });
    await assert.rejects(server.logIn(first));
    await assert.rejects(server.logIn(second));
  });

  it("come by the platform's generator alone: a tenant's own is refused, and so is one of its name elsewhere", async () => {
    const { custom } = await cluster();
    const generator = (await custom.getNamespacedCustomObject({
      group: "generators.external-secrets.io",
      version: "v1alpha1",
      namespace,
      plural: "vaultdynamicsecrets",
      name: `${namespace}.${secret}`,
    })) as { readonly apiVersion: string; readonly kind: string; readonly spec: Manifest["spec"] };
    const { apiVersion, kind, spec } = generator;
    const said = /denied request: a generator that asks others is a provider that is not in use here/;
    assert.match(
      (await refusalOf({ apiVersion, kind, metadata: { name: "tried" }, spec }, namespace)) ?? "admitted",
      said,
    );
    assert.match(
      (await refusalOf({ apiVersion, kind, metadata: { name: "tried" }, spec }, "default")) ?? "admitted",
      said,
    );
    const reference = (of: string) => ({
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name: "tried" },
      spec: {
        target: { name: "tried" },
        dataFrom: [{ sourceRef: { generatorRef: { apiVersion, kind, name: of } } }],
      },
    });
    assert.match((await refusalOf(reference("other"), namespace)) ?? "admitted", said);
    assert.match((await refusalOf(reference(`${namespace}.${secret}`), "default")) ?? "admitted", said);
  });

  it("end with the entry: role and policy go, and the operator gets no new ones", async () => {
    await nudge([namespace]);
    await eventually("the Secret has a login that works", async () =>
      server.logIn(await delivered()).then(
        () => true,
        () => false,
      ),
    );
    await succeed("up", shared);
    assert.equal((await vault(`auth/kubernetes/role/${reader}.database`)).status, 404);
    assert.equal((await vault(`sys/policies/acl/${reader}.database`)).status, 404);
    // The operator ends no lease (external-secrets v0.20.4, `Cleanup` of `pkg/generator/vault`): Vault does, in its time.
    const leases = await vault(`sys/leases/lookup/${mount}/creds/shop`, { method: "LIST" });
    assert.ok((leases.body.data?.["keys"] as readonly string[]).length > 0);
  });

  describe("for a static role, whose password Vault rotates", () => {
    const legacy = issuing({ staticRole: "legacy" }, 3600);
    const path = `${mount}/static-roles/legacy`;
    const works = (login: PostgresLogin) =>
      server.logIn(login).then(
        () => true,
        () => false,
      );
    /** The operator reads Vault again, until the Secret has another password than this one, which logs in. */
    const followed = async (before: PostgresLogin) => {
      await eventually("the Secret has the new password", async () => {
        await nudge([namespace]);
        return (await delivered()).password !== before.password;
      });
      const login = await delivered();
      assert.equal(login.user, before.user);
      await server.logIn(login);
      return login;
    };

    it("are refused before the first write where there is no such role", async () => {
      const missing = await run("up", legacy);
      assert.match(
        missing.output,
        /stores\.vault\.databaseCredentials\["shared\/database"\]: the database secrets engine at database\/ in Vault at \S+ has no static role "legacy"/,
      );
      assert.deepEqual(missing.steps, []);
    });

    it("log in with Vault's password, which no run makes, changes or reads", async () => {
      await server.run("CREATE ROLE legacy LOGIN PASSWORD 'before Vault had it'");
      await write(path, { db_name: "postgres", username: "legacy", rotation_period: "24h" });
      assert.deepEqual(told(await succeed("up", legacy)), []);
      const login = await delivered();
      assert.equal(login.user, "legacy");
      await server.logIn(login);
      assert.equal(
        await policyText(`${reader}.database`),
        'path "database/static-creds/legacy" {\n  capabilities = ["read"]\n}\n',
      );
      const again = await succeed("up", legacy);
      assert.deepEqual([again.changes, again.warnings], [{}, []]);
      assert.deepEqual(await delivered(), login);
      const exported = await (await open(legacy)).exportStack();
      assert.ok(!JSON.stringify(exported.deployment).includes(login.password), "the state has it");
    });

    it("follow a rotation that Vault makes by its own clock, and no up is a drift or makes another", async () => {
      const first = await delivered();
      await write(path, { db_name: "postgres", username: "legacy", rotation_period: "5s" });
      await eventually("Vault has rotated", async () => !(await works(first)));
      await write(path, { db_name: "postgres", username: "legacy", rotation_period: "24h" });
      const second = await followed(first);
      const { changes, warnings } = await succeed("up", legacy);
      assert.deepEqual([changes, warnings], [{}, []]);
      assert.deepEqual(await delivered(), second);
      await server.logIn(second);
    });

    it("follow one that people ask Vault for, after a leak", async () => {
      const leaked = await delivered();
      await vaultOk(`${mount}/rotate-role/legacy`, { method: "POST", body: {} });
      assert.equal(await works(leaked), false);
      await followed(leaked);
    });

    it("are in the report with Vault's period, and no date is due", async () => {
      const report = await liveReport({ ...shared, ...legacy });
      const found = report.secrets.find(({ id }) => id === `${namespace}/${secret}`) ?? assert.fail("not reported");
      assert.deepEqual(
        [found.origin, found.rotation.state, found.rotation.dueOn, found.stores.map(({ issued }) => issued)],
        ["issued", "by-store", undefined, [{ kind: "static", mount, role: "legacy", validSeconds: 86_400 }]],
      );
      assert.match(reportText(report), /by database\/static-roles\/legacy, rotated every 1 day/);
    });

    it("end with the entry, and the account stays Vault's", async () => {
      const last = await delivered();
      await succeed("up", shared);
      assert.equal((await vault(`sys/policies/acl/${reader}.database`)).status, 404);
      assert.equal((await vault(path)).status, 200);
      await server.logIn(last);
    });
  });
});
