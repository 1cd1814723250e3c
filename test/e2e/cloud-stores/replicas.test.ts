import assert from "node:assert/strict";
import { password } from "../../../components/values/recipe.ts";
import { ACCOUNT_ID, REGION } from "../../../sandbox/fakes/aws/account.ts";
import { examined, told } from "../doctor/scene.ts";
import { aws } from "../support/clouds/clients.ts";
import { changeClouds, cloudsCatalogue, cloudsOptions, deployClouds } from "../support/clouds/stack.ts";
import { applicationSecrets } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { removeNamespaces } from "../support/namespaces.ts";
import { nudge } from "../support/nudge.ts";
import { succeed, type Run } from "../support/stacks.ts";

const there = "eu-west-1";
const name = "mlops-platform-clouds/replicated/db";
const takenName = "mlops-platform-clouds/replicated/taken";
/** The first reads what is written in it, the other one its replica. */
const [here, abroad] = ["replicated", "replicated-abroad"];

const facts = {
  stores: {
    "secrets-manager": { replicas: [{ region: there }] },
    ireland: {
      ...{ kind: "aws-secrets-manager", region: there, accountId: ACCOUNT_ID },
      references: { "replicated/db": true },
    },
  },
  namespaces: {
    [here]: { cluster: "local", store: "secrets-manager", create: true },
    [abroad]: { cluster: "local", store: "ireland", create: true },
  },
};

const catalogue = cloudsCatalogue({
  replicated: {
    secrets: { db: { keys: { password: password() } }, taken: { keys: { password: password() } } },
    deliveries: [
      { namespace: here, secretName: "db", from: ["db"] },
      { namespace: here, secretName: "taken", from: ["taken"] },
      { namespace: abroad, secretName: "db", from: ["db"] },
    ],
  },
});

/** The value of the Secret in each of the two namespaces. */
async function values(): Promise<readonly (string | undefined)[]> {
  const secrets = await applicationSecrets([here, abroad]);
  return [here, abroad].map((namespace) => secrets.get(`${namespace}/db`)?.["password"]);
}

/** What the doctor finds, as severity and sentence with its fix, but for what the operator says of it. */
async function found(): Promise<readonly (readonly [string, string | undefined, string | undefined])[]> {
  const { problems } = await examined(cloudsOptions());
  return problems
    .filter(({ subject }) => subject.startsWith("secret "))
    .map((each) => {
      const [, sentence, fix] = told(each);
      return [each.severity, sentence, fix] as const;
    });
}

async function statuses(SecretId: string): Promise<Readonly<Record<string, string | undefined>>> {
  const { DescribeSecretCommand } = await import("@aws-sdk/client-secrets-manager");
  const { ReplicationStatus = [] } = await (await aws.secretsManager()).send(new DescribeSecretCommand({ SecretId }));
  return Object.fromEntries(ReplicationStatus.map(({ Region = "", Status }) => [Region, Status]));
}

/** `aws secretsmanager remove-regions-from-replication`. */
async function removeReplica(SecretId: string): Promise<void> {
  const { RemoveRegionsFromReplicationCommand } = await import("@aws-sdk/client-secrets-manager");
  const command = new RemoveRegionsFromReplicationCommand({ SecretId, RemoveReplicaRegions: [there] });
  await (await aws.secretsManager()).send(command);
}

/** Somebody else's secret in the other region. */
async function makeAnother(Name: string): Promise<void> {
  const { CreateSecretCommand } = await import("@aws-sdk/client-secrets-manager");
  await (await aws.secretsManagerIn(there)).send(new CreateSecretCommand({ Name, SecretString: "of somebody else" }));
}

async function removeAnother(SecretId: string): Promise<void> {
  const { DeleteSecretCommand, GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const client = await aws.secretsManagerIn(there);
  assert.equal((await client.send(new GetSecretValueCommand({ SecretId }))).SecretString, "of somebody else");
  await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
}

/** Names of what is in the other region. */
async function namesThere(): Promise<readonly string[]> {
  const { ListSecretsCommand } = await import("@aws-sdk/client-secrets-manager");
  const { SecretList = [] } = await (await aws.secretsManagerIn(there)).send(new ListSecretsCommand({}));
  return SecretList.map(({ Name = "" }) => Name);
}

describe("replicas of Secrets Manager", () => {
  let first: Run;

  before(async () => {
    await deployClouds();
    await makeAnother(takenName);
    first = await succeed("up", changeClouds({ catalogue, facts }));
  });
  after(async () => {
    await removeNamespaces(here, abroad);
  });

  it("are made in the run that writes the secret, and read in their own region", async () => {
    const [written, replicated] = await values();
    assert.match(written ?? "", /^[a-zA-Z0-9]{32}$/);
    assert.equal(replicated, written);
    assert.deepEqual(await statuses(name), { [there]: "InSync" });
  });

  it("that fail are named by up and by the doctor, and made once their cause is gone", async () => {
    const problem = `has no replica in region ${there}: Replication failed: `;
    assert.ok(
      first.warnings.some((each) => each.startsWith(`store secrets-manager: secret "${takenName}" ${problem}`)),
      first.warnings.join("\n"),
    );
    assert.deepEqual(await statuses(takenName), { [there]: "Failed" });
    const [[severity, sentence = "", fix] = [], ...others] = await found();
    assert.deepEqual([severity, others], ["warning", []]);
    assert.ok(sentence.startsWith(`secret "${takenName}" `) && sentence.includes(problem), sentence);
    assert.equal(
      fix,
      "once the cause is gone (docs/stores/aws-secrets-manager.md#replicas): " +
        `aws secretsmanager remove-regions-from-replication --region ${REGION} --secret-id ${takenName} --remove-replica-regions ${there}` +
        " && pulumi up --refresh --stack clouds",
    );
    await removeAnother(takenName);
    await removeReplica(takenName);
    await succeed("up", cloudsOptions(), { refresh: true });
    assert.deepEqual(await statuses(takenName), { [there]: "InSync" });
    assert.deepEqual(await found(), []);
    const { changes, warnings } = await succeed("up", cloudsOptions());
    assert.deepEqual([changes, warnings], [{}, []]);
  });

  it("have the new value after a rotation", async () => {
    const [old] = await values();
    const rotations = { "replicated/db": "2026-12-02T10:00:00Z" };
    const { warnings } = await succeed("up", changeClouds({ facts: { rotations } }));
    assert.deepEqual(warnings, []);
    const [written, replicated] = await values();
    assert.notEqual(written, old);
    assert.equal(replicated, written);
  });

  it("that were removed by hand are named in both stores, and made again", async () => {
    await removeReplica(name);
    const sentences = (await found()).map(([severity, sentence = "", fix]) => [
      severity,
      sentence.replace(/ in account \d+,/, ","),
      fix,
    ]);
    const up = "pulumi up --refresh --stack clouds";
    assert.deepEqual(
      [...sentences].sort(),
      [
        ["broken", `secret "${name}", region ${there} does not exist`, up],
        ["warning", `secret "${name}", region ${REGION} has no replica in region ${there}`, up],
      ].sort(),
    );
    await succeed("up", cloudsOptions(), { refresh: true });
    assert.deepEqual(await statuses(name), { [there]: "InSync" });
    assert.deepEqual(await found(), []);
  });

  it("are told from another secret in their place, which nobody gets a right to", async () => {
    await removeReplica(name);
    await makeAnother(name);
    const before_ = await values();
    const abroadAlone = (await found()).filter(([severity]) => severity === "broken");
    assert.equal(abroadAlone.length, 1);
    const [[, sentence = "", fix] = []] = abroadAlone;
    assert.match(sentence, / is no replica of the one that is written in store secrets-manager$/);
    assert.equal(fix, "see whose it is: docs/stores/aws-secrets-manager.md#replicas");
    await nudge([abroad]);
    assert.deepEqual(await values(), before_);
    await removeAnother(name);
    await succeed("up", cloudsOptions(), { refresh: true });
    await eventually("the replica is read again", async () => {
      await nudge([abroad]);
      return (await examined(cloudsOptions())).problems.length === 0;
    });
  });

  it("go before their secret does", async () => {
    // All other secrets keep their replicas.
    changeClouds({
      catalogue: cloudsCatalogue(),
      facts: {
        rotations: { "replicated/db": null },
        stores: { ireland: null },
        namespaces: { [here]: null, [abroad]: null },
      },
    });
    const among = (all: readonly string[]) => [name, takenName].filter((each) => all.includes(each));
    assert.deepEqual(among(await namesThere()), [name, takenName]);
    await succeed("up", cloudsOptions());
    assert.deepEqual(among(await namesThere()), []);
  });
});
