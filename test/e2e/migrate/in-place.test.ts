import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { retirementText } from "../../../cli/text/retirement.ts";
import { ConfigError } from "../../../components/support/messages/errors.ts";
import type { MigrationReport } from "../../../operations/migrate/run/context.ts";
import { retire, type RetireChoice } from "../../../operations/migrate/retire/index.ts";
import { runMigration, type RunOptions } from "../../../operations/migrate/run/index.ts";
import { rollBack } from "../../../operations/migrate/run/rollback.ts";
import { typed } from "../support/cli.ts";
import { decode, readSecret } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { isReady, operatorObjects } from "../support/operator.ts";
import { startSealedSecrets, type SealedSecretsController } from "../support/sealed-secrets.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { succeed, transcripts } from "../support/stacks.ts";
import { runUntilKilled, type KilledRun } from "./killed.ts";
import { readAllTheTime, type Seen } from "./reader.ts";
import { kubectl, Scene } from "./scene.ts";
import { inUse, namespace } from "./sources.ts";

const canaries = Object.values(inUse).flatMap((values) => Object.values(values));

describe("Secrets of an application that are migrated", function () {
  // Each process that is killed loads the program again.
  this.timeout(900_000);
  let scene: Scene;
  let controller: SealedSecretsController;
  let reader: { readonly stop: () => Promise<Seen> };
  const said: string[] = [];

  before(async function () {
    this.timeout(0); // builds the controller the first time
    await deployShared();
    controller = await startSealedSecrets();
    scene = await Scene.prepare(controller.certificateFile);
  });
  after(async () => {
    await scene.remove();
    await controller.stop();
  });
  beforeEach(async () => {
    reader = await readAllTheTime(namespace, inUse);
  });
  afterEach(async () => {
    const { reads, gaps } = await reader.stop();
    assert.deepEqual(gaps, []);
    assert.ok(reads > 0);
  });

  async function attempt(options: RunOptions = {}): Promise<MigrationReport> {
    return runMigration(await scene.context((text) => said.push(text)), options);
  }

  const journalText = () => readFile(scene.file(`.secrets/migration.${namespace}.json`), "utf8");

  /** A process of its own that is killed at a step, with what the journal says afterwards. */
  async function dies(at: RegExp, what: KilledRun["what"] = "run"): Promise<readonly string[]> {
    const { code, output } = await runUntilKilled(scene, { what, at });
    assert.equal(code, null, output);
    const journal = await journalText();
    said.push(journal);
    return (JSON.parse(journal) as { readonly done: readonly string[] }).done;
  }

  const found = async () =>
    (await operatorObjects("externalsecrets")).filter(({ metadata }) => metadata.namespace === namespace);
  const owned = async () =>
    (await found()).map((each) => `${each.metadata.name}${isReady(each) ? "" : " not ready"}`).sort();
  const exists = async (name: string) => (await found()).some(({ metadata }) => metadata.name === name);
  const ending = async (choice: RetireChoice) => retire(scene.retiring(await scene.context(() => undefined)), choice);

  it("are delivered beside those in use, killed in every phase, and proved equal", async () => {
    assert.deepEqual(await dies(/^setting movedWeb/), []);
    // In the middle of the engine's run.
    await runUntilKilled(scene, { what: "run", when: () => exists("hub-beside") });
    assert.deepEqual(await dies(/^store$/), ["install"]);
    assert.deepEqual(await dies(/^beside$/), ["install", "store"]);
    assert.deepEqual(await dies(/^prove$/), ["install", "store", "beside"]);
    const { done, proofs } = await attempt({ until: "prove" });
    assert.deepEqual(done, ["install", "store", "beside", "prove"]);
    assert.deepEqual(proofs.map(({ secret, key, result }) => `${secret} ${key}: ${result}`).sort(), [
      "moved/billing API_KEY: equal",
      "moved/billing TOKEN: equal",
      "moved/hub HF_TOKEN: equal",
      "moved/mail MAIL_TOKEN: equal",
      "moved/mail SMTP_PASSWORD: equal",
      "moved/mounted MOUNT_TOKEN: equal",
      "moved/root rootPassword: equal",
      "moved/sealed SIGNING_KEY: equal",
      "moved/web-auth web-password: equal",
    ]);
    const beside = ["billing", "hub", "mail", "mounted", "sealed", "web-auth"].map((name) => `${name}-beside`);
    assert.deepEqual(await owned(), ["billing", "root", ...beside].sort());
  });

  it("are taken over in place, killed in between", async () => {
    await dies(/^switch$/);
    await dies(/lets go of Secret/);
    await runUntilKilled(scene, { what: "run", when: () => exists("hub") });
    // The engine is done, and nobody noted it.
    assert.deepEqual(await dies(/^comparing what was taken over/), ["install", "store", "beside", "prove"]);
    const { done, retire: left } = await attempt();
    assert.deepEqual(done, ["install", "store", "beside", "prove", "switch"]);
    assert.deepEqual(await owned(), Object.keys(inUse).sort());
    assert.deepEqual(
      left
        .map((line) => line.replaceAll(`${scene.folder}/`, ""))
        .filter((line) => /^(?:\.env|values|class|sealed|Secret)/.test(line))
        .sort(),
      [
        ".env, line 3: remove the value of HF_TOKEN (an .env file; whoever runs the application locally may still need the line)",
        "SecretStore moved/vault-backend: remove it when no ExternalSecret uses it any more, with its role in the store",
        "class.yaml, line 14, column 7: remove this SecretProviderClass once no Pod mounts it",
        "sealed.yaml, line 1, column 1: remove this SealedSecret; it no longer owns Secret moved/sealed",
        "values.yaml, line 3, column 13: remove the value of web-password (Helm values: name the Secret in the chart instead, such as existingSecret)",
      ],
    );
    for (const name of Object.keys(inUse)) {
      const owners = ((await readSecret(namespace, name))?.metadata?.ownerReferences ?? []).map(({ kind }) => kind);
      // The driver's, as long as Pods mount the class.
      assert.deepEqual(owners, name === "mounted" ? ["ReplicaSet"] : [], name);
      assert.equal(await readSecret(namespace, `${name}-beside`), undefined);
    }
  });

  it("are given back, killed in between, to the ExternalSecret that was there before as well", async () => {
    await dies(/^Secret moved\/mail is left/, "rollback");
    await dies(/^pulumi up, beside/, "rollback");
    await dies(/is made again$/, "rollback");
    await rollBack(await scene.context(() => undefined));
    // The ExternalSecret of before is made again, and Ready once the operator has looked at it.
    await eventually("the ExternalSecret of before is Ready", async () => (await owned()).includes("billing"));
    const beside = Object.keys(inUse).map((name) => `${name}-beside`);
    assert.deepEqual(await owned(), ["billing", ...beside].sort());
    await eventually("the ExternalSecret of before owns its Secret again", async () => {
      const { metadata } = (await readSecret(namespace, "billing")) ?? {};
      return metadata?.ownerReferences?.some(({ kind }) => kind === "ExternalSecret") === true;
    });
  });

  it("are migrated again to the end, and outlive what made them", async () => {
    await attempt();
    let fix = "";
    await assert.rejects(ending("write"), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(
        error.issues.map(({ path, problem }) => `${path}: ${problem}`),
        ["Secret moved/mounted: is owned by ReplicaSet mounting, and is deleted with it"],
      );
      fix = error.issues[0]?.fix?.replace(/^.*: (?=kubectl)/, "") ?? "";
      return true;
    });
    // What it says works when typed.
    const { code, output } = await typed(fix, namespace);
    assert.equal(code, 0, output);
    const ended = await ending("write");
    said.push(retirementText(ended));
    assert.deepEqual(
      ended.files.flatMap(({ file, parts }) =>
        parts.map(({ what }) => `${file.replace(`${scene.folder}/`, "")}: ${what}`),
      ),
      [
        ".env: HF_TOKEN of Secret moved/hub",
        "values.yaml: web-password of Secret moved/web-auth",
        "legacy.yaml: ExternalSecret for Secret moved/billing",
        "kustomize/kustomization.yaml: secretGenerator for Secret moved/mail",
        "kustomize/mail.env: MAIL_TOKEN of Secret moved/mail",
      ],
    );
    const text = async (name: string) => readFile(scene.file(name), "utf8");
    assert.equal(await text(".env"), "# of the hub\nPORT=8080\n");
    assert.equal(await text("values.yaml"), "color: blue # ours\n");
    // What made each of them before goes.
    await scene.helm("upgrade", "--values", scene.file("values.yaml"));
    await kubectl("apply", "--kustomize", scene.file("kustomize"));
    await kubectl("delete", "--filename", scene.file("sealed.yaml"));
    await kubectl("delete", "secretstore", "vault-backend");
    await kubectl("delete", "replicaset", "mounting");
    await succeed("up", scene.options());
    const web = await readSecret(namespace, "web-auth");
    assert.equal(decode(web ?? {})["web-password"], inUse["web-auth"]?.["web-password"]);
  });

  it("leave again, as plain Secrets", async () => {
    const plain = ["hub", "web-auth", "root", "mail", "sealed"];
    for (const name of plain) scene.setFact(["namespaces", namespace, "secrets", name, "via"], "plain");
    await succeed("up", scene.options());
    assert.deepEqual(await owned(), ["billing", "mounted"]);
    for (const name of plain) assert.deepEqual(decode((await readSecret(namespace, name)) ?? {}), inUse[name], name);
  });

  it("show no value in anything that was printed, and none in the journal", () => {
    const texts = [...said, ...transcripts.map(({ text }) => text)];
    assert.ok(said.some((text) => text.includes('"version": 1')));
    assert.deepEqual(
      canaries.filter((canary) => texts.some((text) => text.includes(canary))),
      [],
    );
  });
});
