import assert from "node:assert/strict";
import path from "node:path";
import { examineTarget, targetText } from "../../../components/targets/kinds.ts";
import { alternating, literal, password, template } from "../../../components/values/recipe.ts";
import { pulumiReader } from "../../../operations/doctor/engine-reader.ts";
import { pulumiCli } from "../../../operations/migrate/run/pulumi-cli.ts";
import { rehearse } from "../../../operations/rotate/rehearse.ts";
import { loadStack } from "../../../preview/preview.ts";
import { connectionEnvironment } from "../../../sandbox/connection.ts";
import { environments } from "../../../stacks/environments/index.ts";
import { sandbox } from "../../../stacks/environments/sandbox.ts";
import { startPostgres, type PostgresServer } from "../../support/postgres.ts";
import { startFaultProxy, through, type FaultProxy } from "../support/mishaps/fault-proxy.ts";
import { connection } from "../support/platform.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { open, run, succeed, type StackOptions } from "../support/stacks.ts";
import { loggingIn, login, type Attempt } from "./client.ts";

const secret = { namespace: "turns", name: "db" };
const names = ["shop_a", "shop_b"] as const;
const administrator = { namespace: "turns", name: "admin" };
const admin = {
  keys: { username: literal("owner"), password: password() },
  accounts: [{ target: "database", username: "username", password: "password" }],
};

describe("rotating the login of two PostgreSQL accounts by turns", () => {
  let server: PostgresServer;
  let vault: FaultProxy;
  /** @param ofAdministrator epoch of the administrator's own password. Default: that is configured. */
  const stackAt = (epoch?: string, ofAdministrator?: string): StackOptions =>
    through(vault, {
      stack: "turns",
      demo: false,
      catalogue: {
        turns: {
          secrets: {
            db: {
              keys: {
                username: alternating(...names),
                password: password(),
                uri: template("postgres://${username|uri}:${password|uri}@db"),
              },
              accounts: [{ target: "database", username: "username", password: "password" }],
            },
            ...(ofAdministrator === undefined ? {} : { admin }),
          },
          deliveries: [secret, ...(ofAdministrator === undefined ? [] : [administrator])].map(
            ({ namespace, name }) => ({
              namespace,
              secretName: name,
              from: [name],
            }),
          ),
        },
      },
      facts: {
        namespaces: onlyNamespaces([secret.namespace]),
        clusters: { local: { externalSecrets: { install: false } } },
        targets: {
          database: {
            kind: "postgresql",
            host: "127.0.0.1",
            port: server.port,
            tls: "off",
            ...(ofAdministrator === undefined
              ? { administrator: "postgres" }
              : { administrator: "owner", administratorSecret: "turns/admin" }),
          },
        },
        rotations: {
          ...(epoch === undefined ? {} : { "turns/db": epoch }),
          ...(ofAdministrator === undefined || ofAdministrator === "initial" ? {} : { "turns/admin": ofAdministrator }),
        },
      },
      ...(ofAdministrator === undefined
        ? { secrets: { targetPasswords: JSON.stringify({ database: server.administrator.password }) } }
        : {}),
    });
  /** Rotates under a client that logs in all the time. */
  const rotated = async (epoch: string): Promise<readonly Attempt[]> =>
    loggingIn(server, secret, async () => {
      await succeed("up", stackAt(epoch));
    });

  before(async () => {
    await deployShared();
    [server, vault] = await Promise.all([startPostgres(), startFaultProxy()]);
    await succeed("up", stackAt());
    const { username, password: first } = await login(secret);
    assert.equal(username, names[0]);
    for (const name of names) await server.run(`CREATE ROLE ${name} LOGIN`);
    await server.run(`ALTER ROLE ${username} PASSWORD '${first}'`);
  });
  after(async () => {
    await succeed("destroy", stackAt());
    await vault.close();
    await server.remove();
  });

  const turns = [
    ["2026-12-01", names[0], names[1]],
    ["2026-12-02", names[1], names[0]],
    ["2026-12-03", names[0], names[1]],
  ] as const;
  for (const [epoch, from, to] of turns) {
    it(`hands out ${to} after ${from}, and no login fails`, async () => {
      const before = await login(secret);
      const attempts = await rotated(epoch);
      assert.deepEqual(
        attempts.filter(({ refusal }) => refusal !== undefined),
        [],
      );
      assert.deepEqual([...new Set(attempts.map(({ username }) => username))], [from, to]);
      // Who has not read the Secret again goes on as before.
      await server.logIn({ user: before.username, password: before.password });
      const after = await login(secret);
      assert.notEqual(after.password, before.password);
    });
  }

  it("refuses another one until an interrupted one is finished, and then goes on", async () => {
    const before = await login(secret);
    vault.onWrite(() => ({ kind: "reject" }));
    const failed = await run("up", stackAt("2026-12-04"));
    vault.onWrite(() => undefined);
    assert.match(failed.errors.join("\n"), /permission denied/);
    const refused = await run("up", stackAt("2026-12-05"));
    assert.match(
      refused.errors.join("\n"),
      /rotations\["turns\/db"\]: the rotation at 2026-12-04 is not finished: which of the two accounts clients use is not known/,
    );
    assert.deepEqual(await login(secret), before);

    const attempts = await loggingIn(server, secret, async () => {
      await succeed("up", stackAt("2026-12-04"));
      await succeed("up", stackAt("2026-12-05"));
    });
    assert.deepEqual(
      attempts.filter(({ refusal }) => refusal !== undefined),
      [],
    );
    assert.equal((await login(secret)).username, before.username);
    assert.deepEqual((await succeed("up", stackAt("2026-12-05"))).changes, {});
  });

  it("changes the administrator's own password first, in the same run, and no login fails", async () => {
    await succeed("up", stackAt("2026-12-05", "initial"));
    const before = await login(administrator);
    await server.run(`CREATE ROLE owner SUPERUSER LOGIN PASSWORD '${before.password}'`);
    const attempts = await loggingIn(server, secret, async () => {
      const { steps } = await succeed("up", stackAt("2026-12-06", "2026-12-06"));
      const [first, second] = ["turns/admin", "turns/db"].map((id) => steps.indexOf(`update ${id}/password/database`));
      assert.ok(first !== undefined && second !== undefined && 0 <= first && first < second, steps.join("\n"));
    });
    assert.deepEqual(
      attempts.filter(({ refusal }) => refusal !== undefined),
      [],
    );
    const after = await login(administrator);
    assert.notEqual(after.password, before.password);
    await server.logIn({ user: after.username, password: after.password });
    await assert.rejects(server.logIn({ user: before.username, password: before.password }), { code: "28P01" });
    assert.deepEqual((await succeed("up", stackAt("2026-12-06", "2026-12-06"))).changes, {});
  });

  it("tries in a rehearsal the administrator's password that the server has, whatever its epoch says", async () => {
    const root = path.join(connection().root, "project");
    const env = { ...process.env, ...connectionEnvironment(connection()) };
    const command = connection().binaries.pulumi;
    const [done, next] = ["2026-12-06", "2026-12-07"];
    const refusals = async (ofAdministrator: string) => {
      const options = { ...stackAt(done, ofAdministrator), stack: "turns" };
      await open(options);
      const catalogue = options.catalogue ?? {};
      const { accounts } = await rehearse(
        {
          stack: "turns",
          load: () => loadStack({ root, stack: "turns", catalogue, policies: { ...environments, turns: sandbox } }),
          state: () => pulumiReader({ root, program: command, env })("turns"),
          engine: pulumiCli({ root, stack: "turns", command, environment: env }),
          examine: examineTarget,
          targetText,
        },
        { kind: "all" },
      );
      return accounts.map(({ account, problem }) => [account, problem]);
    };
    const none = [...names, "owner"].map((name) => [name, undefined]);
    assert.deepEqual(await refusals(done), none);
    // No run has seen this epoch.
    assert.deepEqual(await refusals(next), none);
    // The server has the new one, and the Secret that of before.
    const before = await login(administrator);
    vault.onWrite(() => ({ kind: "reject" }));
    const failed = await run("up", stackAt(done, next));
    vault.onWrite(() => undefined);
    assert.match(failed.errors.join("\n"), /permission denied/);
    await assert.rejects(server.logIn({ user: before.username, password: before.password }), { code: "28P01" });
    assert.deepEqual(await refusals(next), none);
    await succeed("up", stackAt(done, next));
    assert.deepEqual(await refusals(next), none);
  });
});
