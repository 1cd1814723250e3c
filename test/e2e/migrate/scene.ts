import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { password, provided } from "../../../components/values/recipe.ts";
import { machineFiles } from "../../../operations/migrate/files.ts";
import { planMigration } from "../../../operations/migrate/plan/index.ts";
import type { MigrationPlan } from "../../../operations/migrate/plan/model.ts";
import type { PlanFacts } from "../../../operations/migrate/plan/facts.ts";
import type { MigrationContext } from "../../../operations/migrate/run/context.ts";
import type { RetireContext } from "../../../operations/migrate/retire/index.ts";
import { gitRevision, rewrite } from "../../../operations/migrate/retire/revisions.ts";
import { EngineError, type Engine } from "../../../operations/migrate/run/engine.ts";
import { migrationJournalFile } from "../../../operations/migrate/run/journal.ts";
import { kubernetesCluster } from "../../../operations/migrate/run/kubernetes.ts";
import { pulumiCli } from "../../../operations/migrate/run/pulumi-cli.ts";
import { named } from "../../../operations/migrate/selection.ts";
import { readSources } from "../../../operations/migrate/sources/index.ts";
import { secretsOfCluster } from "../../../operations/migrate/sources/live.ts";
import { connectionEnvironment } from "../../../sandbox/connection.ts";
import { recoverFromKill } from "../../../sandbox/engine/recover.ts";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { cli, type CliRun } from "../support/cli.ts";
import { cluster, readSecret } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { isReady, operatorObjects } from "../support/operator.ts";
import { connection } from "../support/platform.ts";
import { deployedStacks, open, runOn, succeed, type StackOptions } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { vaultOk } from "../support/vault.ts";
import { madeByDriver, namespace, vaultObjects, writeSources } from "./sources.ts";

const catalogue: Catalogue = {
  [namespace]: {
    secrets: {
      hub: { keys: { HF_TOKEN: provided("movedHub") } },
      web: { keys: { "web-password": provided("movedWeb") } },
      root: { keys: { rootPassword: password() } },
      billing: { keys: { API_KEY: provided("movedBillingKey"), TOKEN: provided("movedBillingToken") } },
      mail: { keys: { SMTP_PASSWORD: provided("movedSmtp"), MAIL_TOKEN: provided("movedMail") } },
      sealed: { keys: { SIGNING_KEY: provided("movedSigning") } },
      mounted: { keys: { MOUNT_TOKEN: provided("movedMount") } },
    },
    deliveries: [
      { namespace, secretName: "hub", from: ["hub"] },
      { namespace, secretName: "web-auth", from: ["web"] },
      { namespace, secretName: "root", from: ["root"] },
      { namespace, secretName: "billing", from: ["billing"] },
      { namespace, secretName: "mail", from: ["mail"] },
      { namespace, secretName: "sealed", from: ["sealed"] },
      { namespace, secretName: "mounted", from: ["mounted"] },
    ],
  },
};

/** Secrets whose values are in a store: the catalogue gets them by the entries that the plan proposes. */
const referenced = ["billing", "mounted"];
const withoutReferenced: Catalogue = {
  [namespace]: {
    secrets: Object.fromEntries(
      Object.entries(catalogue[namespace]?.secrets ?? {}).filter(([name]) => !referenced.includes(name)),
    ),
    deliveries: (catalogue[namespace]?.deliveries ?? []).filter(({ secretName }) => !referenced.includes(secretName)),
  },
};

/** An application whose Secrets come from every kind of source. */
export class Scene {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** The one that was prepared in a folder, also by another process. */
  static in(folder: string): Scene {
    return new Scene(folder);
  }

  /** @param certificateFile that of the Sealed Secrets controller, which runs. */
  static async prepare(certificateFile: string): Promise<Scene> {
    const scene = new Scene(await mkdtemp(path.join(tmpdir(), "migrate-")));
    await writeSources(scene.folder, certificateFile);
    const { core } = await cluster();
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await kubectl("create", "secret", "generic", "hub", `--from-env-file=${scene.file("hub.env")}`);
    await kubectl("create", "secret", "generic", "root", `--from-env-file=${scene.file("root.env")}`);
    await scene.helm("install", "--values", scene.file("values.yaml"));
    await kubectl("apply", "--kustomize", scene.file("kustomize"));
    await kubectl("apply", "--filename", scene.file("sealed.yaml"));
    await eventually("the SealedSecret is unsealed", async () => (await readSecret(namespace, "sealed")) !== undefined);
    for (const [name, data] of Object.entries(vaultObjects))
      await vaultOk(`secret/data/${name}`, { method: "POST", body: { data } });
    await kubectl("apply", "--filename", scene.file("mounting.yaml"));
    const uid = (await kubectl("get", "replicaset", "mounting", "--output", "jsonpath={.metadata.uid}")).stdout;
    await core.createNamespacedSecret({ namespace, body: madeByDriver(uid) });
    await kubectl("create", "secret", "generic", "vault-token", `--from-file=token=${scene.file("token")}`);
    // An operator of today serves v1 alone; upgrading it turned the objects into that.
    await kubectl("apply", "--filename", scene.file("served.yaml"));
    await eventually("the ExternalSecret of before is ready", async () =>
      (await operatorObjects("externalsecrets")).some((each) => each.metadata.namespace === namespace && isReady(each)),
    );
    await open(scene.options());
    return scene;
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  async helm(...words: readonly string[]): Promise<void> {
    const [command = "", ...rest] = words;
    const { code, output } = await cli("helm", [command, "web", this.file("chart"), "-n", namespace, ...rest]);
    assert.equal(code, 0, output);
  }

  /** Sources as they are named, in its folder. */
  readonly sources = [
    ...[".env", "values.yaml", "legacy.yaml", "kustomize", "class.yaml", "sealed.yaml"],
    ...["root", "hub", "web-auth", "sealed"].map((name) => `live:${namespace}/${name}`),
  ];

  /** The stack, with the facts that the migration has set. */
  options(): StackOptions & { readonly stack: string } {
    const { stack, facts = {} } = tenantStack(namespace, [namespace]);
    const namespaces = facts["namespaces"] as Record<string, ConfigValue>;
    const own = { ...facts, namespaces: { ...namespaces, [namespace]: { cluster: "local", store: "vault" } } };
    return { stack, catalogue, demo: false, facts: merged(own, this.#facts()) };
  }

  /** Facts that the migration has set. In a file: it goes on in another process. */
  #facts(): Record<string, ConfigValue> {
    const file = this.file("facts.json");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, ConfigValue>) : {};
  }

  #setFacts(facts: Record<string, ConfigValue>): void {
    writeFileSync(this.file("facts.json.new"), JSON.stringify(facts));
    renameSync(this.file("facts.json.new"), this.file("facts.json"));
  }

  setFact(path: readonly string[], value: ConfigValue): void {
    this.#setFacts(merged(this.#facts(), nested(path, value)));
  }

  engine(): Engine {
    const { stack } = this.options();
    const tools = pulumiCli({
      root: path.join(connection().root, "project"),
      stack,
      command: connection().binaries.pulumi,
      environment: { ...process.env, ...connectionEnvironment(connection()) },
    });
    return {
      ...tools,
      setFact: ({ path, value }) => Promise.resolve(this.setFact(path, value)),
      removeFact: (path) => Promise.resolve(this.#removeFact(path)),
      // The program runs in this process, with the catalogue of this test.
      up: () => this.#up(),
    };
  }

  /** After a run that was killed as well: its lock goes, and what it was about to make is taken for its own. */
  async #up(): Promise<void> {
    const options = this.options();
    const stack = await open(options);
    await stack.cancel().catch(() => undefined);
    await recoverFromKill(stack);
    deployedStacks.set(options.stack, options);
    const { ok, errors, output } = await runOn(stack, "up");
    if (!ok) throw new EngineError(`pulumi up failed:\n${errors.join("\n")}\n${output.slice(-4000)}`);
  }

  #removeFact(path: readonly string[]): void {
    const facts = this.#facts();
    const parent = path
      .slice(0, -1)
      .reduce<ConfigValue | undefined>((at, name) => (at as Record<string, ConfigValue> | undefined)?.[name], facts);
    if (parent === undefined) return;
    delete (parent as Record<string, ConfigValue>)[path.at(-1) ?? ""];
    this.#setFacts(facts);
  }

  async plan(): Promise<MigrationPlan> {
    const reading = await readSources({
      sources: this.sources.map((each) => (each.startsWith("live:") ? each : this.file(each))),
      files: machineFiles,
      cluster: () => secretsOfCluster({ kubeconfig: connection().kubeconfig }),
      vault: () => assert.fail("no source is a Vault's"),
      selection: { only: new Map(), take: named(["auth.password=web-password"]), leave: new Set() },
    });
    const facts: PlanFacts = {
      stores: { vault: { kind: "vault-kv", address: connection().vaultAddress, mount: "secret" } },
      clusters: { local: {} },
      namespaces: { [namespace]: { cluster: "local", store: "vault" } },
    };
    const plan = planMigration({ environment: namespace, reading, catalogue: withoutReferenced, facts });
    // The entries that it proposes are those of this test's catalogue. Retired, the ExternalSecret is in no file.
    if (plan.secrets.some(({ name }) => name === "billing"))
      assert.match(plan.catalogue, /API_KEY: provided\("billingApiKey"\),\n {10}TOKEN: provided\("billingToken"\)/);
    assert.match(plan.catalogue, /MOUNT_TOKEN: provided\("mountedMountToken"\)/);
    return { ...plan, catalogue: "" };
  }

  async context(onStep: (text: string) => void): Promise<MigrationContext> {
    const reached = kubernetesCluster({ kubeconfig: connection().kubeconfig });
    return {
      plan: await this.plan(),
      sources: this.sources,
      engine: this.engine(),
      cluster: () => reached,
      journal: migrationJournalFile(this.folder, namespace),
      onStep,
    };
  }

  retiring({ cluster, journal }: MigrationContext): RetireContext {
    return {
      cluster,
      journal,
      files: machineFiles,
      sources: async () => ({ secrets: (await this.plan()).secrets, issues: [] }),
      revision: gitRevision,
      rewrite,
    };
  }

  async remove(): Promise<void> {
    await succeed("destroy", this.options());
    await cli("helm", ["uninstall", "web", "-n", namespace]);
    await (await cluster()).core.deleteNamespace({ name: namespace });
    for (const name of Object.keys(vaultObjects)) await vaultOk(`secret/metadata/${name}`, { method: "DELETE" });
    await rm(this.folder, { recursive: true });
  }
}

export async function kubectl(...words: readonly string[]): Promise<CliRun> {
  const run = await cli("kubectl", [...words, "-n", namespace]);
  assert.equal(run.code, 0, run.output);
  return run;
}

function nested(path: readonly string[], value: ConfigValue): Record<string, ConfigValue> {
  const [first = "", ...rest] = path;
  return { [first]: rest.length === 0 ? value : nested(rest, value) };
}

function merged(base: Record<string, ConfigValue>, top: Record<string, ConfigValue>): Record<string, ConfigValue> {
  const isMap = (value: ConfigValue | undefined): value is Record<string, ConfigValue> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const result = { ...base };
  for (const [key, value] of Object.entries(top)) {
    const below = result[key];
    result[key] = isMap(value) ? merged(isMap(below) ? below : {}, value) : value;
  }
  return result;
}
