import assert from "node:assert/strict";
import { staticCredentialKeys } from "../../components/backends/identities.ts";
import { catalogue } from "../../stacks/environments/catalogue.ts";
import { factKeys } from "../../stacks/config/schema/index.ts";
import { environments } from "../../stacks/environments/index.ts";
import { secretNames } from "../../stacks/config/secret-names.ts";
import { sandbox } from "../../stacks/environments/sandbox.ts";
import { resolveEnvironment } from "../../stacks/config/resolve/environment.ts";
import { deliveriesIn } from "../support/fixtures.ts";
import { projectFile, stackFacts } from "../support/project.ts";

/** What the applications read, from the project's requirements: `<namespace>/<Secret>` and its keys. */
const required: Readonly<Record<string, readonly string[]>> = {
  "mlflow/mlflow-db-secret": ["password"],
  "mlflow/mlflow-tracking": ["password"],
  "minio/minio-root": ["rootUser", "rootPassword"],
  "private-ai-demo/minio-credentials": ["accesskey", "secretkey"],
  "private-ai-demo/huggingface-token": ["HF_TOKEN"],
  "argocd/argocd-secret": ["admin.password", "admin.passwordMtime"],
  "grafana/grafana-admin": ["admin-user", "admin-password"],
  "model-server/ml-model-admin-token": ["ADMIN_API_TOKEN"],
  "model-server/ml-model-mlflow-credentials": ["MLFLOW_TRACKING_PASSWORD"],
  "rhoai-model-registries/registry-db-secrets": ["MYSQL_ROOT_PASSWORD", "MYSQL_USER_NAME"],
  "deparrow/deparrow-secrets": [
    "JWT_SECRET",
    "SECRET_KEY",
    "POSTGRES_PASSWORD",
    "POSTGRES_REPLICATION_PASSWORD",
    "REDIS_PASSWORD",
    "GRAFANA_ADMIN_USER",
    "GRAFANA_ADMIN_PASSWORD",
    "ANTHROPIC_API_KEY",
    "OPENAI_API_KEY",
  ],
  "deparrow/postgres-credentials": ["POSTGRES_PASSWORD"],
  "deparrow/redis-credentials": ["REDIS_PASSWORD"],
};

/** Keys that the application reads under a longer name than the requirements' table. */
const fullNames: Readonly<Record<string, string>> = {
  JWT_SECRET: "DEPARROW_JWT_SECRET",
  SECRET_KEY: "DEPARROW_SECRET_KEY",
};

const withEverything = () =>
  resolveEnvironment({
    environment: "sandbox",
    environments: ["sandbox"],
    facts: stackFacts("sandbox"),
    secretKeys: new Set(secretNames(catalogue)),
    catalogue,
    policy: sandbox,
  });

describe("project file", () => {
  const { config } = projectFile();

  it("declares exactly the keys that the program reads", () => {
    assert.deepEqual(Object.keys(config).sort(), [...factKeys, ...secretNames(catalogue)].sort());
  });

  it("describes each key, with its type", () => {
    const types = ["string", "integer", "boolean", "object", "array"];
    for (const [key, { type, description }] of Object.entries(config)) {
      assert.ok(types.includes(type ?? ""), `${key} has type ${type}`);
      assert.match(description ?? "", /^[A-Z].{10,}\.$/s, key);
    }
  });

  it("lets every secret be absent, so that the program can say what is missing", () => {
    for (const key of secretNames(catalogue)) assert.deepEqual([key, config[key]?.default], [key, ""]);
  });

  it("marks no key as secret: the program refuses a secret in clear and says how to change it", () => {
    assert.deepEqual(
      Object.entries(config).filter(([, { secret }]) => secret !== undefined),
      [],
    );
  });
});

describe("sandbox environment", () => {
  it("has a policy", () => {
    assert.ok("sandbox" in environments);
  });

  it("has exactly the namespaces that the catalogue delivers to", () => {
    const delivered = Object.values(catalogue).flatMap(({ deliveries }) =>
      deliveries.map(({ namespace }) => namespace),
    );
    assert.deepEqual(Object.keys(stackFacts("sandbox")["namespaces"] as object).sort(), [...new Set(delivered)].sort());
  });

  it("holds no secret in its committed file", () => {
    assert.deepEqual(
      Object.keys(stackFacts("sandbox")).filter((key) => secretNames(catalogue).includes(key)),
      [],
    );
  });

  for (const [place, keys] of Object.entries(required)) {
    it(`delivers ${place} with ${keys.join(", ")}`, () => {
      const delivery = deliveriesIn(withEverything()).find(
        ({ namespace, secretName }) => `${namespace}/${secretName}` === place,
      );
      const delivered = delivery?.keys.map(({ key }) => key) ?? [];
      assert.deepEqual(
        keys.map((key) => fullNames[key] ?? key).filter((key) => !delivered.includes(key)),
        [],
      );
    });
  }

  it("keeps Argo CD's password in the store, and hands out its hash alone", () => {
    const spec = withEverything();
    const admin = spec.secrets.find(({ id }) => id === "argocd/admin");
    assert.deepEqual(Object.keys(admin?.keys ?? {}), ["admin.password", "admin.passwordMtime", "password"]);
    assert.equal(admin?.keys["admin.password"]?.kind, "bcrypt");
    const taken = deliveriesIn(spec)
      .flatMap(({ keys }) => keys)
      .filter(({ secret, from }) => secret === "argocd/admin" && from === "password");
    assert.deepEqual(taken, []);
  });

  it("owns every Secret but the one of Argo CD, which has keys of its own", () => {
    assert.deepEqual(
      deliveriesIn(withEverything())
        .filter(({ merge }) => merge)
        .map(({ secretName }) => secretName),
      ["argocd-secret"],
    );
  });

  it("asks people for nothing but what nobody can generate", () => {
    const people = secretNames(catalogue).filter((name) => !staticCredentialKeys.includes(name));
    assert.deepEqual(people, [
      "vaultToken",
      "vaultReviewerTokens",
      "targetPasswords",
      "huggingfaceToken",
      "anthropicApiKey",
      "openaiApiKey",
    ]);
  });
});
