import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { alternating, literal, password, type Recipe } from "../../../components/values/recipe.ts";
import { statesFolder } from "../../../sandbox/engine/project.ts";
import { connection } from "../support/platform.ts";
import { startPostgres, type PostgresServer } from "../../support/postgres.ts";
import { fingerprint } from "../support/cluster.ts";
import { startUp } from "../support/mishaps/child.ts";
import { startFaultProxy, through, type FaultProxy } from "../support/mishaps/fault-proxy.ts";
import { killedAtWrite } from "../support/mishaps/killed-at-write.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { readKv } from "../support/vault.ts";
import { loggingIn, login } from "./client.ts";

const secret = { namespace: "single", name: "db" };
const remotePath = "mlops-platform-single/single/db";
const role = "shop";

/** The state as it lies in its backend. `stack export` of the Automation API shows secrets. */
async function stateOf(stack: string): Promise<string> {
  const folder = statesFolder(connection().root);
  const [file = ""] = (await readdir(folder)).filter((name) => name === `${stack}.json` || name === `${stack}.json.gz`);
  const content = await readFile(path.join(folder, file));
  return (file.endsWith(".gz") ? gunzipSync(content) : content).toString();
}

describe("rotating the login of a PostgreSQL account", () => {
  let server: PostgresServer;
  let proxy: FaultProxy;
  const stackAt = (epoch?: string, givenUp?: string, username: Recipe = literal(role)): StackOptions =>
    through(proxy, {
      stack: "single",
      demo: false,
      catalogue: {
        single: {
          secrets: {
            db: {
              keys: { username, password: password() },
              accounts: [{ target: "database", username: "username", password: "password" }],
            },
          },
          deliveries: [{ namespace: secret.namespace, secretName: secret.name, from: ["db"] }],
        },
      },
      facts: {
        namespaces: onlyNamespaces([secret.namespace]),
        clusters: { local: { externalSecrets: { install: false } } },
        targets: {
          database: { kind: "postgresql", host: "127.0.0.1", port: server.port, administrator: "postgres", tls: "off" },
        },
        ...(epoch === undefined ? {} : { rotations: { "single/db": epoch } }),
        ...(givenUp === undefined ? {} : { rollBack: { "single/db": givenUp } }),
      },
      secrets: { targetPasswords: JSON.stringify({ database: server.administrator.password }) },
    });
  /** What store and Secret say, in a form that may be printed. */
  const held = async () => ({
    store: fingerprint((await readKv(remotePath))?.["password"] ?? ""),
    Secret: fingerprint((await login(secret)).password),
  });
  /** Whether the server still accepts what the Secret says. */
  const works = async () => {
    const { username, password: value } = await login(secret);
    await server.logIn({ user: username, password: value });
  };

  before(async () => {
    await deployShared();
    [server, proxy] = await Promise.all([startPostgres(), startFaultProxy()]);
  });
  after(async () => {
    await succeed("destroy", stackAt());
    await proxy.close();
    await server.remove();
  });

  it("does not tell the first value: the database gets it from its Secret", async () => {
    await succeed("up", stackAt());
    assert.ok(!server.log().includes("ALTER ROLE"));
    const { password: first } = await login(secret);
    await server.run(`CREATE ROLE ${role} LOGIN PASSWORD '${first}'`);
    await works();
    assert.deepEqual((await succeed("up", stackAt())).changes, {});
  });

  it("is previewed step by step, and then nothing has changed", async () => {
    const before = await held();
    const { steps } = await succeed("preview", stackAt("2026-12-01"));
    // The ExternalSecret follows a version that the store gives out only when it is written.
    assert.deepEqual([...new Set(steps)].sort(), [
      "create single/db/password@2026-12-01",
      "delete single/db/password",
      "update single/db/password/database",
      "update single/db/vault",
      "update single/db@verified",
    ]);
    assert.deepEqual(await held(), before);
    assert.ok(!server.log().includes("ALTER ROLE"));
  });

  it("never hands out a password that the server does not accept", async () => {
    const before = await held();
    const attempts = await loggingIn(server, secret, async () => {
      await succeed("up", stackAt("2026-12-01"));
    });
    const after = await held();
    assert.equal(after.store, after.Secret);
    assert.notEqual(after.Secret, before.Secret);
    await works();
    // A server that knows one password refuses the old one from the moment it has the new, until the Secret follows.
    const refused = attempts.filter(({ refusal }) => refusal !== undefined);
    assert.deepEqual(
      [...new Set(refused.map(({ print, refusal }) => `${print} ${refusal ?? ""}`))],
      refused.length === 0 ? [] : [`${before.Secret} password authentication failed for user "shop"`],
    );
    const first = attempts.findIndex(({ print }) => print === after.Secret);
    assert.ok(first > 0, "the client saw no new value while the run lasted");
    assert.deepEqual(
      attempts.slice(first).filter(({ print }) => print !== after.Secret),
      [],
      "the old value came back",
    );
  });

  it("does not begin where the server can't be reached, and is done by the same run once it can", async () => {
    const before = await held();
    await server.stop();
    const refused = await run("up", stackAt("2026-12-02"));
    assert.equal(refused.ok, false);
    assert.match(
      refused.errors.join("\n"),
      new RegExp(
        String.raw`Nothing was changed\.\n {2}targets\.database: single/db is to get a new password, which target database \(postgresql at 127\.0\.0\.1:${server.port}\) would not take for shop: connect ECONNREFUSED 127\.0\.0\.1:${server.port}\n` +
          String.raw` {4}fix: let the deployer reach 127\.0\.0\.1 on port ${server.port}, or correct targets\.database\n` +
          String.raw` {4}or, to rotate the others without it: pulumi config set --path 'rotations\["single/db"\]' 2026-12-01`,
      ),
    );
    assert.deepEqual(refused.steps, []);
    assert.deepEqual(await held(), before);
    await server.start();
    await works();

    await succeed("up", stackAt("2026-12-02"));
    assert.notDeepEqual(await held(), before);
    await works();
  });

  it("does not begin where the server refuses, and says what to do there", async () => {
    const before = await held();
    await server.run(`ALTER ROLE ${role} RENAME TO other`);
    const refused = await run("up", stackAt("2026-12-03"));
    assert.equal(refused.ok, false);
    assert.match(
      refused.errors.join("\n"),
      /would not take for shop: there is no role shop\n {4}fix: create it, with the rights that it needs: CREATE ROLE "shop" LOGIN\n/,
    );
    assert.deepEqual(refused.steps, []);
    assert.deepEqual(await held(), before);
    await server.run(`ALTER ROLE other RENAME TO ${role}`);
    await works();
  });

  it("is finished by the next run where one was killed between the server and the store", async () => {
    const before = await held();
    await killedAtWrite(proxy, stackAt("2026-12-03"));
    assert.deepEqual(await held(), before);
    await assert.rejects(works(), { code: "28P01" });

    const next = startUp(stackAt("2026-12-03"));
    const { code, output } = await next.ended;
    assert.equal(code, 0, output);
    assert.notDeepEqual(await held(), before);
    await works();
    assert.deepEqual((await succeed("up", stackAt("2026-12-03"))).changes, {});
  });

  it("gives the server the previous value again, where the rotation that was killed is rolled back", async () => {
    const before = await held();
    await killedAtWrite(proxy, stackAt("2026-12-04"));
    await assert.rejects(works(), { code: "28P01" });

    const { code, output } = await startUp(stackAt("2026-12-03", "2026-12-04")).ended;
    assert.equal(code, 0, output);
    assert.deepEqual(await held(), before);
    await works();
    assert.deepEqual((await succeed("up", stackAt("2026-12-03", "2026-12-04"))).changes, {});
  });

  it("shows no password to the server's log or to the state", async () => {
    const { password: current } = await login(secret);
    const state = await stateOf("single");
    assert.ok(state.includes("single/db/password/database"));
    for (const text of [server.log(), state]) {
      assert.ok(!text.includes(current));
      assert.ok(!text.includes(server.administrator.password));
    }
  });

  it("becomes one of two accounts by turns in a run before the next rotation, and then no login fails", async () => {
    const other = "shop_b";
    await server.run(`CREATE ROLE ${other} LOGIN`);
    const two = alternating(role, other);
    const [last, next] = ["2026-12-03", "2026-12-05"];
    const before = await login(secret);
    const refused = await run("up", stackAt(next, undefined, two));
    assert.deepEqual([refused.ok, refused.steps], [false, []]);
    assert.match(
      refused.errors.join("\n"),
      new RegExp(
        String.raw`rotations\["single/db"\]: a rotation begins in the run in which username becomes one of two accounts by turns: .+\n` +
          String.raw` {4}fix: first change the catalogue alone: pulumi config set --path 'rotations\["single/db"\]' ${last} && pulumi up; then rotate again`,
      ),
    );
    const attempts = await loggingIn(server, secret, async () => {
      await succeed("up", stackAt(last, undefined, two));
      assert.deepEqual(await login(secret), before);
      await succeed("up", stackAt(next, undefined, two));
    });
    assert.deepEqual(
      attempts.filter(({ refusal }) => refusal !== undefined),
      [],
    );
    assert.equal((await login(secret)).username, other);
    await server.logIn({ user: before.username, password: before.password });
  });
});
