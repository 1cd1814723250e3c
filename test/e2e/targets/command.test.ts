import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { alternating, literal, password } from "../../../components/values/recipe.ts";
import { rehearsalText } from "../../../cli/text/rehearsal.ts";
import { rotationText } from "../../../cli/text/rotation.ts";
import { examineTarget, targetText } from "../../../components/targets/kinds.ts";
import { pulumiReader } from "../../../operations/doctor/engine-reader.ts";
import { EngineError } from "../../../operations/migrate/run/engine.ts";
import type { Choice } from "../../../operations/rotate/choice.ts";
import { SecretValue } from "../../../operations/migrate/secret-value.ts";
import { leakJournalFile } from "../../../operations/rotate/leak-journal.ts";
import { movedEpochsFile } from "../../../operations/rotate/moved-epochs.ts";
import type { RotationReport } from "../../../operations/rotate/model.ts";
import { rehearse } from "../../../operations/rotate/rehearse.ts";
import { findOldVersions, openOldVersions } from "../../../operations/rotate/old-versions.ts";
import { rotate, type RotateOptions } from "../../../operations/rotate/run.ts";
import type { RotationTools } from "../../../operations/rotate/tools.ts";
import { verified } from "../../../operations/rotate/verify.ts";
import { loadStack } from "../../../preview/preview.ts";
import { connectionEnvironment } from "../../../sandbox/connection.ts";
import { layoutOf } from "../../../sandbox/layout.ts";
import { environments } from "../../../stacks/environments/index.ts";
import { sandbox } from "../../../stacks/environments/sandbox.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { root as repository } from "../../support/project.ts";
import { startPostgres, type PostgresServer } from "../../support/postgres.ts";
import { examined } from "../doctor/scene.ts";
import { cli } from "../support/cli.ts";
import { connection } from "../support/platform.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { open, run, succeed, transcripts, type StackOptions } from "../support/stacks.ts";
import { readKv } from "../support/vault.ts";
import { loggingIn, login } from "./client.ts";

const stack = "command";
const [single, turns] = ["single", "turns"].map((name) => ({ namespace: stack, name })) as [Place, Place];
const roles = ["command_single", "command_a", "command_b"] as const;
const account = { target: "database", username: "username", password: "password" };
const catalogue: Catalogue = {
  [stack]: {
    secrets: {
      single: { rotateEveryDays: 30, keys: { username: literal(roles[0]), password: password() }, accounts: [account] },
      turns: {
        rotateEveryDays: 30,
        keys: { username: alternating(roles[1], roles[2]), password: password() },
        accounts: [account],
      },
    },
    deliveries: [single, turns].map(({ namespace, name }) => ({ namespace, secretName: name, from: [name] })),
  },
};

interface Place {
  readonly namespace: string;
  readonly name: string;
}

describe("npx secrets rotate, on the logins of a PostgreSQL server", () => {
  let server: PostgresServer;
  /** Epochs that the command has moved. */
  const rotations: Record<string, string> = {};
  const root = () => path.join(connection().root, "project");
  const options = (port = server.port): StackOptions & { readonly stack: string } => ({
    stack,
    demo: false,
    catalogue,
    facts: {
      created: "2026-01-31",
      namespaces: onlyNamespaces([stack]),
      clusters: { local: { externalSecrets: { install: false } } },
      targets: { database: { kind: "postgresql", host: "127.0.0.1", port, administrator: "postgres", tls: "off" } },
      ...(Object.keys(rotations).length === 0 ? {} : { rotations: { ...rotations } }),
    },
    secrets: { targetPasswords: JSON.stringify({ database: server.administrator.password }) },
  });

  /** What the command works with; the program runs in this process, with the catalogue of this test. */
  function tools(port?: number): RotationTools {
    const env = { ...process.env, ...connectionEnvironment(connection()) };
    const readEngine = pulumiReader({ root: root(), program: connection().binaries.pulumi, env });
    return {
      stack,
      load: async () => {
        await open(options(port));
        return loadStack({ root: root(), stack, catalogue, policies: { ...environments, [stack]: sandbox } });
      },
      state: () => readEngine(stack),
      moveEpochs: ({ epochs }) => {
        Object.assign(rotations, Object.fromEntries(epochs));
        return Promise.resolve();
      },
      engine: {
        up: async () => {
          const { ok, output } = await run("up", options(port));
          if (!ok) throw new EngineError(output);
        },
      },
      verify: (environment, ids) => verified({ environment, ids, look: (target) => examined(options(port), target) }),
      oldVersions: (store) => openOldVersions(store, (name) => env[name]),
      agree: () => Promise.resolve(true),
      journal: leakJournalFile(root(), stack),
      moved: movedEpochsFile(root(), stack),
      now: () => new Date(),
      pause: () => Promise.reject(new Error("nothing is waited for")),
    };
  }

  async function rotated(choice: Choice, more: Partial<RotateOptions> = {}, port?: number): Promise<RotationReport> {
    const report = await rotate(tools(port), {
      choice,
      mode: "run",
      leaked: false,
      outsideWindows: false,
      waitMs: 0,
      ...more,
    });
    transcripts.push({ title: `rotation of ${stack}`, text: `${rotationText(report)}${JSON.stringify(report)}` });
    return report;
  }

  const accepted = async ({ username, password: text }: { readonly username: string; readonly password: string }) =>
    server.logIn({ user: username, password: text }).then(
      () => true,
      () => false,
    );
  const verdicts = ({ verified: each, remarks }: RotationReport) => ({
    verdicts: each.map(({ secret, verdict }) => `${secret} ${verdict}`),
    remarks,
  });
  const today = () => new Date().toISOString().slice(0, 10);

  before(async () => {
    await deployShared();
    server = await startPostgres();
    await succeed("up", options());
    for (const role of roles) await server.run(`CREATE ROLE ${role} LOGIN`);
    for (const place of [single, turns]) {
      const { username, password: first } = await login(place);
      await server.run(`ALTER ROLE ${username} PASSWORD '${first}'`);
    }
  });
  after(async () => {
    await succeed("destroy", options());
    await server.remove();
  });

  it("rotates what is due, and no login of two accounts by turns fails", async () => {
    const before = await login(single);
    let report: RotationReport | undefined;
    const attempts = await loggingIn(server, turns, async () => {
      report = await rotated({ kind: "due", by: today() });
    });
    assert.deepEqual(
      attempts.filter(({ refusal }) => refusal !== undefined),
      [],
    );
    assert.ok(report !== undefined);
    assert.deepEqual(
      report.rotations.map(({ id, from, to }) => ({ id, from, to })),
      ["single", "turns"].map((name) => ({ id: `${stack}/${name}`, from: "initial", to: today() })),
    );
    assert.deepEqual(verdicts(report), { verdicts: ["single sound", "turns sound"], remarks: [] });
    const after = await login(single);
    assert.deepEqual([await accepted(before), await accepted(after)], [false, true]);
    assert.equal((await login(turns)).username, roles[2]);
    assert.equal((await rotated({ kind: "due", by: today() })).outcome, "nothing");
  });

  it("leaves stores and Secrets as they are where the target is down, and goes on with the same call", async () => {
    const ids = [`${stack}/single`];
    const before = await login(single);
    await assert.rejects(rotated({ kind: "named", ids }, {}, 1), (error: Error) => {
      assert.equal(error.name, "RotationStopped");
      const standing = `${stack}/single: not begun: no new value was made, and everything keeps the previous one`;
      assert.ok(error.message.startsWith(`The rotation is not finished:\n  ${standing}\n`), error.message);
      assert.match(
        error.message,
        /command\/single is to get a new password, which target database \(postgresql at 127\.0\.0\.1:1\) would not take for command_single: connect ECONNREFUSED/,
      );
      assert.match(error.message, /npx secrets rotate leaves it out with --except command\/single/);
      return true;
    });
    const epoch = rotations[`${stack}/single`];
    assert.deepEqual([await login(single), await accepted(before)], [before, true]);
    const report = await rotated({ kind: "named", ids });
    assert.deepEqual(
      report.rotations.map(({ from, to, before: standing }) => ({ from, to, standing })),
      [{ from: epoch, to: epoch, standing: "moved" }],
    );
    assert.deepEqual([await accepted(before), await accepted(await login(single))], [false, true]);
  });

  it("accepts no password of before after a leak, of either account", async () => {
    const leaked = [await login(turns), await login(single)];
    // The account that is not in use has the password of the rotation before.
    const report = await rotated({ kind: "all", application: stack }, { leaked: true, disableOldVersions: true });
    assert.deepEqual(verdicts(report), { verdicts: ["single sound", "turns sound"], remarks: [] });
    for (const each of leaked) assert.equal(await accepted(each), false, each.username);
    assert.deepEqual([await accepted(await login(turns)), await accepted(await login(single))], [true, true]);
    assert.equal((await login(turns)).username, leaked[0]?.username);
    assert.equal(await leakJournalFile(root(), stack).read(), undefined);
    assert.deepEqual(
      report.previousVersions.map(({ store, object }) => `${store} ${object}`),
      ["single", "turns"].map((name) => `vault mlops-platform-${stack}/${stack}/${name}`),
    );
    // Whatever was written before the newest version can be read no more; that one can.
    assert.equal(report.oldVersions?.length, 2);
    for (const { object, versions, disabled, problem } of report.oldVersions) {
      assert.deepEqual({ problem, disabled }, { problem: undefined, disabled: versions }, object);
      assert.ok(versions.length > 0, object);
      assert.notEqual(await readKv(object), undefined);
    }
    const again = await findOldVersions(tools(), await tools().load(), [
      { id: `${stack}/single` },
      { id: `${stack}/turns` },
    ]);
    assert.deepEqual(
      again.map(({ versions, problem }) => ({ versions, problem })),
      [single, turns].map(() => ({ versions: [], problem: undefined })),
    );
  });

  it("says who is at work on the stack, and carries the epoch out when that run has ended", async () => {
    const folder = path.join(
      layoutOf(connection().root).pulumiState,
      ".pulumi/locks/organization/multicloud-secrets",
      stack,
    );
    const lock = path.join(folder, "5d1c2a9e-0000-4000-8000-000000000000.json");
    const before = await login(single);
    await mkdir(folder, { recursive: true });
    await writeFile(
      lock,
      JSON.stringify({ pid: 478, username: "ci", hostname: "runner-3", timestamp: "2026-11-29T10:00:00Z" }),
    );
    try {
      await assert.rejects(
        rotated({ kind: "named", ids: [`${stack}/single`] }),
        /^RotationStopped: Another run is at work on stack command: ci@runner-3 \(process 478\), since 2026-11-29T10:00:00Z\./,
      );
    } finally {
      await rm(lock);
    }
    assert.deepEqual(await login(single), before);
    const report = await rotated({ kind: "due", by: "2026-01-31" });
    assert.deepEqual(
      report.rotations.map(({ id, asked, before: standing }) => ({ id, asked, standing })),
      [{ id: `${stack}/single`, asked: false, standing: "moved" }],
    );
    assert.equal(await accepted(await login(single)), true);
  });

  it("tries every account in a rehearsal, names the one that is not there, and changes nothing", async () => {
    const before = [await login(single), await login(turns)];
    const tried = async () => {
      const { load, state } = tools();
      const secret = () => Promise.resolve(new SecretValue(String(options().secrets?.["targetPasswords"])));
      const rehearsal = await rehearse(
        {
          stack,
          load,
          state,
          engine: { secret, kept: () => Promise.resolve(undefined) },
          examine: examineTarget,
          targetText,
        },
        { kind: "all" },
      );
      transcripts.push({ title: `rotation of ${stack}`, text: rehearsalText(rehearsal) });
      return rehearsal.accounts.map(({ id, account: name, problem }) => [id, name, problem === undefined]);
    };
    const [first, ...others] = roles;
    const all = [[`${stack}/single`, first, true], ...others.map((role) => [`${stack}/turns`, role, true])];
    assert.deepEqual(await tried(), all);
    const unused = others.find((role) => role !== before[1]?.username) ?? "none";
    await server.run(`ALTER ROLE ${unused} RENAME TO command_gone`);
    assert.deepEqual(
      await tried(),
      all.map(([id, name, told]) => [id, name, told === true && name !== unused]),
    );
    await server.run(`ALTER ROLE command_gone RENAME TO ${unused}`);
    assert.deepEqual([await login(single), await login(turns)], before);
    for (const each of before) assert.equal(await accepted(each), true);
  });

  it("has a CronJob that the API server takes, with no field that it does not know", async () => {
    const text = await readFile(path.join(repository, "examples/rotation-cronjob/cronjob.yaml"), "utf8");
    const [namespace = "", ...others] = text.split(/^---$/m);
    assert.match(namespace, /^kind: Namespace$/m);
    // A namespace that is tried is not there for what follows.
    const manifests = others.join("---").replaceAll("namespace: secret-rotation", `namespace: ${stack}`);
    const file = path.join(root(), "cronjob.yaml");
    await writeFile(file, manifests);
    try {
      const { code, output } = await cli("kubectl", ["apply", "--dry-run=server", "--validate=strict", "-f", file]);
      assert.equal(code, 0, output);
      assert.match(output, /cronjob\.batch\/secret-rotation created \(server dry run\)/);
    } finally {
      await rm(file);
    }
  });

  it("prints no value", () => {
    const said = transcripts.filter(({ title }) => title === `rotation of ${stack}`).map(({ text }) => text);
    assert.ok(said.length >= 4);
    for (const text of said) assert.ok(!text.includes(server.administrator.password));
  });
});
