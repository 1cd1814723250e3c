import assert from "node:assert/strict";
import { retirementText } from "../../../cli/text/retirement.ts";
import { ConfigError } from "../../../components/support/messages/errors.ts";
import { planMigration } from "../../../operations/migrate/plan/index.ts";
import { retire, type RetireChoice } from "../../../operations/migrate/retire/index.ts";
import type { Revision } from "../../../operations/migrate/retire/model.ts";
import { provided } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { named } from "../../../operations/migrate/selection.ts";
import { canary, filesOf, read } from "./reading.ts";
import { Simulated } from "./simulated.ts";

const value = (name: string) => `${canary}-${name}`;
const base64 = (name: string) => Buffer.from(value(name)).toString("base64");

const before = {
  ".env": `# the application's\nPORT=8080\nAPI_KEY=${value("api")}\nSIGNING_KEY="${value("one")}\n${value("two")}"\nNAME=shop\n`,
  "values.yaml": `image: shop # ours\nauth:\n  # by hand\n  password: ${value("auth")}\nenv:\n  - name: LOG\n    value: info\n  - name: DB_PASSWORD\n    value: ${value("db")}\n`,
  "overlay/kustomization.yaml": `resources: [deployment.yaml]\nsecretGenerator:\n  - name: mail\n    namespace: shop\n    literals: [MAIL_TOKEN=${value("mail")}]\n    envs: [mail.env]\n  - name: other # stays\n    namespace: shop\n    literals:\n      - A_KEY=${value("other")}\n`,
  "overlay/mail.env": `# mail\nMAIL_KEY=${value("mailkey")}\n`,
  "overlay/deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: mail}\n",
  "objects.yaml": `apiVersion: v1\nkind: Secret\nmetadata: {name: root, namespace: shop}\ndata:\n  PASSWORD: ${base64("root")}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\n---\napiVersion: external-secrets.io/v1beta1\nkind: ExternalSecret\nmetadata: {name: billing, namespace: shop}\nspec:\n  secretStoreRef: {name: vault}\n  data: [{secretKey: TOKEN, remoteRef: {key: billing, property: TOKEN}}]\n`,
  "root.yaml": `apiVersion: v1\nkind: Secret\nmetadata: {name: root, namespace: shop}\nstringData: {PASSWORD: ${value("root")}}\n`,
};
type Contents = Record<string, string>;

const catalogue: Catalogue = {
  shop: {
    secrets: {
      env: {
        keys: {
          API_KEY: provided("shopApi"),
          SIGNING_KEY: provided("shopCert"),
          "auth.password": provided("shopAuth"),
          DB_PASSWORD: provided("shopDb"),
        },
      },
      mail: { keys: { MAIL_TOKEN: provided("shopMailToken"), MAIL_KEY: provided("shopMailKey") } },
      root: { keys: { PASSWORD: provided("shopRoot") } },
      billing: { keys: { TOKEN: provided("shopBilling") } },
    },
    deliveries: ["env", "mail", "root", "billing"].map((name) => ({
      namespace: "shop",
      secretName: name,
      from: [name],
    })),
  },
};
const held: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  env: {
    API_KEY: value("api"),
    SIGNING_KEY: `${value("one")}\n${value("two")}`,
    "auth.password": value("auth"),
    DB_PASSWORD: value("db"),
  },
  mail: { MAIL_TOKEN: value("mail"), MAIL_KEY: value("mailkey") },
  root: { PASSWORD: value("root") },
  billing: { TOKEN: value("token") },
};
const annotations = { "multicloud-secrets/stack": "multicloud-secrets/dev" };
const sources = Object.keys(before).filter((file) => !/overlay\/[md]/.test(file));

class World {
  readonly simulated = new Simulated([]);
  readonly contents: Contents = { ...before };
  readonly revisions: Record<string, Revision> = {};

  static async switched(): Promise<World> {
    const world = new World();
    for (const [name, values] of Object.entries(held))
      world.simulated.secrets.set(`shop/${name}`, { values: { ...values }, annotations });
    await world.simulated.journal.write({
      version: 1,
      environment: "dev",
      sources,
      secrets: Object.entries(held).map(([name, values]) => ({
        namespace: "shop",
        name,
        mode: "beside" as const,
        takeover: "adopt" as const,
        keys: Object.keys(values),
      })),
      facts: [],
      done: ["install", "store", "beside", "prove", "switch"],
    });
    return world;
  }

  retire(choice: RetireChoice) {
    const { simulated, contents, revisions } = this;
    return retire(
      {
        cluster: () => Promise.resolve(simulated.cluster),
        journal: simulated.journal,
        files: { ...filesOf(contents), read: (file) => filesOf(contents).read(file) },
        revision: (file) => Promise.resolve(revisions[file] ?? "committed"),
        rewrite: (file, text) => {
          contents[file] = text;
          return Promise.resolve();
        },
        sources: async () => {
          const selection = {
            only: new Map<string, string>(),
            take: named(["auth.password"]),
            leave: new Set<string>(),
          };
          const reading = await read(contents, { sources, selection });
          const facts = {
            stores: {},
            clusters: { main: {} },
            namespaces: { shop: { cluster: "main", store: "vault" } },
          };
          return {
            secrets: planMigration({ environment: "dev", reading, catalogue, facts }).secrets,
            issues: reading.issues,
          };
        },
      },
      choice,
    );
  }

  async refused(choice: RetireChoice): Promise<readonly string[]> {
    const journal = this.simulated.journalText;
    const contents = { ...this.contents };
    let problems: readonly string[] = [];
    await assert.rejects(this.retire(choice), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.ok(!error.message.includes(canary));
      problems = error.issues.map(({ path, problem }) => `${path}: ${problem}`);
      return true;
    });
    assert.deepEqual([this.simulated.journalText, this.contents], [journal, contents], "something was changed");
    return problems;
  }
}

describe("a migration that is retired", () => {
  it("shows what is obsolete in files, without a value, and changes nothing", async () => {
    const world = await World.switched();
    world.revisions[".env"] = "untracked";
    const text = retirementText(await world.retire("look"));
    assert.ok(!text.includes(canary) && !text.includes(base64("root").slice(0, 8)));
    assert.equal(
      text,
      `Obsolete in files. Nothing was changed.

.env
  @@ line 3: API_KEY of Secret shop/env
  - API_KEY=…
  @@ lines 4 to 5: SIGNING_KEY of Secret shop/env
  - SIGNING_KEY=… (2 lines)

values.yaml
  @@ line 4: auth.password of Secret shop/env
  -   password: …
    (have the chart read the Secret by its name, such as existingSecret, before it is rolled out)
  @@ lines 8 to 9: DB_PASSWORD of Secret shop/env
  -   - name: …
  -     value: …
    (have the chart read the Secret by its name, such as existingSecret, before it is rolled out)

overlay/kustomization.yaml
  @@ lines 3 to 6: secretGenerator for Secret shop/mail
  -   - name: …
  -     namespace: …
  -     literals: …
  -     envs: …
    (where a tool prunes what is no longer in the files, see that it leaves the Secret)

overlay/mail.env
  @@ line 2: MAIL_KEY of Secret shop/mail
  - MAIL_KEY=…

objects.yaml
  @@ lines 1 to 5: Secret shop/root
  - apiVersion: …
  - kind: …
  - metadata: …
  - data:
  -   PASSWORD: …
    (where a tool prunes what is no longer in the files, see that it leaves the Secret)
  @@ lines 11 to 16: ExternalSecret for Secret shop/billing
  - apiVersion: …
  - kind: …
  - metadata: …
  - spec:
  -   secretStoreRef: …
  -   data: …

What is not in git can't be brought back:
  .env

What was committed stays in the history of git: rotate what others may have read there:
  values.yaml
  overlay/kustomization.yaml
  overlay/mail.env
  objects.yaml

For people:
  root.yaml: has nothing else than Secret shop/root: git rm root.yaml, and take it out of what names it (resources of a kustomization)

To take it out:        npx secrets migrate retire --write --stack dev
To leave it, and end:  npx secrets migrate retire --keep --stack dev
To take it all back:   npx secrets migrate rollback --stack dev
`,
    );
    assert.deepEqual(world.contents, before);
    assert.notEqual(world.simulated.journalText, "");
  });

  it("takes it out with everything else left as it is, and ends", async () => {
    const world = await World.switched();
    const { isEnded, isWritten } = await world.retire("write");
    assert.deepEqual([isEnded, isWritten, world.simulated.journalText], [true, true, ""]);
    assert.deepEqual(world.contents, {
      ...before,
      ".env": "# the application's\nPORT=8080\nNAME=shop\n",
      "values.yaml": "image: shop # ours\nenv:\n  - name: LOG\n    value: info\n",
      "overlay/kustomization.yaml": before["overlay/kustomization.yaml"].replace(
        / {2}- name: mail[^]*mail\.env\]\n/,
        "",
      ),
      "overlay/mail.env": "# mail\n",
      "objects.yaml": "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\n",
    });
  });

  it("is finished by running again where it was killed between two files", async () => {
    const world = await World.switched();
    const whole = await World.switched();
    await whole.retire("write");
    world.contents[".env"] = whole.contents[".env"] ?? "";
    await world.retire("write");
    assert.deepEqual(world.contents, whole.contents);
  });

  it("ends with files as they are where people choose that, and by itself where they hold nothing", async () => {
    const kept = await World.switched();
    assert.deepEqual([(await kept.retire("keep")).isEnded, kept.contents], [true, before]);
    const done = await World.switched();
    for (const [file, text] of Object.entries({
      ".env": "",
      "values.yaml": "a: 1\n",
      "objects.yaml": "",
      "root.yaml": "",
    }))
      done.contents[file] = text;
    done.contents["overlay/kustomization.yaml"] = "resources: []\n";
    done.contents["overlay/mail.env"] = "";
    assert.equal((await done.retire("dry-run")).isEnded, false);
    const found = await done.retire("look");
    assert.deepEqual([found.isEnded, found.files, done.simulated.journalText], [true, [], ""]);
    assert.equal(
      retirementText(found),
      "Nothing of the migration into environment dev is left in files.\n\nThe migration into environment dev is retired: 4 Secrets are this project's.\n",
    );
  });

  it("is refused where a Secret is not ours, or its value is not the one in the file", async () => {
    const world = await World.switched();
    const { secrets } = world.simulated;
    secrets.delete("shop/mail");
    const root = secrets.get("shop/root");
    if (root !== undefined) root.annotations = { "multicloud-secrets/stack": "multicloud-secrets/prod" };
    const env = secrets.get("shop/env");
    if (env !== undefined) env.values["API_KEY"] = `${canary}-rotated`;
    delete env?.values["DB_PASSWORD"];
    for (const choice of ["look", "write", "keep"] as const) {
      assert.deepEqual(await world.refused(choice), [
        "Secret shop/env: lacks DB_PASSWORD",
        ".env, line 3: has another value of API_KEY than Secret shop/env in use",
        "Secret shop/mail: does not exist, so its sources are all that there is",
        "Secret shop/root: is not delivered by environment dev",
      ]);
    }
  });

  it("is refused where somebody else writes the Secret, or would delete it with its manifest", async () => {
    const world = await World.switched();
    world.simulated.externalSecrets.set("shop/billing", { labels: {}, annotations: {}, spec: {} });
    const mail = world.simulated.secrets.get("shop/mail");
    if (mail !== undefined) mail.labels = { "kustomize.toolkit.fluxcd.io/name": "shop" };
    const env = world.simulated.secrets.get("shop/env");
    if (env !== undefined) env.owners = [{ kind: "ReplicaSet", name: "web-5f" }];
    const billing = world.simulated.secrets.get("shop/billing");
    if (billing !== undefined) billing.owners = [{ kind: "ExternalSecret", name: "billing" }];
    const root = world.simulated.secrets.get("shop/root");
    if (root !== undefined)
      root.annotations = {
        ...annotations,
        "argocd.argoproj.io/tracking-id": "shop",
        "argocd.argoproj.io/sync-options": "Prune=false",
      };
    assert.deepEqual(await world.refused("write"), [
      "Secret shop/env: is owned by ReplicaSet web-5f, and is deleted with it",
      "Secret shop/mail: belongs to Flux, which deletes it when overlay/kustomization.yaml, line 3, column 5 no longer has it",
      "Secret shop/billing: is written by ExternalSecret billing as well",
    ]);
  });

  it("is refused where a file has changes that are not committed", async () => {
    const world = await World.switched();
    world.revisions["values.yaml"] = "changed";
    assert.deepEqual(await world.refused("write"), [
      "values.yaml: has changes that are not committed, and auth.password of Secret shop/env, DB_PASSWORD of Secret shop/env would go from it",
    ]);
    assert.equal((await world.retire("look")).files.find(({ file }) => file === "values.yaml")?.revision, "changed");
  });

  it("leaves to people what it can't take out without changing the rest", async () => {
    const world = await World.switched();
    world.contents["values.yaml"] = `auth: {password: &p ${value("auth")}}\nother: *p\n`;
    const { files, people } = await world.retire("look");
    assert.ok(!files.some(({ file }) => file === "values.yaml"));
    assert.ok(
      people.includes(
        "values.yaml, line 1, column 21: remove the value of auth.password (Helm values: name the Secret in the chart instead, such as existingSecret)",
      ),
      people.join("\n"),
    );
  });

  it("can't be read where a source can't", async () => {
    const world = await World.switched();
    world.contents["values.yaml"] = "a: [\n";
    assert.equal((await world.refused("write")).length, 1);
  });
});
