import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { doctorText } from "../../cli/text/doctor.ts";
import { reportSchema, type Report } from "../../operations/doctor/report.ts";
import { password } from "../../components/values/recipe.ts";
import { environment } from "../support/fixtures.ts";
import { diagnose, minutesAgo, the } from "../operations/doctor/scene.ts";
import { root as projectRoot } from "../support/project.ts";
import { secrets } from "./command-line.ts";

describe("npx secrets doctor", () => {
  let root = "";
  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), "doctor-"));
    await writeFile(path.join(root, "Pulumi.yaml"), stringify({ name: "multicloud-secrets", runtime: "nodejs" }));
    const facts = {
      platform: "acme",
      created: "2026-01-31",
      stores: { vault: { kind: "vault-kv", address: "https://vault.example:8200" } },
      clusters: {
        main: { flavour: "kubeconfig", kubeconfig: "nowhere/config", externalSecrets: { version: "2.9.0" } },
      },
      namespaces: Object.fromEntries(
        [
          "mlflow",
          "minio",
          "private-ai-demo",
          "argocd",
          "grafana",
          "model-server",
          "rhoai-model-registries",
          "deparrow",
        ].map((name) => [name, { cluster: "main", store: "vault" }]),
      ),
    };
    const config = Object.entries(facts).map(([key, value]) => [`multicloud-secrets:${key}`, value]);
    await writeFile(path.join(root, "Pulumi.dev.yaml"), stringify({ config: Object.fromEntries(config) as object }));
  });
  after(() => rm(root, { recursive: true }));

  it("says of a cluster that does not answer that nothing is known, with exit code 1", async () => {
    const { code, stdout, stderr } = await secrets(
      "doctor",
      "mlflow/mlflow-db-secret",
      "--stack",
      "dev",
      "--root",
      root,
    );
    assert.deepEqual({ code, stderr }, { code: 1, stderr: "" });
    assert.equal(
      stdout,
      [
        "dev: Secret mlflow/mlflow-db-secret in cluster main is unknown.",
        "",
        "┌─────────┬───────────┬──────┐",
        "│ link    │ state     │ seen │",
        "├─────────┼───────────┼──────┤",
        "│ cluster │ unchecked │      │",
        "└─────────┴───────────┴──────┘",
        "",
        "Not checked:",
        `  cluster: cluster main: ENOENT: no such file or directory, open '${root}/nowhere/config'; check its kubeconfig and context: kubectl --kubeconfig nowhere/config config get-contexts`,
        "",
      ].join("\n"),
    );
  });

  it("takes an environment as its target, and prints JSON by its schema", async () => {
    const { code, stdout } = await secrets("doctor", "dev", "--root", root, "--json");
    assert.equal(code, 1);
    const report = reportSchema.parse(JSON.parse(stdout));
    assert.equal(report.secrets.length, 13);
    assert.ok(report.secrets.every(({ verdict }) => verdict === "unknown"));
  });

  it("refuses a target that is not there, and a stack without a file", async () => {
    const { code, stdout, stderr } = await secrets("doctor", "mlflw", "--stack", "dev", "--root", root);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, /^Environment dev delivers nothing to a namespace "mlflw"; did you mean mlflow\? there are /);
    const unknown = await secrets("doctor", "--stack", "prd", "--root", root);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /Pulumi\.prd\.yaml: does not exist; there is dev/);
  });
});

describe("what the doctor prints", () => {
  const lines = (report: Report) => doctorText(report).split("\n");

  it("is the chain of one Secret, with what was seen", async () => {
    const text = lines(await diagnose());
    assert.equal(text[0], "test: Secret shop/shop-db in cluster main is sound.");
    assert.ok(text.some((line) => /│ store +│ sound +│ SecretStore shop\/secrets-reader is Ready +│/.test(line)));
    assert.ok(text.some((line) => /│ delivery +│ sound +│/.test(line)));
    assert.equal(text.at(-2)?.startsWith("└"), true);
  });

  it("is the first broken link with its fix, then what follows in a line each", async () => {
    const report = await diagnose((world) => {
      world.objects.SecretStore = [];
      world.objects.Secret = [];
      the(world, "CustomResourceDefinition").status = { storedVersions: ["v1beta1"] };
      world.refused.add("EndpointSlice");
    });
    const text = lines(report);
    assert.equal(text[0], "test: Secret shop/shop-db in cluster main is broken (first broken link: store).");
    assert.deepEqual(text.slice(text.findIndex((line) => line.startsWith("└")) + 2), [
      "store: SecretStore shop/secrets-reader does not exist",
      "  fix: pulumi up --refresh --stack test",
      "",
      "operator (warning): CustomResourceDefinition externalsecrets.external-secrets.io still lists v1beta1 among its stored versions, which keeps a newer chart from being installed",
      `  fix: once every ExternalSecret was written again as v1: kubectl patch crd externalsecrets.external-secrets.io --subresource=status --type=merge -p '{"status":{"storedVersions":["v1"]}}'`,
      "",
      "Probably because of that:",
      "  Secret shop/shop-db does not exist",
      "",
      "Not checked:",
      "  operator: the endpoints of Service external-secrets/external-secrets-webhook: EndpointSlice is forbidden",
      "",
    ]);
  });

  it("is a line for each of several Secrets, and each problem once", async () => {
    const spec = environment({
      catalogue: {
        shop: {
          secrets: { db: { keys: { password: password() } } },
          deliveries: ["one", "other"].map((secretName) => ({ namespace: "shop", secretName, from: ["db"] })),
        },
      },
    });
    const synced = (name: string) => ({
      metadata: { name, namespace: "shop" },
      spec: { refreshInterval: "1h0m0s" },
      status: { conditions: [{ type: "Ready", status: "True" }], refreshTime: minutesAgo(1) },
    });
    const report = await diagnose(
      (world) => {
        world.objects.ExternalSecret = [synced("one"), synced("other")];
        world.objects.Secret = [
          { metadata: { name: "one", namespace: "shop" }, keys: ["password"], emptyKeys: [] },
          { metadata: { name: "other", namespace: "shop" }, keys: [], emptyKeys: [] },
        ];
        world.objects.Pod = [];
        world.objects.Deployment = (world.objects.Deployment ?? []).filter(
          ({ metadata }) => metadata?.namespace !== "shop",
        );
      },
      { spec },
    );
    const text = doctorText(report);
    assert.equal(
      text,
      [
        "test: 2 Secrets: 1 broken, 1 sound.",
        "",
        "┌─────────┬────────────┬────────┬────────┐",
        "│ cluster │ Secret     │ state  │ links  │",
        "├─────────┼────────────┼────────┼────────┤",
        "│ main    │ shop/one   │ sound  │        │",
        "│ main    │ shop/other │ broken │ Secret │",
        "└─────────┴────────────┴────────┴────────┘",
        "",
        "Secret: Secret shop/other lacks key password",
        "  fix: kubectl -n shop annotate externalsecret other sync-now=$(date +%s) --overwrite",
        "  Secrets: shop/other",
        "",
      ].join("\n"),
    );
  });

  it("is what docs/doctor.md shows", async () => {
    const notReady = (reason: string, message: string) => ({
      conditions: [{ type: "Ready", status: "False", reason, message }],
    });
    const report = await diagnose((world) => {
      the(world, "SecretStore").status = notReady(
        "InvalidProviderConfig",
        "dial tcp 10.0.0.7:8200: connect: connection refused",
      );
      the(world, "ExternalSecret").status = notReady("SecretSyncedError", 'SecretStore "secrets-reader" is not ready');
    });
    const page = await readFile(path.join(projectRoot, "docs/doctor.md"), "utf8");
    assert.ok(page.includes(`\`\`\`\n${doctorText(report)}\`\`\``), doctorText(report));
  });

  it("shows no control character that an object brings", async () => {
    const report = await diagnose(
      (world) =>
        (the(world, "SecretStore").status = {
          conditions: [{ type: "Ready", status: "False", reason: "x", message: "\u001b[31m\n::error::" }],
        }),
    );
    const text = doctorText(report);
    assert.ok(!text.includes("\u001b") && !/^::/m.test(text));
  });
});
