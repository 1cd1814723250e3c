import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import { startValkey } from "../../support/valkey.ts";
import { cli } from "../support/cli.ts";
import { killTree, startUp } from "../support/mishaps/child.ts";
import { startHoldProxy, type HoldProxy } from "../support/mishaps/hold-proxy.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { open, run, succeed, type StackOptions } from "../support/stacks.ts";
import { loggingIn, login } from "./client.ts";
import { startProbed, type ProbedApplication } from "./probed.ts";

const app = "retired";
const id = `${app}/db`;
const secret = { namespace: app, name: "db" };
type Server = Exclude<Awaited<ReturnType<typeof startValkey>>, { readonly missing: string }>;

describe("a rotation that is killed between the verification and the retirement of the previous password", () => {
  let server: Server;
  let proxy: HoldProxy;
  let application: ProbedApplication;
  const stackAt = (epoch?: string, givenUp?: string): StackOptions & { readonly stack: string } => ({
    stack: app,
    demo: false,
    catalogue: {
      [app]: {
        secrets: {
          db: {
            keys: { username: literal("shop"), password: password() },
            accounts: [{ target: "server", username: "username", password: "password", retirePrevious: true }],
            verify: [{ probe: "application", username: "username", password: "password" }],
          },
        },
        deliveries: [{ namespace: app, secretName: secret.name, from: ["db"], restarts: ["Deployment/application"] }],
      },
    },
    facts: {
      namespaces: onlyNamespaces([app]),
      clusters: { local: { externalSecrets: { install: false } } },
      targets: {
        server: {
          ...{ kind: "redis", host: "127.0.0.1", port: proxy.port, tls: "off" },
          administrator: server.administrator.user,
        },
      },
      probes: {
        application: { kind: "http", request: { url: `${application.url}/me` }, tls: "off", withinSeconds: 0 },
      },
      ...(epoch === undefined ? {} : { rotations: { [id]: epoch } }),
      ...(givenUp === undefined ? {} : { rollBack: { [id]: givenUp } }),
    },
    secrets: { targetPasswords: JSON.stringify({ server: server.administrator.password }) },
  });
  /** Epochs of the steps of a rotation that the state has, by the name of each. */
  const recorded = async () => {
    const exported = await (await open(stackAt())).exportStack();
    const { resources = [] } = exported.deployment as {
      readonly resources?: readonly {
        readonly urn: string;
        readonly inputs?: { readonly input?: { readonly epoch?: string } };
      }[];
    };
    return new Map(resources.map(({ urn, inputs }) => [urn.split("::").at(-1) ?? "", inputs?.input?.epoch]));
  };
  const works = ({ username: user, password: value }: Awaited<ReturnType<typeof login>>) =>
    server.logIn({ user, password: value });

  before(async function () {
    const started = await startValkey();
    if ("missing" in started) {
      console.log(`    Valkey: ${started.missing}`);
      return this.skip();
    }
    server = started;
    [proxy, application] = await Promise.all([startHoldProxy(server.port), startProbed()]);
    await deployShared();
    await succeed("up", stackAt());
    const { username, password: value } = await login(secret);
    await server.run(["ACL", "SETUSER", username, "on", `>${value}`], ["ACL", "SAVE"]);
    await succeed("up", stackAt("2026-12-01"));
  });
  after(async () => {
    if ((server as Server | undefined) === undefined) return;
    proxy.release();
    await succeed("destroy", stackAt());
    await Promise.all([proxy.close(), application.close()]);
    await server.remove();
  });

  it("is finished by the next run: it removes the previous password, verifies nothing again, and no login fails", async () => {
    const epoch = "2026-12-02";
    const before = await login(secret);
    const attempts = await loggingIn(server, secret, async () => {
      const isHeld = Promise.withResolvers<void>();
      // The application is the last thing that the verification asks; after it the target is told to forget.
      application.answers(() => {
        void proxy.hold().then(isHeld.resolve);
        return Promise.resolve(200);
      });
      const child = startUp(stackAt(epoch));
      await Promise.race([
        isHeld.promise,
        child.ended.then(({ output }) => assert.fail(`it ended before the retirement:\n${output}`)),
      ]);
      await killTree(child);
      application.answers(200);
      proxy.release();

      const now = await recorded();
      assert.equal(now.get(`${id}@verified`), epoch);
      assert.equal(now.get(`${id}@retired/password/server`), "2026-12-01");
      assert.ok(now.has(`${id}/password@2026-12-01`) && now.has(`${id}/password@${epoch}`), "a value left the state");
      const after = await login(secret);
      assert.notEqual(after.password, before.password);
      await Promise.all([works(before), works(after)]);

      const { code, output } = await cli("pulumi", ["cancel", "--yes", "--stack", app]);
      assert.equal(code, 0, output);
      const { steps } = await succeed("up", stackAt(epoch));
      assert.deepEqual([...steps].sort(), [`delete ${id}/password@2026-12-01`, `update ${id}@retired/password/server`]);
      assert.deepEqual(await login(secret), after);
    });
    assert.deepEqual(
      attempts.filter(({ refusal }) => refusal !== undefined),
      [],
    );
    await works(await login(secret));
    await assert.rejects(works(before), /WRONGPASS/);
    assert.deepEqual((await succeed("up", stackAt(epoch))).changes, {});
  });

  it("is verified again where it is rolled back, and the value that is given up stays until that succeeds", async () => {
    const [last, epoch] = ["2026-12-02", "2026-12-03"];
    const before = await login(secret);
    application.answers(401);
    const stopped = await run("up", stackAt(epoch));
    assert.equal(stopped.ok, false);
    assert.match(
      stopped.errors.join("\n"),
      /what was delivered does not work: probe application .+\n.+\n {4}or, to roll the rotation back: .+ && pulumi up/,
    );
    assert.notDeepEqual(await login(secret), before);

    const back = stackAt(last, epoch);
    const refused = await run("up", back);
    assert.equal(refused.ok, false);
    assert.match(
      refused.errors.join("\n"),
      /: it answers GET with 401, .+\. The rotation is being rolled back, and the state keeps both values\.\n.+\n {4}or, to go on with the rotation: .+ && pulumi up/,
    );
    const now = await recorded();
    assert.ok(now.has(`${id}/password@${last}`) && now.has(`${id}/password@${epoch}`), "a value left the state");
    assert.deepEqual(await login(secret), before);

    const asked = application.asked();
    application.answers(200);
    const { steps } = await succeed("up", back);
    assert.deepEqual([...steps].sort(), [`delete ${id}/password@${epoch}`, `update ${id}@verified`]);
    await asked;
    await works(await login(secret));
    // Neither a later run nor one without the entry has anything to do.
    for (const each of [back, stackAt(last)]) assert.deepEqual((await succeed("up", each)).changes, {});
  });
});
