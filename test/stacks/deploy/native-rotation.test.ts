import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import { reportOf } from "../../../operations/report/report.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { environment, facts, refusalOf } from "../../support/fixtures.ts";
import { runProgram } from "../../support/mocks.ts";
import { account, secretArn } from "../../support/providers/aws.ts";
import { RemoteMemory } from "../../support/remote-memory.ts";
import { stack } from "../../support/stack.ts";

const catalogue: Catalogue = {
  shop: {
    secrets: { db: { rotateEveryDays: 30, keys: { username: literal("shop"), password: password() } } },
    deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"] }],
  },
};
const lambdaArn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate";
const { region, accountId } = account;

const input = (nativeRotation: object, store: object = { references: { "shop/db": true } }) => ({
  catalogue,
  facts: {
    stores: {
      main: {
        ...{ kind: "aws-secrets-manager", region, accountId, oidcProviders: { main: "create" } },
        remoteNames: { "shop/db": "prod/shop" },
        nativeRotation,
        ...store,
      },
    },
    clusters: { main: { ...facts.clusters.main, issuer: "https://issuer.example" } },
    namespaces: { shop: { cluster: "main", store: "main" } },
  },
});
const resolved = (given: ReturnType<typeof input>) => ({ ...given, facts: { ...facts, ...given.facts } });

describe("a secret that Secrets Manager rotates with a function", () => {
  it("gets the rotation and no value, and is not rotated at once unless facts say so", async () => {
    const memory = new RemoteMemory();
    memory.write("aws-secrets-manager", "prod/shop", JSON.stringify({ username: "theirs", password: "theirs" }));
    const schedule = { scheduleExpression: "cron(0 3 ? * SUN *)", duration: "3h" };
    for (const [given, rotateImmediately, rotationRules] of [
      [{ lambdaArn, automaticallyAfterDays: 30 }, false, { automaticallyAfterDays: 30 }],
      [{ lambdaArn, ...schedule, rotateImmediately: true }, true, schedule],
    ] as const) {
      const [main, options] = stack({ ...input({ "shop/db": given }), secret: {} });
      const { resources } = await runProgram(main, { ...options, memory });
      const ours = resources.all.filter(({ type }) => type.startsWith("aws:secretsmanager/"));
      assert.deepEqual(
        ours.map(({ type, name }) => `${type} ${name}`),
        ["aws:secretsmanager/secretRotation:SecretRotation shop/db/main/rotation"],
      );
      assert.deepEqual(ours[0]?.inputs, {
        secretId: secretArn("prod/shop"),
        rotationLambdaArn: lambdaArn,
        rotateImmediately,
        rotationRules,
      });
    }
  });

  it("is due at no date of the catalogue: the report says who renews it", () => {
    const spec = environment(resolved(input({ "shop/db": { lambdaArn, automaticallyAfterDays: 30 } })));
    const { rotation, origin } =
      reportOf({ environment: spec, stack: "test", asOf: "2027-06-01" }).secrets[0] ?? assert.fail();
    assert.deepEqual([origin, rotation], ["referenced", { state: "by-store", everRotated: false }]);
  });

  it("is refused where this program writes it: its next write would undo the rotation", () => {
    const refusal = refusalOf(resolved(input({ "shop/db": { lambdaArn, automaticallyAfterDays: 30 } }, {})));
    assert.match(
      refusal,
      /stores\.main\.nativeRotation\["shop\/db"\]: this program writes the secret to store main: its next write would undo a rotation, and until then the stack and the store would differ\n\s+fix: leave the value to the function: pulumi config set --path 'stores\.main\.references\["shop\/db"\]' true/,
    );
  });

  for (const [what, entry, said] of [
    [
      "both kinds of schedule",
      { lambdaArn, automaticallyAfterDays: 1, scheduleExpression: "rate(10 days)" },
      /must have automaticallyAfterDays or scheduleExpression, and not both/,
    ],
    ["no schedule", { lambdaArn }, /must have automaticallyAfterDays or scheduleExpression, and not both/],
    ["what is no function", { lambdaArn: "rotate", automaticallyAfterDays: 1 }, /must be the ARN of a Lambda function/],
    ["a window of two days", { lambdaArn, automaticallyAfterDays: 1, duration: "48h" }, /must be 1h to 24h/],
  ] as const) {
    it(`is refused with ${what}`, () => {
      assert.match(refusalOf(resolved(input({ "shop/db": entry }))), said);
    });
  }

  it("is refused where there is no such secret", () => {
    const refusal = refusalOf(resolved(input({ "shop/dd": { lambdaArn, automaticallyAfterDays: 30 } })));
    assert.match(refusal, /stores\.main\.nativeRotation\["shop\/dd"\]: no such secret/);
  });
});
