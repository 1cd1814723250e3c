import assert from "node:assert/strict";
import { readFile, readlink, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { FleetPlan, FleetReport } from "../../../operations/fleet/model.ts";
import { cli } from "../support/cli.ts";
import { applicationSecrets, fingerprints, readSecret } from "../support/cluster.ts";
import { removeNamespaces } from "../support/namespaces.ts";
import { connection } from "../support/platform.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { open, type StackOptions } from "../support/stacks.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { readAllTheTime } from "../migrate/reader.ts";
import { openRealCli, type RealCli } from "./real-cli.ts";

const namespaces = ["grafana", "deparrow", "rhoai-model-registries"];

/** Three applications of the catalogue, each with a namespace of its own. */
const facts = (): StackOptions => ({
  stack: "sandbox",
  demo: false,
  facts: { applications: ["grafana", "deparrow", "model-registry"], namespaces: onlyNamespaces(namespaces) },
});

describe("npx secrets fleet, with the real command line of Pulumi", function () {
  this.timeout(600_000);
  let real: RealCli;
  const project = () => path.join(connection().root, "project");
  const file = (stack: string) => path.join(project(), `Pulumi.${stack}.yaml`);
  const fleet = async (words: string) => {
    const { code, stdout, output } = await real.type(`npx secrets fleet ${words} --json`);
    return { code, output, data: JSON.parse(stdout) as unknown };
  };
  const outcomes = ({ data }: { readonly data: unknown }) =>
    (data as FleetReport).parts.map(({ stack, outcome }) => `${stack} ${outcome}`);
  const changes = ({ data }: { readonly data: unknown }) =>
    Object.fromEntries(
      (data as FleetReport).parts.map(({ part, changes: counted }) => [
        part,
        Object.keys(counted)
          .filter((name) => (counted[name] ?? 0) > 0)
          .toSorted(),
      ]),
    );
  /** A commit of the project, as a checkout of a workflow stands at one. */
  const commit = async () => {
    const author = "-c user.name=e2e -c user.email=e2e@example.com -c commit.gpgsign=false";
    const made = await real.type(`git init --quiet && git ${author} commit --quiet --allow-empty --message x`);
    assert.equal(made.code, 0, made.output);
  };
  const secretNames = async () => [...(await applicationSecrets(namespaces)).keys()];
  let values: Readonly<Record<string, string>> = {};

  before(async () => {
    await makeRoom();
    await open(facts()); // writes the project and its configuration
    real = await openRealCli(project());
  });
  after(async () => {
    await real.type("npx secrets fleet destroy sandbox --yes");
    for (const part of ["sandbox.p1", "sandbox.p2"]) {
      await cli("pulumi", ["stack", "rm", "--yes", "--preserve-config", "--stack", part]);
      await rm(file(part), { force: true });
    }
    await rm(path.join(project(), ".git"), { recursive: true, force: true });
    await open(facts()); // without parts again
    await real.stop();
    await removeNamespaces(...namespaces);
  });

  it("is refused until every application has a part, and gives each one by plan --write", async () => {
    const planned = await fleet("plan sandbox --full 30");
    assert.equal(planned.code, 1, planned.output);
    const { added } = planned.data as FleetPlan;
    assert.deepEqual(added, { grafana: "p1", "model-registry": "p1", deparrow: "p2" });
    const written = await fleet("plan sandbox --full 30 --write");
    assert.equal(written.code, 0, written.output);
    assert.deepEqual(
      (written.data as FleetPlan).parts.map(({ stack, applications }) => [stack, applications]),
      [
        ["sandbox", []],
        ["sandbox.p1", ["grafana", "model-registry"]],
        ["sandbox.p2", ["deparrow"]],
      ],
    );
    assert.equal(await readlink(file("sandbox.p1")), "Pulumi.sandbox.yaml");
    const again = await fleet("plan sandbox --write");
    assert.equal(again.code, 0, again.output);
    assert.deepEqual((again.data as FleetPlan).added, {});
  });

  it("deploys part by part, as jobs of a matrix do: each after the base of the same commit, with one set of facts and keys", async () => {
    const before = await readFile(file("sandbox"), "utf8");
    await commit();
    const refused = async (problem: RegExp) => {
      const run = await real.type("npx secrets fleet up sandbox --part p1 --yes");
      assert.equal(run.code, 2, run.output);
      assert.match(run.output, problem);
    };
    const deploy = async (part: string, stack: string) => {
      const run = await fleet(`up sandbox --part ${part} --yes`);
      assert.equal(run.code, 0, run.output);
      assert.deepEqual(outcomes(run), [`${stack} done`]);
    };
    // In a whole run another file has deployed the stack, and destroyed it.
    await refused(
      /part p1 of sandbox is deployed after the base, and the base (has never been deployed|was destroyed last)/,
    );
    await deploy("base", "sandbox");
    await commit();
    await refused(/the base was last deployed from commit [0-9a-f]{10}, and this is [0-9a-f]{10}/);
    await deploy("base", "sandbox");
    // Side by side, as GitHub starts them; each has to make its stack.
    await Promise.all([deploy("p1", "sandbox.p1"), deploy("p2", "sandbox.p2")]);
    assert.equal(await readFile(file("sandbox"), "utf8"), before);
    assert.deepEqual(await secretNames(), [
      "deparrow/deparrow-secrets",
      "deparrow/postgres-credentials",
      "deparrow/redis-credentials",
      "grafana/grafana-admin",
      "rhoai-model-registries/registry-db-secrets",
    ]);
    values = fingerprints(await applicationSecrets(namespaces));
    const { stdout } = await cli("pulumi", ["stack", "output", "parts", "--json", "--stack", "sandbox"]);
    assert.deepEqual(JSON.parse(stdout), {
      grafana: "sandbox.p1",
      "model-registry": "sandbox.p1",
      deparrow: "sandbox.p2",
    });
  });

  it("finds nothing to change afterwards, in preview and up", async () => {
    for (const words of ["preview sandbox", "up sandbox --yes"]) {
      const run = await fleet(words);
      assert.equal(run.code, 0, run.output);
      assert.deepEqual(changes(run), { base: ["same"], p1: ["same"], p2: ["same"] }, words);
    }
  });

  it("moves an application while it is read: no Secret is missing or another, and no cluster is asked", async () => {
    const secret = await readSecret("grafana", "grafana-admin");
    const reader = await readAllTheTime("grafana", {
      "grafana-admin": Object.fromEntries(
        Object.entries(secret?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
      ),
    });
    const source = await cli("pulumi", ["stack", "export", "--stack", "sandbox.p1"]);
    const facts = await readFile(file("sandbox"), "utf8");
    const moved = await real.type("npx secrets fleet move sandbox grafana p2");
    assert.equal(moved.code, 0, moved.output);
    assert.match(
      moved.output,
      /^grafana: moved from part p1 to p2, \d+ resources\. No store and no cluster was changed\.$/m,
    );

    // As if it had been killed between the two states, before the facts.
    const state = path.join(project(), "source.json");
    await writeFile(state, source.stdout);
    await cli("pulumi", ["stack", "import", "--stack", "sandbox.p1", "--file", state]);
    await rm(state);
    await writeFile(file("sandbox"), facts);
    const refused = await fleet("up sandbox --yes");
    assert.equal(refused.code, 3, refused.output);
    assert.deepEqual(outcomes(refused), ["sandbox done", "sandbox.p1 done", "sandbox.p2 failed"]);
    assert.match(refused.output, /the state of this stack has application grafana, which would be deleted here/);
    const finished = await real.type("npx secrets fleet move sandbox grafana p2");
    assert.equal(finished.code, 0, finished.output);

    const run = await fleet("up sandbox --yes");
    assert.equal(run.code, 0, run.output);
    assert.deepEqual(changes(run), { base: ["same"], p1: ["same"], p2: ["same", "update"] });
    const { reads, gaps } = await reader.stop();
    assert.deepEqual(gaps, []);
    assert.ok(reads > 0);
    assert.equal((await readSecret("grafana", "grafana-admin"))?.metadata?.uid, secret?.metadata?.uid);
    assert.deepEqual(fingerprints(await applicationSecrets(namespaces)), values);
  });

  it("is what report, doctor and rotate take for one environment", async () => {
    const report = await real.type("npx secrets report sandbox --json");
    const { secrets } = JSON.parse(report.stdout) as { readonly secrets: readonly { readonly id: string }[] };
    assert.deepEqual([...new Set(secrets.map(({ id }) => id.split("/")[0]))].toSorted(), [
      "deparrow",
      "grafana",
      "model-registry",
    ]);
    const rotated = await real.type("npx secrets rotate grafana/admin --stack sandbox --json");
    assert.equal(rotated.code, 0, rotated.output);
    const after = fingerprints(await applicationSecrets(namespaces));
    const differing = Object.keys(values).filter((name) => after[name] !== values[name]);
    assert.deepEqual([...new Set(differing.map((name) => name.split(" ")[0]))], ["grafana/grafana-admin"]);
  });

  it("is rebuilt from stores and clusters by the commands that it prints, where all states are lost", async () => {
    const before = fingerprints(await applicationSecrets(namespaces));
    for (const stack of ["sandbox.p1", "sandbox.p2", "sandbox"]) {
      const lost = await real.type(`pulumi stack rm ${stack} --force --preserve-config --yes`);
      assert.equal(lost.code, 0, lost.output);
    }
    const up = () => real.type("npx secrets fleet up sandbox --yes");
    const succeed = async (command: string) => {
      const typed = await real.type(command);
      assert.equal(typed.code, 0, `${command}\n${typed.output}`);
    };
    const base = await up();
    assert.equal(base.code, 3, base.output);
    assert.match(base.output, /helm uninstall external-secrets -n external-secrets/);
    await succeed("helm uninstall external-secrets -n external-secrets");
    await succeed("pulumi config set --path clusters.local.upsertExistingObjects true --stack sandbox");
    const refused = await up();
    assert.equal(refused.code, 3, refused.output);
    const commands = refused.output.match(/pulumi config set --stack sandbox --path 'adopt\[.*/g) ?? [];
    assert.deepEqual(commands.map((each) => /"(.*)"/.exec(each)?.[1]).toSorted(), [
      "deparrow/app",
      "deparrow/postgres",
      "deparrow/redis",
      "grafana/admin",
      "model-registry/db",
    ]);
    for (const command of commands) await succeed(command);
    const adopted = await up();
    assert.equal(adopted.code, 0, adopted.output);
    await succeed("pulumi config rm adopt --stack sandbox");
    await succeed("pulumi config rm --path clusters.local.upsertExistingObjects --stack sandbox");
    const after = await up();
    assert.equal(after.code, 0, after.output);
    const quiet = await fleet("up sandbox --yes");
    assert.deepEqual(changes(quiet), { base: ["same"], p1: ["same"], p2: ["same"] }, quiet.output);
    assert.deepEqual(fingerprints(await applicationSecrets(namespaces)), before);
  });

  it("destroys the base last, and leaves no Secret", async () => {
    const early = await real.type("npx secrets fleet destroy sandbox --part base --yes");
    assert.equal(early.code, 2, early.output);
    assert.match(early.output, /the base of sandbox is destroyed last, and there are resources of p1, p2 left/);
    const run = await fleet("destroy sandbox --yes");
    assert.equal(run.code, 0, run.output);
    assert.deepEqual(outcomes(run), ["sandbox done", "sandbox.p1 done", "sandbox.p2 done"]);
    assert.deepEqual(await secretNames(), []);
  });
});
