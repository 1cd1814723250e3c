import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { alternating, password } from "../../../components/values/recipe.ts";
import { startPostgres, type PostgresServer } from "../../support/postgres.ts";
import { startFaultProxy, through, type FaultProxy } from "../support/mishaps/fault-proxy.ts";
import { startHoldProxy, type HoldProxy } from "../support/mishaps/hold-proxy.ts";
import { connection } from "../support/platform.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { loggingIn, login, type Attempt } from "./client.ts";

const app = "both";
const id = `${app}/db`;
const near = { namespace: "near", name: "db" };
const far = { namespace: "far", name: "db" };

describe("rotating a login that two clusters have, of which one can't be reached", () => {
  let server: PostgresServer;
  let vault: FaultProxy;
  /** In front of the API server of the far cluster, which is the near one under another name. */
  let cluster: HoldProxy;
  const kubeconfig = () => path.join(connection().root, "far.yaml");
  const stackAt = (epoch?: string): StackOptions =>
    through(vault, {
      stack: app,
      demo: false,
      catalogue: {
        [app]: {
          secrets: {
            db: {
              keys: { username: alternating("both_a", "both_b"), password: password() },
              accounts: [{ target: "database", username: "username", password: "password" }],
            },
          },
          deliveries: [near, far].map(({ namespace, name }) => ({ namespace, secretName: name, from: ["db"] })),
        },
      },
      facts: {
        namespaces: {
          ...onlyNamespaces([near.namespace]),
          [far.namespace]: { cluster: "far", store: "vault", create: true, via: "plain" },
        },
        clusters: {
          local: { externalSecrets: { install: false } },
          far: {
            flavour: "kubeconfig",
            kubeconfig: kubeconfig(),
            externalSecrets: { install: false, version: connection().externalSecretsChartVersion },
          },
        },
        targets: {
          database: { kind: "postgresql", host: "127.0.0.1", port: server.port, administrator: "postgres", tls: "off" },
        },
        ...(epoch === undefined ? {} : { rotations: { [id]: epoch } }),
      },
      secrets: { targetPasswords: JSON.stringify({ database: server.administrator.password }) },
    });
  const logins = async () => [await login(near), await login(far)];

  before(async () => {
    await deployShared();
    const url = new URL(connection().kubernetesServer);
    [server, vault, cluster] = await Promise.all([
      startPostgres(),
      startFaultProxy(),
      startHoldProxy(Number(url.port)),
    ]);
    const text = await readFile(connection().kubeconfig, "utf8");
    await writeFile(kubeconfig(), text.replaceAll(url.host, `127.0.0.1:${cluster.port}`), { mode: 0o600 });
    await succeed("up", stackAt());
    const { username, password: first } = await login(near);
    for (const name of ["both_a", "both_b"]) await server.run(`CREATE ROLE ${name} LOGIN`);
    await server.run(`ALTER ROLE ${username} PASSWORD '${first}'`);
  });
  after(async () => {
    cluster.release();
    await succeed("destroy", stackAt());
    await Promise.all([vault.close(), cluster.close()]);
    await server.remove();
  });

  it("does not begin while it can't, and changes nothing", async () => {
    const before = await logins();
    cluster.drop();
    const refused = await run("up", stackAt("2026-12-01"));
    cluster.release();
    assert.equal(refused.ok, false);
    assert.match(
      refused.errors.join("\n"),
      /Nothing was changed\.\n {2}clusters\.far: Secret far\/db is to get new values, and can't be reached: .*\n {4}fix: let whoever runs this reach the cluster/,
    );
    assert.deepEqual(refused.steps, []);
    assert.deepEqual(await logins(), before);
    // It was asked in a transaction that was rolled back, and told nothing.
    const count = (text: string) => server.log().split(text).length - 1;
    assert.equal(count('"both_b" PASSWORD'), count("ROLLBACK"));
  });

  it("is finished by the next run where it goes away in the middle, and no login fails in either", async () => {
    const [before] = await logins();
    /** The far cluster goes when the target has the new password. */
    const interrupted = async () => {
      vault.onWrite(() => {
        cluster.drop();
        return undefined;
      });
      const failed = await run("up", stackAt("2026-12-01"));
      vault.onWrite(() => undefined);
      cluster.release();
      assert.equal(failed.ok, false);
      await succeed("up", stackAt("2026-12-01"));
    };
    let ofFarClient: readonly Attempt[] = [];
    const ofNearClient = await loggingIn(server, near, async () => {
      ofFarClient = await loggingIn(server, far, interrupted);
    });
    assert.deepEqual(
      [...ofNearClient, ...ofFarClient].filter(({ refusal }) => refusal !== undefined),
      [],
    );
    assert.deepEqual((await succeed("up", stackAt("2026-12-01"))).changes, {});
    const [after, ofFar] = await logins();
    assert.deepEqual(after, ofFar);
    assert.notEqual(after?.username, before?.username);
  });
});
