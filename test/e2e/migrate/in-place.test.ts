import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { retire } from "../../../operations/migrate/retire/index.ts";
import type { MigrationReport } from "../../../operations/migrate/run/context.ts";
import { runMigration, type RunOptions } from "../../../operations/migrate/run/index.ts";
import { rollBack } from "../../../operations/migrate/run/rollback.ts";
import { decode, readSecret } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { isReady, operatorObjects } from "../support/operator.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { succeed, transcripts } from "../support/stacks.ts";
import { readAllTheTime, type Seen } from "./reader.ts";
import { inUse, namespace, Scene } from "./scene.ts";

const canaries = Object.values(inUse).flatMap((values) => Object.values(values));
const killed = new Error("killed");

describe("Secrets of an application that are migrated", () => {
  let scene: Scene;
  let reader: { readonly stop: () => Promise<Seen> };
  const said: string[] = [];

  before(async () => {
    await deployShared();
    scene = await Scene.prepare();
  });
  after(() => scene.remove());
  beforeEach(async () => {
    reader = await readAllTheTime(namespace, inUse);
  });
  afterEach(async () => {
    const { reads, gaps } = await reader.stop();
    assert.deepEqual(gaps, []);
    assert.ok(reads > 0);
  });

  /** Runs the migration in one go, or until a step whose words match, where it is killed. */
  async function attempt(options: RunOptions = {}, killedAt?: RegExp): Promise<MigrationReport> {
    const context = await scene.context((text) => {
      said.push(text);
      if (killedAt?.test(text) === true) throw killed;
    });
    return runMigration(context, options);
  }

  const dies = (at: RegExp) => assert.rejects(attempt({}, at), (error: unknown) => error === killed);
  const owned = async () =>
    (await operatorObjects("externalsecrets"))
      .filter(({ metadata }) => metadata.namespace === namespace)
      .map((each) => `${each.metadata.name}${isReady(each) ? "" : " not ready"}`)
      .sort();

  it("are delivered beside those in use, killed before and after, and proved equal", async () => {
    await dies(/^setting movedWeb/);
    await dies(/^pulumi up, beside/);
    await dies(/^store$/);
    await dies(/^prove$/);
    const { done, proofs } = await attempt({ until: "prove" });
    assert.deepEqual(done, ["install", "store", "beside", "prove"]);
    assert.deepEqual(proofs.map(({ secret, key, result }) => `${secret} ${key}: ${result}`).sort(), [
      "moved/billing API_KEY: equal",
      "moved/billing TOKEN: equal",
      "moved/hub HF_TOKEN: equal",
      "moved/root rootPassword: equal",
      "moved/web-auth web-password: equal",
    ]);
    assert.deepEqual(await owned(), ["billing", "billing-beside", "hub-beside", "root", "web-auth-beside"]);
  });

  it("are taken over in place, killed in between", async () => {
    await dies(/lets go of Secret/);
    await dies(/^pulumi up, which takes/);
    // The engine is done, and nobody noted it.
    await dies(/^comparing what was taken over/);
    const { done, retire: left } = await attempt();
    assert.deepEqual(done, ["install", "store", "beside", "prove", "switch"]);
    assert.deepEqual(await owned(), ["billing", "hub", "root", "web-auth"]);
    assert.deepEqual(
      left
        .map((line) => line.replaceAll(`${scene.folder}/`, ""))
        .filter((line) => /^(?:\.env|values|Secret)/.test(line))
        .sort(),
      [
        "values.yaml, line 2, column 13: remove the value of web-password (Helm values: name the Secret in the chart instead, such as existingSecret)",
        ".env, line 1: remove the value of HF_TOKEN (an .env file; whoever runs the application locally may still need the line)",
        "SecretStore moved/vault-backend: remove it when no ExternalSecret uses it any more, with its role in the store",
      ].sort(),
    );
    for (const name of Object.keys(inUse)) {
      assert.deepEqual((await readSecret(namespace, name))?.metadata?.ownerReferences, undefined, name);
      assert.equal(await readSecret(namespace, `${name}-beside`), undefined);
    }
  });

  it("are given back, to the ExternalSecret that was there before as well", async () => {
    const context = await scene.context(() => undefined);
    await rollBack(context);
    // The ExternalSecret of before is made again, and Ready once the operator has looked at it.
    await eventually("the ExternalSecret of before is Ready", async () => (await owned()).includes("billing"));
    assert.deepEqual(await owned(), ["billing", "billing-beside", "hub-beside", "root-beside", "web-auth-beside"]);
    await eventually("the ExternalSecret of before owns its Secret again", async () => {
      const { metadata } = (await readSecret(namespace, "billing")) ?? {};
      return metadata?.ownerReferences?.some(({ kind }) => kind === "ExternalSecret") === true;
    });
  });

  it("are migrated again to the end, and outlive what made them", async () => {
    await attempt();
    const context = await scene.context(() => undefined);
    await retire(scene.retiring(context), "write");
    // The chart no longer has the value, and with it not the Secret.
    await scene.helm("upgrade");
    await succeed("up", scene.options());
    const found = await readSecret(namespace, "web-auth");
    assert.equal(decode(found ?? {})["web-password"], inUse["web-auth"]?.["web-password"]);
  });

  it("leave again, as plain Secrets", async () => {
    for (const name of ["hub", "web-auth", "root"])
      scene.setFact(["namespaces", namespace, "secrets", name, "via"], "plain");
    await succeed("up", scene.options());
    assert.deepEqual(await owned(), ["billing"]);
    assert.deepEqual(decode((await readSecret(namespace, "root")) ?? {}), inUse["root"]);
  });

  it("show no value in anything that was printed, and none in the journal", async () => {
    await dies(/^pulumi up, beside/);
    const journal = await readFile(scene.file(`.secrets/migration.${namespace}.json`), "utf8");
    const texts = [journal, ...said, ...transcripts.map(({ text }) => text)];
    assert.deepEqual(
      canaries.filter((canary) => texts.some((text) => text.includes(canary))),
      [],
    );
  });
});
