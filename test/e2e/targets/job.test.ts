import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { literal, password } from "../../../components/values/recipe.ts";
import { startPostgres, type PostgresServer } from "../../support/postgres.ts";
import { cluster, fingerprint, ifExists } from "../support/cluster.ts";
import { killTree, startUp } from "../support/mishaps/child.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { readKv } from "../support/vault.ts";
import { login } from "./client.ts";
import { startKubelet, type Command, type Kubelet } from "./kubelet.ts";

const secret = { namespace: "jobs", name: "db" };
const namespace = "rotation";
const role = "shop";

describe("rotating a login by a Job", () => {
  let server: PostgresServer;
  let kubelet: Kubelet;
  const stackAt = (epoch?: string): StackOptions => ({
    stack: "jobs",
    demo: false,
    catalogue: {
      jobs: {
        secrets: {
          db: {
            keys: { username: literal(role), password: password() },
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
        database: {
          kind: "job",
          cluster: "local",
          namespace,
          image: "psql:18",
          command: ["sh", "-ec", "the test does it"],
          nodeSelector: { "multicloud-secrets/played-by": "a-test" },
          administrator: "postgres",
        },
      },
      ...(epoch === undefined ? {} : { rotations: { "jobs/db": epoch } }),
    },
    secrets: { targetPasswords: JSON.stringify({ database: server.administrator.password }) },
  });
  /** What `ALTER ROLE` in the Job does. */
  const alter: Command = async ({ username, password: value, administratorPassword }) => {
    assert.equal(administratorPassword, server.administrator.password);
    await server.run(`ALTER ROLE ${username ?? ""} PASSWORD '${value ?? ""}'`);
    return 0;
  };
  const held = async () => ({
    store: fingerprint((await readKv("mlops-platform-jobs/jobs/db"))?.["password"] ?? ""),
    Secret: fingerprint((await login(secret)).password),
  });
  const works = async () => {
    const { username, password: value } = await login(secret);
    await server.logIn({ user: username, password: value });
  };
  const left = async () => {
    const { core, config } = await cluster();
    const { BatchV1Api } = await import("@kubernetes/client-node");
    const jobs = await config.makeApiClient(BatchV1Api).listNamespacedJob({ namespace });
    const secrets = await core.listNamespacedSecret({ namespace });
    return { jobs: jobs.items.length, secrets: secrets.items.length };
  };

  before(async () => {
    await deployShared();
    const { core } = await cluster();
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    server = await startPostgres();
    kubelet = startKubelet(namespace, alter);
    await succeed("up", stackAt());
    const { password: first } = await login(secret);
    await server.run(`CREATE ROLE ${role} LOGIN PASSWORD '${first}'`);
  });
  after(async () => {
    await succeed("destroy", stackAt());
    await kubelet.stop();
    const { core } = await cluster();
    await ifExists(core.deleteNamespace({ name: namespace }));
    await server.remove();
  });

  it("runs it before the store is written, and leaves nothing of it", async () => {
    const before = await held();
    kubelet.does(async (files) => {
      assert.deepEqual(await held(), before, "the store was first");
      return alter(files);
    });
    await succeed("up", stackAt("2026-12-01"));
    const after = await held();
    assert.equal(after.store, after.Secret);
    assert.notEqual(after.Secret, before.Secret);
    await works();
    assert.deepEqual(await left(), { jobs: 0, secrets: 0 });
    assert.deepEqual(Object.keys(kubelet.ran[0] ?? {}).sort(), [
      "administrator",
      "administratorPassword",
      "password",
      "username",
    ]);
  });

  it("leaves store and Secret as they are where it fails, says how, and goes on with the same value", async () => {
    const before = await held();
    kubelet.does(() => Promise.resolve(3));
    const failed = await run("up", stackAt("2026-12-02"));
    assert.equal(failed.ok, false);
    assert.match(
      failed.errors.join("\n"),
      /jobs\/db: target database \(job at namespace rotation of cluster local\) did not take the new password of shop: Job rotate-database-[0-9a-f]{10} failed: its command ended with 3 \(BackoffLimitExceeded\)\. Stores and Secrets still have the previous value\./,
    );
    assert.deepEqual(await held(), before);
    assert.deepEqual(await left(), { jobs: 1, secrets: 0 });
    await works();

    const tried = kubelet.ran.at(-1)?.["password"];
    kubelet.does(alter);
    const { steps } = await succeed("up", stackAt("2026-12-02"));
    assert.ok(!steps.includes("create jobs/db/password@2026-12-02"), "another value was made");
    assert.equal(kubelet.ran.at(-1)?.["password"], tried);
    await works();
    assert.deepEqual(await left(), { jobs: 0, secrets: 0 });
  });

  it("is finished by the next run where one was killed while the Job ran, which runs once", async () => {
    const before = await held();
    const [running, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const count = kubelet.ran.length;
    kubelet.does(async (files) => {
      running.resolve();
      await going.promise;
      return alter(files);
    });
    const child = startUp(stackAt("2026-12-03"));
    await Promise.race([
      running.promise,
      child.ended.then(({ output }) => assert.fail(`it ended before the Job ran:\n${output}`)),
    ]);
    await killTree(child);
    assert.deepEqual(await held(), before);
    await works();

    const next = startUp(stackAt("2026-12-03"));
    await sleep(1000);
    going.resolve();
    const { code, output } = await next.ended;
    assert.equal(code, 0, output);
    assert.notDeepEqual(await held(), before);
    await works();
    assert.equal(kubelet.ran.length, count + 1);
    assert.deepEqual(await left(), { jobs: 0, secrets: 0 });
    for (const { password: value = "" } of kubelet.ran) assert.ok(!output.includes(value));
  });
});
