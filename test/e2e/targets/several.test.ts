import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import { startPostgres, type PostgresServer } from "../../support/postgres.ts";
import { fingerprint } from "../support/cluster.ts";
import { killTree, startUp } from "../support/mishaps/child.ts";
import { startFaultProxy, through, type FaultProxy } from "../support/mishaps/fault-proxy.ts";
import { startHoldProxy, type HoldProxy } from "../support/mishaps/hold-proxy.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { readKv } from "../support/vault.ts";
import { loggingIn, login } from "./client.ts";

const app = "several";
const names = ["one", "two"] as const;
type Name = (typeof names)[number];

/** Each is the login of one account, which has one password: whoever tells it has to bring it to the Secret. */
describe("rotating logins of two PostgreSQL servers in one run, of which one is down", () => {
  let servers: Readonly<Record<Name, PostgresServer>>;
  /** In front of the second server, as the deployer reaches it. */
  let way: HoldProxy;
  let vault: FaultProxy;
  const stackAt = (epochs: Partial<Readonly<Record<Name, string>>> = {}, givenUp?: string): StackOptions => {
    const target = (port: number) => ({
      ...{ kind: "postgresql", host: "127.0.0.1", port, administrator: "postgres", tls: "off" },
    });
    const passwords = Object.fromEntries(names.map((name) => [name, servers[name].administrator.password]));
    return through(vault, {
      stack: app,
      demo: false,
      catalogue: {
        [app]: {
          secrets: Object.fromEntries(
            names.map((name) => [
              name,
              {
                keys: { username: literal(`several_${name}`), password: password() },
                accounts: [{ target: name, username: "username", password: "password" }],
              },
            ]),
          ),
          deliveries: names.map((name) => ({ namespace: app, secretName: name, from: [name] })),
        },
      },
      facts: {
        namespaces: onlyNamespaces([app]),
        clusters: { local: { externalSecrets: { install: false } } },
        targets: { one: target(servers.one.port), two: target(way.port) },
        rotations: Object.fromEntries(Object.entries(epochs).map(([name, epoch]) => [`${app}/${name}`, epoch])),
        ...(givenUp === undefined ? {} : { rollBack: { [`${app}/two`]: givenUp } }),
      },
      secrets: { targetPasswords: JSON.stringify(passwords) },
    });
  };
  const secret = (name: Name) => ({ namespace: app, name });
  /** What store and Secret say of each login, in a form that may be printed. */
  const held = async (name: Name) => ({
    store: fingerprint((await readKv(`mlops-platform-${app}/${app}/${name}`))?.["password"] ?? ""),
    Secret: fingerprint((await login(secret(name))).password),
  });
  /** The server accepts what the Secret says. */
  const works = async (name: Name) => {
    const { username, password: value } = await login(secret(name));
    await servers[name].logIn({ user: username, password: value });
  };
  /** Both as they were, and both accepted. */
  const assertUnchanged = async (name: Name, before: Awaited<ReturnType<typeof held>>) => {
    assert.deepEqual(await held(name), before);
    await works(name);
  };
  const assertRotated = async (name: Name, before: Awaited<ReturnType<typeof held>>) => {
    const { store, Secret } = await held(name);
    assert.equal(store, Secret);
    assert.notEqual(Secret, before.Secret);
    await works(name);
  };

  before(async () => {
    await deployShared();
    const [one, two, faults] = await Promise.all([startPostgres(), startPostgres(), startFaultProxy()]);
    [servers, vault, way] = [{ one, two }, faults, await startHoldProxy(two.port)];
    await succeed("up", stackAt());
    for (const name of names) {
      const { username, password: first } = await login(secret(name));
      await servers[name].run(`CREATE ROLE ${username} LOGIN PASSWORD '${first}'`);
    }
  });
  after(async () => {
    way.release();
    await succeed("destroy", stackAt());
    await Promise.all([way.close(), vault.close()]);
    await Promise.all(names.map((name) => servers[name].remove()));
  });

  it("begins neither, and is done by the same run once the server is back", async () => {
    const epochs = { one: "2026-12-01", two: "2026-12-01" };
    const [one, two] = [await held("one"), await held("two")];
    way.drop();
    let refused: Awaited<ReturnType<typeof run>> | undefined;
    const attempts = await loggingIn(servers.one, secret("one"), async () => {
      refused = await run("up", stackAt(epochs));
    });
    assert.ok(refused?.ok === false);
    assert.match(
      refused.errors.join("\n"),
      new RegExp(
        String.raw`was refused: 1 problem\. Nothing was changed\.\n {2}targets\.two: several/two is to get a new password, which target two \(postgresql at 127\.0\.0\.1:${way.port}\) would not take for several_two: .*\n` +
          String.raw` {4}fix: let the deployer reach 127\.0\.0\.1 on port ${way.port}, or correct targets\.two\n` +
          String.raw` {4}or, to rotate the others without it: pulumi config rm --path 'rotations\["several/two"\]'; npx secrets rotate leaves it out with --except several/two`,
      ),
    );
    assert.deepEqual(refused.steps, []);
    assert.deepEqual(
      attempts.filter(({ refusal }) => refusal !== undefined),
      [],
    );
    await assertUnchanged("one", one);
    await assertUnchanged("two", two);

    way.release();
    await succeed("up", stackAt(epochs));
    await assertRotated("one", one);
    await assertRotated("two", two);
  });

  it("rotates the other one meanwhile, where its epoch is taken back as the message says", async () => {
    const [one, two] = [await held("one"), await held("two")];
    way.drop();
    const refused = await run("up", stackAt({ one: "2026-12-02", two: "2026-12-02" }));
    assert.match(refused.errors.join("\n"), /pulumi config set --path 'rotations\["several\/two"\]' 2026-12-01;/);
    await succeed("up", stackAt({ one: "2026-12-02", two: "2026-12-01" }));
    way.release();
    await assertRotated("one", one);
    await assertUnchanged("two", two);
  });

  it("brings the other one to its end, where the server goes away once it was asked", async () => {
    const epochs = { one: "2026-12-03", two: "2026-12-03" };
    const [one, two] = [await held("one"), await held("two")];
    way.dropAfter(1);
    const failed = await run("up", stackAt(epochs));
    assert.equal(failed.ok, false);
    assert.match(
      failed.errors.join("\n"),
      /several\/two: target two \(.*\) did not take the new password of several_two/,
    );
    assert.ok(failed.steps.includes("update several/one@verified"), failed.steps.join());
    await assertRotated("one", one);
    await assertUnchanged("two", two);

    way.release();
    const { steps } = await succeed("up", stackAt(epochs));
    assert.ok(!steps.some((step) => step.startsWith("create several/")), steps.join());
    await assertRotated("two", two);
    assert.deepEqual((await succeed("up", stackAt(epochs))).changes, {});
  });

  it("goes on with what an interrupted run has told, although the other server is still down", async () => {
    const epochs = { one: "2026-12-04", two: "2026-12-04" };
    const [one, two] = [await held("one"), await held("two")];
    const killing = Promise.withResolvers<void>();
    const writing = Promise.withResolvers<void>();
    way.dropAfter(1);
    vault.onWrite((_, path) => {
      if (!path.endsWith("/one")) return undefined;
      writing.resolve();
      return { kind: "hold", until: killing.promise };
    });
    const child = startUp(stackAt(epochs));
    await Promise.race([writing.promise, child.ended]);
    await killTree(child);
    vault.onWrite(() => undefined);
    killing.resolve();
    assert.deepEqual(await held("one"), one);
    await assert.rejects(works("one"), { code: "28P01" });

    const { code, output } = await startUp(stackAt(epochs)).ended;
    assert.equal(code, 1);
    assert.match(output, /several\/two: target two \(.*\) did not take the new password of several_two/);
    await assertRotated("one", one);
    await assertUnchanged("two", two);
    way.release();
    await succeed("up", stackAt(epochs));
    await assertRotated("two", two);
  });

  it("is rolled back by what the message prints, where the other server stays away once it was asked", async () => {
    const two = await held("two");
    way.dropAfter(1);
    const failed = await run("up", stackAt({ one: "2026-12-04", two: "2026-12-05" }));
    assert.match(
      failed.errors.join("\n"),
      /\n {4}or, to roll the rotation back: pulumi config set --path 'rotations\["several\/two"\]' 2026-12-04 && pulumi config set --path 'rollBack\["several\/two"\]' 2026-12-05 && pulumi up$/m,
    );
    const before = { one: "2026-12-04", two: "2026-12-04" };
    const lost = await run("up", stackAt(before));
    assert.match(
      lost.errors.join("\n"),
      /the rotation at 2026-12-05 is not finished, and setting it back to 2026-12-04 would give its value up/,
    );
    const back = stackAt(before, "2026-12-05");
    const { warnings, steps } = await succeed("up", back);
    assert.deepEqual(steps, ["delete several/two/password@2026-12-05"]);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? "",
      /^several\/two: whether target two \(.*\) still has the previous value could not be seen: .*\n {4}fix: .*; if it has the new one, clients can't log in: rotate the secret once the target answers$/,
    );
    way.release();
    await assertUnchanged("two", two);
    assert.deepEqual((await succeed("up", back)).changes, {});
    await succeed("up", stackAt({ one: "2026-12-04", two: "2026-12-06" }, "2026-12-05"));
    await assertRotated("two", two);
  });
});
