import assert from "node:assert/strict";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { holderIn } from "../../../operations/rotate/lock.ts";
import { openStack } from "../../../sandbox/engine/stack.ts";
import { LeakScanner } from "../day-two/leak-scanner.ts";
import { openRealCli, type RealCli, type Typed } from "../fleet/real-cli.ts";
import { applicationSecrets, fingerprints } from "../support/cluster.ts";
import { startFaultProxy, through, type FaultProxy } from "../support/mishaps/fault-proxy.ts";
import { killTree } from "../support/mishaps/child.ts";
import { removeNamespaces } from "../support/namespaces.ts";
import { connection } from "../support/platform.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import type { StackOptions } from "../support/stacks.ts";
import { allKvValues } from "../support/vault.ts";
import { postgresState, s3State, type RemoteState } from "./remote-state.ts";

const stack = "sandbox.remote";
const namespace = "deparrow";
const applications = ["deparrow"];

/** A stack with the catalogue of this repository, and the operator of the shared stack. */
const options = (): StackOptions => ({
  stack,
  demo: false,
  facts: {
    applications,
    clusters: { local: { externalSecrets: { install: false } } },
    namespaces: onlyNamespaces([namespace]),
  },
});

for (const { title, start } of [
  { title: "PostgreSQL", start: postgresState },
  { title: "S3", start: s3State },
]) {
  describe(`a stack with its state in ${title}`, function () {
    this.timeout(600_000);
    let folder = "";
    let state: RemoteState;
    let proxy: FaultProxy;
    let real: RealCli;
    const up = "pulumi up --yes --skip-preview --non-interactive --color never --stack " + stack;
    const type = (command: string): Promise<Typed> =>
      real.type(command, { ...state.environment, PULUMI_BACKEND_URL: state.url, PULUMI_STACK: stack });
    const succeed = async (command: string) => {
      const typed = await type(command);
      assert.equal(typed.code, 0, `${command}\n${typed.output}`);
      return typed;
    };

    before(async () => {
      await deployShared();
      proxy = await startFaultProxy();
      state = await start();
      folder = await mkdtemp(path.join(tmpdir(), "remote-state-"));
      await symlink(path.join(connection().root, "bin"), path.join(folder, "bin"));
      // Writes the project, makes the stack, and keeps the token of Vault in its configuration.
      await withVariables(state.environment, () =>
        openStack({
          ...through(proxy, options()),
          program: {},
          connection: { ...connection(), root: folder, pulumiBackendUrl: state.url },
        }),
      );
      real = await openRealCli(path.join(folder, "project"));
    });
    after(async () => {
      await real.stop();
      await proxy.close();
      await state.stop();
      await rm(folder, { recursive: true });
      await removeNamespaces(namespace);
    });

    it("refuses a second run, naming the first; what a kill left is finished after pulumi cancel", async () => {
      const killing = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      // Nothing is in a store when it is killed: what had reached the cluster is test/e2e/state/killed-run.test.ts.
      proxy.onWrite(() => {
        held.resolve();
        return { kind: "hold", until: killing.promise };
      });
      const first = type(up);
      await Promise.race([held.promise, first.then(({ output }) => assert.fail(output))]);
      const second = await type(up);
      assert.notEqual(second.code, 0, second.output);
      const pid = Number(/\(process (\d+)\)$/.exec(holderIn(second.output)?.who ?? "")?.[1]);
      assert.ok(pid > 1, second.output);

      const killed = await killTree({ pid, ended: first });
      proxy.onWrite(() => undefined);
      killing.resolve();
      assert.ok(killed > 1);
      const locked = await type(up);
      assert.notEqual(locked.code, 0, locked.output);
      assert.notEqual(holderIn(locked.output), undefined, locked.output);
      const examined = await type(`npx secrets doctor --stack ${stack} --json`);
      assert.match(examined.stdout, /creating deparrow\//);

      await succeed(`pulumi cancel --yes --non-interactive --stack ${stack}`);
      await succeed(up);
      // Where the kill came before the state had an object of the cluster, that run took it over, and the next one tells the
      // provider to stop again at what exists: test/e2e/state/unrecorded-objects.test.ts.
      const { stdout: next } = await succeed(up);
      const changed = next.split("\n").filter((line) => / (?:created|updated|deleted|replaced)\b.* \(/.test(line));
      assert.deepEqual(
        changed.filter((line) => !line.includes(" pulumi:providers:kubernetes local updated ")),
        [],
      );
      // The client of S3 writes warnings to the other stream.
      const { stdout } = await succeed(up);
      assert.match(stdout, /Resources:\n +\d+ unchanged\n/);
    });

    it("is read by doctor and report, and rotated", async () => {
      const full = `organization/multicloud-secrets/${stack}`;
      // A cluster that is slow to answer is no concern of the state.
      const examined = await type(`npx secrets doctor --stack ${full}`);
      assert.match(examined.output, /^sandbox\.remote: 3 Secrets/m);
      assert.doesNotMatch(examined.output, /engine and state|the state of stack/);
      await succeed(`npx secrets report ${stack} --json`);
      const before = fingerprints(await applicationSecrets([namespace]));
      const rotated = await type(`npx secrets rotate deparrow/redis --stack ${stack}`);
      assert.match(rotated.output, /^sandbox\.remote: 1 secret rotated\.$/m);
      const after = fingerprints(await applicationSecrets([namespace]));
      const changed = Object.keys(before).filter((name) => after[name] !== before[name]);
      assert.deepEqual(
        [...new Set(changed.map((name) => name.split(" ")[0]))],
        ["deparrow/deparrow-secrets", "deparrow/redis-credentials"],
      );
    });

    it("holds no value in clear", async () => {
      const values = (await allKvValues()).filter(({ path: at }) => at.includes("deparrow"));
      const canaries = values.flatMap(({ path: at, values: each }) =>
        Object.entries(each).flatMap(([key, value]) => (value.length < 16 ? [] : [{ name: `${at} ${key}`, value }])),
      );
      assert.ok(canaries.length > 3);
      const scanner = new LeakScanner(canaries);
      const objects = await state.objects();
      assert.match(objects.get(`.pulumi/stacks/multicloud-secrets/${stack}.json.gz`) ?? "", /"ciphertext"/);
      assert.ok([...objects.keys()].some((name) => name.startsWith(".pulumi/history/")));
      assert.deepEqual(
        [...objects].flatMap(([name, content]) => scanner.scan(name, content)),
        [],
      );
    });

    it("goes with its stack", async () => {
      await succeed(`pulumi destroy --yes --skip-preview --non-interactive --stack ${stack}`);
      await succeed(`pulumi stack rm --yes --remove-backups --non-interactive --stack ${stack}`);
      assert.deepEqual([...(await state.objects()).keys()], [".pulumi/meta.yaml"]);
      assert.deepEqual([...(await applicationSecrets([namespace])).keys()], []);
    });
  });
}

/** The Automation API gives the engine what this process has. */
async function withVariables(variables: Readonly<Record<string, string>>, body: () => Promise<unknown>): Promise<void> {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  Object.assign(process.env, variables);
  try {
    await body();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}
