import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { rules } from "../rules/index.ts";
import type { Subject } from "../rules/rule.ts";

/** What must never be in a sentence. */
const canary = "cAnary7Kq2Lw9Xz4Rt8Vb";

/** What the rules say to a resource, with the name of the rule. */
function said(
  subject: Partial<Subject> & Pick<Subject, "type">,
  settings: Readonly<Record<string, unknown>> = {},
): readonly string[] {
  const whole = { name: "one", props: {}, ...subject };
  const texts = rules.flatMap(({ name, check }) => check(whole, settings).map((text) => `${name}: ${text}`));
  assert.ok(
    texts.every((text) => !text.includes(canary)),
    "a value is printed",
  );
  return texts;
}

const metadata = { name: "db", namespace: "shop" };

describe("plain Secrets", () => {
  const secret = (props: object) => said({ type: "kubernetes:core/v1:Secret", props: { metadata, ...props } });

  it("are refused with the names of their keys", () => {
    assert.deepEqual(secret({ stringData: { b: canary, a: canary }, data: { a: "eA==" } }), [
      "no-plain-secret: Secret shop/db has values of this stack: a, b",
    ]);
  });

  it("are refused in lists and patches too", () => {
    assert.deepEqual(
      said({ type: "kubernetes:core/v1:SecretList", props: { items: [{ metadata, stringData: { a: canary } }] } }),
      ["no-plain-secret: Secret shop/db has values of this stack: a"],
    );
    assert.deepEqual(said({ type: "kubernetes:core/v1:SecretPatch", props: { metadata, data: { a: "eA==" } } }), [
      "no-plain-secret: Secret shop/db has values of this stack: a",
    ]);
  });

  it("may be what Kubernetes fills, or have no values", () => {
    assert.deepEqual(secret({ type: "kubernetes.io/service-account-token", data: { extra: "eA==" } }), []);
    assert.deepEqual(secret({}), []);
    assert.deepEqual(secret({ data: {} }), []);
  });
});

describe("ConfigMaps", () => {
  const map = (data: object, binaryData: object = {}) =>
    said({ type: "kubernetes:core/v1:ConfigMap", props: { metadata, data, binaryData } });

  it("hold nothing that is named like a secret or looks like one", () => {
    assert.deepEqual(
      map({ DB_PASSWORD: "hunter2", apiToken: canary, "key.pem": "-----BEGIN RSA PRIVATE KEY-----\nx" }),
      [
        "no-secret-in-config-map: key DB_PASSWORD of ConfigMap shop/db is named like a secret and holds a literal",
        "no-secret-in-config-map: key apiToken of ConfigMap shop/db is named like a secret and holds a literal",
        "no-secret-in-config-map: key key.pem of ConfigMap shop/db holds a private key",
      ],
    );
    assert.deepEqual(map({ TOKEN_SEED_VALUE: canary }), [
      "no-secret-in-config-map: key TOKEN_SEED_VALUE of ConfigMap shop/db is named after a secret and holds what looks random",
    ]);
  });

  it("hold no file of settings with one", () => {
    const file = `# settings\nhost: db\npassword: "${canary}"\nport: 5432\n`;
    assert.deepEqual(map({ "app.yaml": file, ".env": "export API_KEY=abc123\nDEBUG=true" }), [
      "no-secret-in-config-map: key app.yaml of ConfigMap shop/db has a setting password that is named like a secret and holds a literal",
      "no-secret-in-config-map: key .env of ConfigMap shop/db has a setting API_KEY that is named like a secret and holds a literal",
    ]);
    assert.deepEqual(map({ "app.json": `{\n  "url": "postgresql://shop:${canary}@db/shop"\n}` }), [
      "no-secret-in-config-map: key app.json of ConfigMap shop/db holds a URL with a password",
    ]);
  });

  it("hold none in lists either", () => {
    const items = [{ metadata, data: { DB_PASSWORD: "hunter2" } }];
    assert.deepEqual(said({ type: "kubernetes:core/v1:ConfigMapList", props: { items } }), [
      "no-secret-in-config-map: key DB_PASSWORD of ConfigMap shop/db is named like a secret and holds a literal",
    ]);
  });

  it("hold no bytes of one", () => {
    const pem = Buffer.from("-----BEGIN PRIVATE KEY-----\n").toString("base64");
    assert.deepEqual(map({}, { id: pem }), [
      "no-secret-in-config-map: key id of ConfigMap shop/db holds a private key",
    ]);
  });

  it("may name secrets, and settings about them", () => {
    assert.deepEqual(
      map({
        PASSWORD_MIN_LENGTH: "12",
        TOKEN_URL: "https://login.example.com/oauth2/v2.0/token/8f14e45fceea167a5a36dedd4bea2543",
        SECRET_NAME: "shop-db",
        secret: "shop-db",
        DB_PASSWORD: "",
        TOKEN: "$(TOKEN_FROM_ELSEWHERE)",
        PASSWORD: "${DB_PASSWORD}",
        PRIVATE_KEY: "/etc/tls/tls.key",
        SECRET_KEY: "{{ .key }}",
        MONKEY: "a1b2c3d4e5f6a7b8c9d0",
        "app.yaml": "passwordFile: /run/secret\ntoken:\n  ttl: 3600\npassword: ${DB_PASSWORD}\n",
        DATABASE_URL: "postgresql://shop:$(PASSWORD)@db/shop",
        "ca.crt": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
      }),
      [],
    );
  });
});

describe("environment variables", () => {
  const pod = (env: readonly object[]) => ({
    metadata,
    spec: { template: { spec: { initContainers: [{ env: [] }], containers: [{ name: "app", env }] } } },
  });

  it("of workloads have no secret as a literal", () => {
    const env = [
      { name: "DB_PASSWORD", value: "postgres" },
      { name: "API_TOKEN", valueFrom: { secretKeyRef: { name: "shop", key: "token" } } },
      { name: "AWS", value: "AKIAABCDEFGHIJKLMNOP" },
      { name: "LEVEL", value: "debug" },
    ];
    assert.deepEqual(said({ type: "kubernetes:apps/v1:Deployment", props: pod(env) }), [
      "no-secret-in-environment: environment variable DB_PASSWORD of Deployment shop/db is named like a secret and holds a literal",
      "no-secret-in-environment: environment variable AWS of Deployment shop/db holds an access key of AWS",
    ]);
  });

  it("of functions, tasks and services have none either", () => {
    assert.deepEqual(
      said({
        type: "aws:lambda/function:Function",
        name: "mail",
        props: { environment: { variables: { SMTP_PASSWORD: canary } } },
      }),
      [
        "no-secret-in-environment: environment variable SMTP_PASSWORD of Function mail is named like a secret and holds a literal",
      ],
    );
    const containerDefinitions = JSON.stringify([
      { name: "app", environment: [{ name: "TOKEN", value: canary }], secrets: [] },
    ]);
    assert.deepEqual(
      said({ type: "aws:ecs/taskDefinition:TaskDefinition", name: "task", props: { containerDefinitions } }),
      [
        "no-secret-in-environment: environment variable TOKEN of TaskDefinition task is named like a secret and holds a literal",
      ],
    );
    const envs = [{ name: "TOKEN", value: canary }];
    assert.deepEqual(
      said({ type: "gcp:cloudrunv2/service:Service", name: "run", props: { template: { containers: [{ envs }] } } }),
      [
        "no-secret-in-environment: environment variable TOKEN of Service run is named like a secret and holds a literal",
      ],
    );
  });
});

describe("rights on stores", () => {
  const policy = (statement: object, type = "aws:iam/policy:Policy") =>
    said({ type, name: "reader", props: { policy: JSON.stringify({ Statement: statement }) } });
  const arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:";

  it("on AWS name secrets", () => {
    const read = { Effect: "Allow", Action: "secretsmanager:GetSecretValue" };
    assert.deepEqual(policy({ ...read, Resource: `${arn}mlops/shop/db-??????` }), []);
    assert.deepEqual(policy({ ...read, Resource: [`${arn}mlops/shop/*`] }), []);
    assert.deepEqual(policy({ ...read, Resource: "*" }), [
      "no-wildcard-on-stores: reader allows secretsmanager:GetSecretValue on *",
    ]);
    assert.deepEqual(policy([{ ...read, Resource: [`${arn}*`] }]), [
      `no-wildcard-on-stores: reader allows secretsmanager:GetSecretValue on ${arn}*`,
    ]);
    assert.deepEqual(policy({ ...read, NotResource: "x" }), [
      "no-wildcard-on-stores: reader allows secretsmanager:GetSecretValue on all resources but some",
    ]);
    assert.deepEqual(policy({ ...read, Effect: "Deny", Resource: "*" }), []);
    assert.deepEqual(policy({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }), [
      "no-wildcard-on-stores: reader allows all actions but some on *",
    ]);
  });

  it("on AWS see through wildcards in actions, and leave other services alone", () => {
    const on = (action: string, resource: string) =>
      policy({ Effect: "Allow", Action: action, Resource: resource }, "aws:iam/rolePolicy:RolePolicy");
    for (const action of ["*", "secretsmanager:*", "secretsmanager:Get*", "ssm:GetParameter*", "SSM:Get?arameters"]) {
      assert.equal(on(action, "*").length, 1, action);
    }
    assert.equal(on("ssm:GetParametersByPath", "arn:aws:ssm:eu-central-1:111122223333:parameter/*").length, 1);
    assert.deepEqual(on("ssm:GetParameter", "arn:aws:ssm:eu-central-1:111122223333:parameter/mlops/shop/*"), []);
    assert.deepEqual(on("s3:GetObject", "*"), []);
    assert.deepEqual(on("ssm:DescribeParameters", "*"), []);
    assert.deepEqual(on("*", "arn:aws:s3:::bucket/*"), []);
  });

  it("on AWS name secrets, by Cloud Control too", () => {
    const policyDocument = { Statement: [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: "*" }] };
    for (const [type, props] of [
      ["aws-native:iam:RolePolicy", { policyDocument }],
      ["aws-native:iam:Role", { policies: [{ policyName: "one", policyDocument }] }],
    ] as const) {
      assert.deepEqual(said({ type, name: "reader", props }), [
        "no-wildcard-on-stores: reader allows secretsmanager:GetSecretValue on *",
      ]);
    }
  });

  it("on AWS attach no policy of Amazon's own that covers an account", () => {
    const attach = (policyArn: string) =>
      said({ type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", name: "role", props: { policyArn } });
    assert.deepEqual(attach("arn:aws:iam::aws:policy/SecretsManagerReadWrite"), [
      "no-wildcard-on-stores: role attaches SecretsManagerReadWrite, which covers every secret of the account",
    ]);
    assert.deepEqual(attach("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"), []);
  });

  it("on Azure end at one secret", () => {
    const assign = (scope: string, role: string) =>
      said({
        type: "azure-native:authorization:RoleAssignment",
        name: "a",
        props: {
          scope,
          roleDefinitionId: `/subscriptions/1/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        },
      });
    const vault = "/subscriptions/1/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v";
    assert.deepEqual(assign(vault, "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"), [
      "no-wildcard-on-stores: a assigns Key Vault Secrets Officer on more than one secret: its scope must end in /secrets/<name>",
    ]);
    assert.deepEqual(assign(`${vault}/secrets/db`, "4633458b-17de-408a-b874-0445c86b69e6"), []);
    assert.deepEqual(assign(vault, "acdd72a7-3385-48ef-bd42-f606fba81ae7"), []);
    const classic = { scope: "/subscriptions/1", roleDefinitionName: "Key Vault Secrets User" };
    assert.equal(said({ type: "azure:authorization/assignment:Assignment", props: classic }).length, 1);
  });

  it("on Azure are no access policy, which is for every secret of a vault", () => {
    const text =
      "no-wildcard-on-stores: a allows get of every secret of a Key Vault: an access policy knows no single one, a role assignment does";
    const permissions = { keys: ["get"], secrets: ["get", "list"] };
    for (const [type, props] of [
      ["azure-native:keyvault:AccessPolicy", { policy: { objectId: "1", permissions } }],
      ["azure-native:keyvault:Vault", { properties: { accessPolicies: [{ objectId: "1", permissions }] } }],
      ["azure:keyvault/keyVault:KeyVault", { accessPolicies: [{ secretPermissions: ["get", "list"] }] }],
      ["azure:keyvault/accessPolicy:AccessPolicy", { secretPermissions: ["get"] }],
    ] as const) {
      assert.deepEqual(said({ type, name: "a", props }), [text], type);
    }
    const keys = { policy: { permissions: { keys: ["get"], secrets: ["list"] } } };
    assert.deepEqual(said({ type: "azure-native:keyvault:AccessPolicy", props: keys }), []);
  });

  it("on Google Cloud are given on secrets, to somebody", () => {
    const member = (type: string, props: object) =>
      said({ type, name: "m", props: { role: "roles/secretmanager.secretAccessor", ...props } });
    assert.deepEqual(member("gcp:projects/iAMMember:IAMMember", {}), [
      "no-wildcard-on-stores: m gives roles/secretmanager.secretAccessor on a whole project",
    ]);
    assert.deepEqual(member("gcp:folder/iAMBinding:IAMBinding", {}), [
      "no-wildcard-on-stores: m gives roles/secretmanager.secretAccessor on a whole folder or organization",
    ]);
    const condition = { title: "own", expression: 'resource.name.startsWith("projects/1/secrets/shop-")' };
    assert.deepEqual(member("gcp:projects/iAMMember:IAMMember", { condition }), []);
    assert.deepEqual(member("gcp:projects/iAMMember:IAMMember", { role: "roles/viewer" }), []);
    assert.deepEqual(member("gcp:secretmanager/secretIamMember:SecretIamMember", { member: "serviceAccount:a@b" }), []);
    assert.deepEqual(member("gcp:secretmanager/secretIamMember:SecretIamMember", { member: "allUsers" }), [
      "no-wildcard-on-stores: m gives roles/secretmanager.secretAccessor to allUsers",
    ]);
  });

  it("in Vault name paths", () => {
    const vault = (text: string) => said({ type: "vault:index/policy:Policy", name: "p", props: { policy: text } });
    assert.deepEqual(vault('path "secret/data/shop/db" { capabilities = ["read"] }'), []);
    assert.deepEqual(vault('path "secret/data/*" {\n  capabilities = ["read"]\n}\npath "secret/+/shop" {}'), [
      "no-wildcard-on-stores: p covers secret/data/*, and whatever is made there later",
      "no-wildcard-on-stores: p covers secret/+/shop, and whatever is made there later",
    ]);
    assert.deepEqual(vault(JSON.stringify({ path: { "secret/data/*": { capabilities: ["read"] } } })), [
      "no-wildcard-on-stores: p covers secret/data/*, and whatever is made there later",
    ]);
    assert.deepEqual(vault('path "secret/data/*" { capabilities = ["deny"] }'), []);
  });
});

describe("objects of the operator", () => {
  const secret = (spec: object, settings: Readonly<Record<string, unknown>> = {}) =>
    said({ type: "kubernetes:external-secrets.io/v1:ExternalSecret", props: { metadata, spec } }, settings);
  const prefixes = { prefixes: { shop: ["mlops-prod/shop/"] } };

  it("reach into no other namespace", () => {
    assert.deepEqual(
      said({ type: "kubernetes:external-secrets.io/v1:ClusterSecretStore", props: { metadata: { name: "all" } } }),
      ["no-cluster-secret-store: ClusterSecretStore all reaches into every namespace"],
    );
    assert.deepEqual(secret({ secretStoreRef: { kind: "ClusterSecretStore", name: "all" } }), [
      "no-cluster-secret-store: ExternalSecret shop/db reads through a ClusterSecretStore",
    ]);
    assert.deepEqual(secret({ dataFrom: [{ sourceRef: { storeRef: { kind: "ClusterSecretStore" } } }] }), [
      "no-cluster-secret-store: ExternalSecret shop/db reads through a ClusterSecretStore",
    ]);
    assert.deepEqual(secret({ secretStoreRef: { name: "secrets-reader" } }), []);
  });

  it("search their store only below the prefix of their namespace", () => {
    const find = (path?: string) => ({
      dataFrom: [{ find: { name: { regexp: ".*" }, ...(path === undefined ? {} : { path }) } }],
    });
    const message =
      "own-prefix: ExternalSecret shop/db searches its store (dataFrom.find) beyond the prefix of its namespace";
    assert.deepEqual(secret(find()), [message]);
    assert.deepEqual(secret(find("mlops-prod/")), [message]);
    assert.deepEqual(secret(find("mlops-prod/"), prefixes), [message]);
    assert.deepEqual(secret(find("mlops-prod/shop/api"), prefixes), []);
  });

  it("read names below the prefix of their namespace, where one is set", () => {
    const spec = {
      data: [{ remoteRef: { key: "mlops-prod/till/api" } }],
      dataFrom: [{ extract: { key: "mlops-prod/shop/../till/db" } }],
    };
    assert.deepEqual(secret(spec), []);
    assert.deepEqual(secret(spec, prefixes), [
      "own-prefix: ExternalSecret shop/db reads mlops-prod/shop/../till/db, which is not below mlops-prod/shop/",
      "own-prefix: ExternalSecret shop/db reads mlops-prod/till/api, which is not below mlops-prod/shop/",
    ]);
    assert.deepEqual(secret({ dataFrom: [{ extract: { key: "mlops-prod/shop/db" } }] }, prefixes), []);
  });
});

describe("the platform's own stack", () => {
  const golden = (environment: string) =>
    JSON.parse(readFileSync(path.join(import.meta.dirname, "../../test/golden", `${environment}.json`), "utf8")) as {
      readonly resources: readonly {
        readonly type: string;
        readonly name: string;
        readonly inputs: Record<string, unknown>;
      }[];
    };

  // What fills a vault is the platform's own right.
  const own = {
    staging: [
      "no-wildcard-on-stores: vault/deployer assigns Key Vault Secrets Officer on more than one secret: its scope must end in /secrets/<name>",
    ],
    prod: [],
  };
  for (const [environment, expected] of Object.entries(own)) {
    it(`keeps every rule but for what it alone may do: ${environment}`, () => {
      const { resources } = golden(environment);
      assert.ok(resources.length > 50);
      assert.deepEqual(
        resources.flatMap(({ type, name, inputs }) => said({ type, name, props: inputs })),
        expected,
      );
    });
  }
});

describe("odd inputs", () => {
  it("are read without a fault", () => {
    for (const odd of [null, 1, "x", [], {}, [[]], { a: null }]) {
      for (const type of [
        "kubernetes:core/v1:Secret",
        "kubernetes:core/v1:ConfigMap",
        "kubernetes:external-secrets.io/v1:ExternalSecret",
        "aws:iam/policy:Policy",
        "vault:index/policy:Policy",
      ]) {
        const props = Object.fromEntries(
          ["metadata", "data", "stringData", "items", "spec", "policy", "binaryData", "env"].map((key) => [key, odd]),
        );
        assert.ok(Array.isArray(said({ type, props })));
      }
    }
  });
});
