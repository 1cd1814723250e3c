import assert from "node:assert/strict";
import { alternating, literal, password } from "../../../components/values/recipe.ts";
import { startMariaDb } from "../../support/mariadb.ts";
import { startValkey } from "../../support/valkey.ts";
import { fingerprint } from "../support/cluster.ts";
import { killTree, startUp } from "../support/mishaps/child.ts";
import { startFaultProxy, through, type FaultProxy } from "../support/mishaps/fault-proxy.ts";
import { killedAtWrite } from "../support/mishaps/killed-at-write.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { readKv } from "../support/vault.ts";
import { loggingIn, login, type Attempt } from "./client.ts";
import { startProbed, type ProbedApplication } from "./probed.ts";

/** A server that is a target. */
interface Server {
  readonly port: number;
  readonly administrator: { readonly user: string; readonly password: string };
  readonly logIn: (login: { readonly user: string; readonly password: string }) => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly remove: () => Promise<void>;
  /** Makes an account. */
  readonly create: (name: string, password: string) => Promise<void>;
  /** Everything that it wrote down. */
  readonly written: () => Promise<string>;
}

interface Row {
  readonly title: string;
  readonly kind: "mysql" | "redis";
  /** Names of its accounts: two are used by turns. */
  readonly names: readonly [string] | readonly [string, string];
  readonly start: () => Promise<Server | { readonly missing: string }>;
}

const rows: readonly Row[] = [
  {
    title: "MariaDB, with two accounts by turns",
    kind: "mysql",
    names: ["shop_a", "shop_b"],
    start: async () => {
      const server = await startMariaDb();
      if ("missing" in server) return server;
      return {
        ...server,
        start: () => server.start(),
        create: (name, value) => server.run(`CREATE USER ${name}@'%' IDENTIFIED BY '${value}'`),
        written: server.log,
      };
    },
  },
  {
    title: "Valkey, with the previous password beside the new one",
    kind: "redis",
    names: ["shop"],
    start: async () => {
      const server = await startValkey();
      if ("missing" in server) return server;
      const create = async (name: string, value: string) => {
        await server.run(["ACL", "SETUSER", name, "on", `>${value}`], ["ACL", "SAVE"]);
      };
      return { ...server, create };
    },
  },
];

for (const { title, kind, names, start } of rows) {
  describe(`rotating a login of ${title}`, () => {
    const app = `on-${kind}`;
    const secret = { namespace: app, name: "db" };
    let server: Server;
    let proxy: FaultProxy;
    let application: ProbedApplication;
    const [first, second] = names;
    const stackAt = (epoch?: string, { retire = false } = {}): StackOptions =>
      through(proxy, {
        stack: app,
        demo: false,
        catalogue: {
          [app]: {
            secrets: {
              db: {
                keys: {
                  username: second === undefined ? literal(first) : alternating(first, second),
                  password: password(),
                },
                accounts: [
                  {
                    ...{ target: "server", username: "username", password: "password" },
                    ...(retire ? { retirePrevious: true as const } : {}),
                  },
                ],
                verify: [{ probe: "application", username: "username", password: "password" }],
              },
            },
            deliveries: [
              {
                ...{ namespace: secret.namespace, secretName: secret.name, from: ["db"] },
                ...(retire ? { restarts: ["Deployment/application"] } : {}),
              },
            ],
          },
        },
        facts: {
          namespaces: onlyNamespaces([secret.namespace]),
          clusters: { local: { externalSecrets: { install: false } } },
          targets: {
            server: {
              kind,
              host: "127.0.0.1",
              port: server.port,
              administrator: server.administrator.user,
              tls: "off",
            },
          },
          probes: {
            application: { kind: "http", request: { url: `${application.url}/me` }, tls: "off", withinSeconds: 0 },
          },
          ...(epoch === undefined ? {} : { rotations: { [`${app}/db`]: epoch } }),
        },
        secrets: { targetPasswords: JSON.stringify({ server: server.administrator.password }) },
      });
    /** What store and Secret say, in a form that may be printed. */
    const held = async () => ({
      store: fingerprint((await readKv(`mlops-platform-${app}/${app}/db`))?.["password"] ?? ""),
      Secret: fingerprint((await login(secret)).password),
    });
    /** No login failed, and the last one was with another password than the first. */
    const assertAllWorked = (attempts: readonly Attempt[]) => {
      assert.deepEqual(
        attempts.filter(({ refusal }) => refusal !== undefined),
        [],
      );
      assert.notEqual(attempts.at(-1)?.print, attempts[0]?.print);
    };

    before(async function () {
      const started = await start();
      if ("missing" in started) {
        console.log(`    ${title}: ${started.missing}`);
        return this.skip();
      }
      server = started;
      [proxy, application] = await Promise.all([startFaultProxy(), startProbed()]);
      await deployShared();
      await succeed("up", stackAt());
      const { username, password: value } = await login(secret);
      assert.equal(username, first);
      for (const name of names) await server.create(name, name === first ? value : "not used yet");
    });
    after(async () => {
      if ((server as Server | undefined) === undefined) return;
      await succeed("destroy", stackAt());
      await Promise.all([proxy.close(), application.close()]);
      await server.remove();
    });

    it("lets every login succeed through one rotation after another, and has nothing to do then", async () => {
      for (const epoch of ["2026-12-01", "2026-12-02"]) {
        assertAllWorked(
          await loggingIn(server, secret, async () => {
            await succeed("up", stackAt(epoch));
          }),
        );
      }
      const { store, Secret } = await held();
      assert.equal(store, Secret);
      assert.deepEqual((await succeed("up", stackAt("2026-12-02"))).changes, {});
    });

    it("does not begin where the server can't be reached, and is done by the same run once it can", async () => {
      const before = await held();
      await server.stop();
      const refused = await run("up", stackAt("2026-12-03"));
      assert.equal(refused.ok, false);
      assert.match(
        refused.errors.join("\n"),
        new RegExp(
          String.raw`${app}/db is to get a new password, which target server \(${kind} at 127\.0\.0\.1:${server.port}\) would not take for shop\w*: connect ECONNREFUSED 127\.0\.0\.1:${server.port}\n`,
        ),
      );
      assert.deepEqual(refused.steps, []);
      assert.deepEqual(await held(), before);
      await server.start();
      assertAllWorked(
        await loggingIn(server, secret, async () => {
          await succeed("up", stackAt("2026-12-03"));
        }),
      );
    });

    it("is finished by the next run where one was killed between the server and the store, and no login fails", async () => {
      const before = await held();
      const attempts = await loggingIn(server, secret, async () => {
        await killedAtWrite(proxy, stackAt("2026-12-04"));
        assert.deepEqual(await held(), before);
        const { code, output } = await startUp(stackAt("2026-12-04")).ended;
        assert.equal(code, 0, output);
      });
      assertAllWorked(attempts);
    });

    it("is one rotation where two runs begin it at once, and no login fails", async () => {
      const attempts = await loggingIn(server, secret, async () => {
        const both = [startUp(stackAt("2026-12-05")), startUp(stackAt("2026-12-05"))];
        const codes = (await Promise.all(both.map(({ ended }) => ended))).map(({ code }) => code);
        assert.ok(codes.includes(0), codes.join());
        await succeed("up", stackAt("2026-12-05"));
      });
      assertAllWorked(attempts);
      assert.equal(new Set(attempts.map(({ print }) => print)).size, 2);
    });

    const works = ({ username: user, password: value }: Awaited<ReturnType<typeof login>>) =>
      server.logIn({ user, password: value });

    it("is verified by the next run where one was killed before the application answered, and no login fails", async () => {
      const epoch = "2026-12-06";
      const before = await login(secret);
      const attempts = await loggingIn(server, secret, async () => {
        application.answers(undefined);
        const asked = application.asked();
        const child = startUp(stackAt(epoch));
        await Promise.race([
          asked,
          child.ended.then(({ output }) => assert.fail(`it ended before the application was asked:\n${output}`)),
        ]);
        await killTree(child);
        await works(before);
        application.answers(200);
        const { code, output } = await startUp(stackAt(epoch)).ended;
        assert.equal(code, 0, output);
      });
      assertAllWorked(attempts);
    });

    it("keeps what was valid where the application refuses what was delivered, and says what that is", async () => {
      const epoch = "2026-12-07";
      const before = await login(secret);
      const attempts = await loggingIn(server, secret, async () => {
        application.answers(401);
        const failed = await run("up", stackAt(epoch));
        application.answers(200);
        assert.equal(failed.ok, false);
        const place = `target server (${kind} at 127.0.0.1:${server.port})`;
        const still =
          second === undefined
            ? `${place} accepts the previous value still`
            : `the account before keeps its password at ${place}`;
        const said =
          `${app}/db: what was delivered does not work: probe application (http at ${application.url}): it answers GET with 401, and not with 200 to 299, for 0 s. ` +
          `The state keeps the previous value, and ${still}.\n` +
          "    fix: see why it refuses what its Secret says, or correct probes.application; then run pulumi up again, which verifies the same value again";
        assert.ok(failed.errors.join("\n").includes(said), failed.errors.join("\n"));
        const isDeleted = (step: string) => step.startsWith("delete ");
        assert.deepEqual(failed.steps.filter(isDeleted), []);
        await works(before);

        const { steps } = await succeed("up", stackAt(epoch));
        assert.deepEqual(
          steps.filter((step) => !isDeleted(step)),
          [`update ${app}/db@verified`],
        );
        assert.ok(
          steps.some((step) => step.startsWith(`delete ${app}/db/password`)),
          steps.join("\n"),
        );
      });
      assertAllWorked(attempts);
      assert.deepEqual((await succeed("up", stackAt(epoch))).changes, {});
    });

    if (second === undefined) {
      const refused = async (of: Awaited<ReturnType<typeof login>>) =>
        assert.rejects(works(of), /WRONGPASS/, "the previous password is valid still");

      it("forgets the previous password at the end of a rotation where the catalogue says so, and no login fails", async () => {
        const before = await login(secret);
        // That it says so removes nothing by itself: who still uses the one before is not known.
        await succeed("up", stackAt("2026-12-07", { retire: true }));
        await works(before);
        const attempts = await loggingIn(server, secret, async () => {
          await succeed("up", stackAt("2026-12-08", { retire: true }));
        });
        assertAllWorked(attempts);
        await works(await login(secret));
        await refused(before);
        assert.deepEqual((await succeed("up", stackAt("2026-12-08", { retire: true }))).changes, {});
      });

      it("keeps it valid where the server goes down after the verification, and the next run removes it", async () => {
        const epoch = "2026-12-09";
        const before = await login(secret);
        application.answers(async () => {
          await server.stop();
          return 200;
        });
        const failed = await run("up", stackAt(epoch, { retire: true }));
        application.answers(200);
        await server.start();
        assert.equal(failed.ok, false);
        const said =
          `${app}/db: the new password works, and target server (${kind} at 127.0.0.1:${server.port}) still accepts the previous one of ${first}: ` +
          `connect ECONNREFUSED 127.0.0.1:${server.port}.`;
        assert.ok(failed.errors.join("\n").includes(said), failed.errors.join("\n"));
        await works(before);
        await works(await login(secret));
        await succeed("up", stackAt(epoch, { retire: true }));
        await refused(before);
        await works(await login(secret));
      });
    }

    it("shows no password to what the server writes down", async () => {
      const written = await server.written();
      assert.ok(!written.includes((await login(secret)).password));
    });
  });
}
