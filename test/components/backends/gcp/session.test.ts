import assert from "node:assert/strict";
import { secret, type Output } from "@pulumi/pulumi";
import type { PutArgs } from "../../../../components/backends/session.ts";
import type { GcpSecretManagerSpec } from "../../../../components/backends/gcp/secret-manager.ts";
import { openStore } from "../../../../components/backends/index.ts";
import { readState } from "../../../../stacks/deploy/state.ts";
import { failureOf, runProgram } from "../../../support/mocks.ts";
import { SecretInput } from "../../../support/recording.ts";
import { RemoteMemory } from "../../../support/remote-memory.ts";
import { prepared, readable, surveyWith } from "../../../support/surveys.ts";
import { gcpSecretManager } from "../rows/gcp-secret-manager.ts";

const spec = gcpSecretManager.spec as GcpSecretManagerSpec;
const name = "acme-dev--shop--db";
const [secretType, versionType] = [
  "gcp:secretmanager/secret:Secret",
  "gcp:secretmanager/secretVersion:SecretVersion",
] as const;

const open = (changes: Partial<GcpSecretManagerSpec> = {}) =>
  openStore({
    spec: { ...spec, ...changes },
    secretConfig: () => assert.fail("no credential is asked for"),
    options: {},
  });
const args: PutArgs = {
  object: { name, layout: "bundle", keys: ["a"] },
  payload: secret('{"a":"value-5d1f"}'),
  owner: { "managed-by": "pulumi", project: "multicloud-secrets", stack: "Dev.eu" },
  retain: false,
  options: {},
};
const put =
  (changes: Partial<GcpSecretManagerSpec> = {}, more: Partial<PutArgs> = {}, survey = surveyWith()) =>
  async () =>
    (await open(changes))
      .prepare(survey)
      .put("shop/db/main", { ...args, payload: secret('{"a":"value-5d1f"}'), ...more });
/** What an earlier run, or somebody else, left in the store. */
const holding = (payload = '{"a":"value-5d1f"}') => {
  const memory = new RemoteMemory();
  memory.write("gcp-secret-manager", `projects/acme-secrets/secrets/${name}`, payload);
  return memory;
};

/** The store tells a version: no key is asked for. */
const noKey = () => assert.fail("a key was asked for");

describe("backend of Google's Secret Manager", () => {
  it("opens the project, with the credentials of whoever deploys and no label of the provider's", async () => {
    const { resources } = await runProgram(() => open());
    assert.deepEqual(resources.contents, ["pulumi:providers:gcp main"]);
    assert.deepEqual(resources.find("pulumi:providers:gcp", "main").inputs, {
      project: "acme-secrets",
      addPulumiAttributionLabel: "false",
    });
  });

  describe("with the log of who reads values", () => {
    const auditType = "gcp:projects/iAMAuditConfig:IAMAuditConfig";
    const identityPools = { main: { id: "readers-main", issuer: "https://issuer.example/main" } };
    const having = (...auditLogConfigs: readonly object[]) => ({
      answers: {
        "gcp:projects/getIamPolicy:getIamPolicy": () => ({
          policyData: JSON.stringify({
            bindings: [],
            auditConfigs: [
              { service: "allServices", auditLogConfigs: [{ logType: "ADMIN_READ" }] },
              ...(auditLogConfigs.length === 0 ? [] : [{ service: "secretmanager.googleapis.com", auditLogConfigs }]),
            ],
          }),
        }),
      },
    });
    const opened = (options: object = {}, changes: Partial<GcpSecretManagerSpec> = { auditLogs: "create" }) =>
      runProgram(() => prepared(open({ identityPools, ...changes })), options);

    it("switches it on for the project, before anybody reads, and leaves it on", async () => {
      const { resources, result } = await opened();
      const { inputs, options } = resources.find(auditType, "main/audit-log");
      assert.deepEqual(inputs, {
        project: "acme-secrets",
        service: "secretmanager.googleapis.com",
        auditLogConfigs: [{ logType: "DATA_READ" }],
      });
      assert.equal(options.retainOnDelete, true);
      assert.equal([result.options.dependsOn].flat().length, 3);
    });

    it("leaves a project alone that has it on already, and asks nothing", async () => {
      for (const changes of [{ auditLogs: "existing" }, {}] as const) {
        const { resources, calls } = await opened({}, changes);
        resources.assertNone(auditType);
        assert.deepEqual(calls, []);
      }
    });

    it("takes over the same configuration, such as its own of an earlier run", async () => {
      for (const same of [having(), having({ logType: "DATA_READ" })]) {
        const { resources } = await opened(same);
        assert.deepEqual(resources.names(auditType), ["main/audit-log"]);
      }
    });

    for (const [what, lost, ...configured] of [
      ["logs more", "ADMIN_READ", { logType: "ADMIN_READ" }, { logType: "DATA_READ" }],
      [
        "exempts somebody",
        "1 exempted from DATA_READ",
        { logType: "DATA_READ", exemptedMembers: ["user:canary@acme.example"] },
      ],
    ] as const) {
      it(`refuses to replace a configuration that ${what}, before anything is made`, async () => {
        await assert.rejects(opened(having(...configured)), (error: Error) => {
          assert.equal(
            error.message,
            `stores.main.auditLogs: project acme-secrets has a configuration of its own for the audit logs of Secret Manager, which would be replaced (${lost}).\n` +
              "    fix: leave it as it is: pulumi config set --path 'stores.main.auditLogs' existing",
          );
          return true;
        });
      });
    }

    it("says which permission is missing to see the configuration", async () => {
      const refused = () => {
        throw new Error("googleapi: Error 403: The caller does not have permission");
      };
      await assert.rejects(
        opened({ answers: { "gcp:projects/getIamPolicy:getIamPolicy": refused } }),
        (error: Error) => {
          assert.match(
            error.message,
            /^stores\.main\.auditLogs: reading which audit logs project acme-secrets has failed: /,
          );
          assert.match(
            error.message,
            /fix: the deployer needs resourcemanager\.projects\.getIamPolicy and setIamPolicy/,
          );
          return true;
        },
      );
    });
  });

  it("makes a pool for each cluster outside of Google that facts ask one for, and nobody reads before", async () => {
    const identityPools = {
      main: { id: "readers-main", issuer: "https://issuer.example/main" },
      "on-premises": { id: "readers-inside", issuer: "https://kubernetes.default.svc", jwks: '{"keys":[{}]}' },
    };
    const { resources, result } = await runProgram(() => prepared(open({ identityPools })));
    (await runProgram(() => open({ identityPools }))).resources.assertNone(
      "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
    );
    const [poolType, providerType] = [
      "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
      "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
    ];
    assert.deepEqual(resources.find(poolType, "main/identity-pool/main").inputs, {
      project: "acme-secrets",
      workloadIdentityPoolId: "readers-main",
      displayName: "Readers of secrets",
      description: "Cluster main",
    });
    const pools = "https://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools";
    const { inputs, provider } = resources.find(providerType, "main/identity-pool/on-premises");
    assert.deepEqual(inputs, {
      project: "acme-secrets",
      workloadIdentityPoolId: "readers-inside",
      workloadIdentityPoolProviderId: "on-premises",
      attributeMapping: { "google.subject": "assertion.sub" },
      oidc: {
        issuerUri: "https://kubernetes.default.svc",
        allowedAudiences: [`${pools}/readers-inside/providers/on-premises`],
        jwksJson: '{"keys":[{}]}',
      },
    });
    assert.equal(provider, "main");
    assert.deepEqual(resources.find(providerType, "main/identity-pool/main").inputs["oidc"], {
      issuerUri: "https://issuer.example/main",
      allowedAudiences: [`${pools}/readers-main/providers/main`],
    });
    assert.equal((result.options.dependsOn as readonly unknown[]).length, 4);
  });

  it("makes a secret and its version, replicated by Google", async () => {
    const { resources } = await runProgram(put());
    const { inputs, provider } = resources.find(secretType, "shop/db/main");
    assert.deepEqual(inputs, {
      project: "acme-secrets",
      secretId: name,
      replication: { auto: {} },
      labels: { "managed-by": "pulumi", project: "multicloud-secrets", stack: "dev_eu" },
      deletionProtection: false,
      versionDestroyTtl: "604800s",
    });
    assert.equal(provider, "main");
    const version = resources.find(versionType, "shop/db/main");
    assert.deepEqual(version.inputs, {
      secret: `projects/acme-secrets/secrets/${name}`,
      secretData: new SecretInput('{"a":"value-5d1f"}'),
      deletionPolicy: "DELETE",
    });
    assert.equal(version.provider, "main");
  });

  it("puts values where it is told, with a key for each place", async () => {
    const key = "projects/acme-keys/locations/europe-west3/keyRings/secrets/cryptoKeys/values";
    const locations = [{ location: "europe-west1" }, { location: "europe-west3", kmsKeyName: key }];
    const { inputs } = (await runProgram(put({ locations }))).resources.find(secretType, "shop/db/main");
    const encrypted = { location: "europe-west3", customerManagedEncryption: { kmsKeyName: key } };
    assert.deepEqual(inputs["replication"], { userManaged: { replicas: [{ location: "europe-west1" }, encrypted] } });
    const { resources } = await runProgram(put({ kmsKeyName: key }));
    assert.deepEqual(resources.find(secretType, "shop/db/main").inputs["replication"], {
      auto: { customerManagedEncryption: { kmsKeyName: key } },
    });
  });

  it("says when a rotation is due, and to topics only where there are any", async () => {
    const due = { rotateBy: "2027-02-28" };
    const { inputs } = (await runProgram(put({}, due))).resources.find(secretType, "shop/db/main");
    assert.equal((inputs["labels"] as Record<string, string>)["rotate-by"], "2027-02-28");
    assert.deepEqual(["topics" in inputs, "rotation" in inputs], [false, false]);
    const topics = ["projects/acme/topics/rotations"];
    const told = (await runProgram(put({ topics }, due))).resources.find(secretType, "shop/db/main").inputs;
    assert.deepEqual(told["topics"], [{ name: topics[0] }]);
    assert.deepEqual(told["rotation"], { nextRotationTime: "2027-02-28T00:00:00Z" });
    const never = (await runProgram(put({ topics }))).resources.find(secretType, "shop/db/main").inputs;
    assert.deepEqual(["topics" in never, "rotation" in never], [true, false]);
  });

  it("lets a destroyed version go at once where the environment says so", async () => {
    const { inputs } = (await runProgram(put({ versionDestroyDays: 0 }))).resources.find(secretType, "shop/db/main");
    assert.equal("versionDestroyTtl" in inputs, false);
  });

  it("deletes nothing before its successor is there: not a version, nor a secret whose places changed", async () => {
    const { resources, hooks } = await runProgram(put());
    assert.deepEqual(hooks, ["explain-main"]);
    for (const type of [versionType, secretType]) {
      const { options } = resources.find(type, "shop/db/main");
      assert.equal(options.deleteBeforeReplace, false);
      assert.deepEqual(options.hooks, { onError: ["explain-main"] });
    }
  });

  it("protects what outlives destroy", async () => {
    const { resources } = await runProgram(put({}, { retain: true }));
    const { inputs, options } = resources.find(secretType, "shop/db/main");
    assert.deepEqual([inputs["deletionProtection"], options.retainOnDelete], [true, true]);
  });

  it("leaves aliases of versions to the operators", async () => {
    const { inputs, options } = (await runProgram(put())).resources.find(secretType, "shop/db/main");
    assert.deepEqual([options.ignoreChanges, "versionAliases" in inputs], [["versionAliases"], false]);
  });

  it("imports a secret that it takes over, as it is, and gives it a version of its own", async () => {
    const { resources } = await runProgram(put({}, {}, surveyWith(name)), { memory: holding() });
    const { options } = resources.find(secretType, "shop/db/main");
    assert.equal(options.importId, `projects/acme-secrets/secrets/${name}`);
    assert.ok(
      ["labels", "deletionProtection", "versionDestroyTtl", "rotation"].every((key) =>
        options.ignoreChanges.includes(key),
      ),
    );
    assert.ok(["project", "secretId", "replication"].every((key) => !options.ignoreChanges.includes(key)));
    assert.equal(resources.find(versionType, "shop/db/main").options.importId, "");
    assert.equal((await runProgram(put())).resources.find(secretType, "shop/db/main").options.importId, "");
  });

  it("refuses to take over a secret that lies elsewhere, since it would be replaced next", async () => {
    const adopt = async () => {
      const store = await prepared(open({ locations: [{ location: "europe-west3" }] }), { names: [name] });
      return store.put("shop/db/main", args);
    };
    assert.equal(
      await failureOf(adopt, { memory: holding() }),
      `stores.main: "${name}" is in locations automatic, but this store uses europe-west3, and Google cannot move a secret. It was not adopted.\n` +
        "    fix: use it without adopting it (reference), or add a store with its locations",
    );
  });

  it("asks for the names in one call, however many, by what they share", async () => {
    const names = [name, "acme-dev--shop--api", "acme-dev--till--api"];
    const { result, calls } = await runProgram(async () => [...(await (await open()).existing(names))], {
      memory: holding(),
    });
    assert.deepEqual(result, [[name, { locations: "automatic", labels: {} }]]);
    assert.deepEqual(calls, [
      {
        token: "gcp:secretmanager/getSecrets:getSecrets",
        provider: "main",
        inputs: { project: "acme-secrets", filter: "name:acme-dev" },
      },
    ]);
  });

  it("refuses a number that is another project's: rights are written with it", async () => {
    const existing = async () => (await open({ projectNumber: "999999999999" })).existing([name]);
    assert.equal(
      await failureOf(existing, { memory: holding() }),
      "stores.main.projectNumber: is 999999999999, but the number of project acme-secrets is 123456789012.\n" +
        "    fix: pulumi config set --path 'stores.main.projectNumber' 123456789012",
    );
  });

  it("says what to look at when it can't list names", async () => {
    const existing = async () => (await open()).existing([name]);
    const broken = new RemoteMemory();
    broken.names = () => {
      throw new Error("googleapi: Error 403: Permission 'secretmanager.secrets.list' denied");
    };
    assert.equal(
      await failureOf(existing, { memory: broken }),
      "stores.main: listing names in Secret Manager of project acme-secrets failed: googleapi: Error 403: Permission 'secretmanager.secrets.list' denied.\n" +
        "    fix: check the project, that its API secretmanager.googleapis.com is enabled, and that the deployer may list secrets (docs/stores/gcp-secret-manager.md#rights-of-the-deployer)",
    );
  });

  it("reads nothing where a secret has no version, and fails where its version can't be read", async () => {
    const read = async () => valueOf((await readable(open()))(name));
    assert.equal((await runProgram(read)).result, undefined);
    const disabled = new RemoteMemory();
    disabled.read = () => {
      throw new Error("googleapi: Error 400: Secret Version [7] is in DISABLED state.");
    };
    assert.equal(
      await failureOf(async () => void (await readable(open()))(name), { memory: disabled }),
      `stores.main: reading the newest version of "${name}" in project acme-secrets failed: googleapi: Error 400: Secret Version [7] is in DISABLED state..\n` +
        `    fix: the deployer needs roles/secretmanager.secretAccessor, and the newest version must be enabled: gcloud secrets versions list ${name} --project=acme-secrets`,
    );
  });

  it("takes a version that was disabled by hand for a change, and an interrupted run for none", async () => {
    const { state } = await runProgram(put());
    const memory = new RemoteMemory();
    const intact = async () => {
      const store = await prepared(open(), { state: await readState() });
      const { version, intact: ask = () => assert.fail("not owned") } = store.put("shop/db/main", args);
      await valueOf(version);
      memory.delete("gcp-secret-manager", `projects/acme-secrets/secrets/${name}`);
      return valueOf(ask());
    };
    assert.equal((await runProgram(intact, { state, memory })).result, false);
    const interrupted = Object.fromEntries(Object.entries(state).filter(([, { type }]) => type !== versionType));
    assert.equal((await runProgram(intact, { state: interrupted, memory })).result, true);
  });

  it("points to a version of somebody else's secret, and fails where there is none", async () => {
    const refer = async () => {
      const stored = (await prepared(open())).reference("shop/db/main", args.object, noKey);
      return [await valueOf(stored.version), stored.grant];
    };
    assert.deepEqual((await runProgram(refer, { memory: holding() })).result, [
      "1",
      { kind: "gcp-secret-manager", project: "acme-secrets", name, secretId: name },
    ]);
    assert.equal(
      await failureOf(async () => void (await prepared(open())).reference("shop/db/main", args.object, noKey)),
      `stores.main: "${name}" in project acme-secrets has no version to read.\n` +
        `    fix: gcloud secrets versions add ${name} --project=acme-secrets --data-file=<file>`,
    );
  });

  it("puts a value back by a new version", async () => {
    const { result } = await runProgram(async () => (await open()).restoreCommand(name));
    assert.equal(
      result,
      `gcloud secrets versions access <last version written by this program> --secret=${name} --project=acme-secrets | gcloud secrets versions add ${name} --project=acme-secrets --data-file=-`,
    );
  });
});

function valueOf<T>(from: Output<T>): Promise<T> {
  return new Promise((resolve) => from.apply((value) => resolve(value)));
}
