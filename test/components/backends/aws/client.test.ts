import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { awsQuestions, parameterTags } from "../../../../components/backends/aws/client.ts";
import { open } from "../../../../components/backends/aws/examiner.ts";
import type { AwsParameterStoreSpec } from "../../../../components/backends/aws/parameter-store.ts";
import type { AwsSecretsManagerSpec } from "../../../../components/backends/aws/secrets-manager.ts";
import { secretsManager } from "../identity-rows/aws.ts";
import { awsParameterStore } from "../rows/aws.ts";

const credentials: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const variable = (name: string) => credentials[name];

interface Answer {
  readonly status: number;
  readonly body: string;
}
const json = (body: object, status = 200): Answer => ({ status, body: JSON.stringify(body) });
const xml = (action: string, result: string): Answer => ({
  status: 200,
  body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
});

/** Runs a task with a store whose services are at a server of this process. */
async function withAws<T>(
  answer: (action: string, request: IncomingMessage) => Answer,
  task: (spec: AwsSecretsManagerSpec) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const target =
        String(request.headers["x-amz-target"] ?? "")
          .split(".")
          .at(-1) ?? "";
      const form = new URLSearchParams(Buffer.concat(parts).toString()).get("Action") ?? "";
      const { status, body } = answer(target === "" ? form : target, request);
      response.writeHead(status, { "content-type": body.startsWith("{") ? "application/x-amz-json-1.1" : "text/xml" });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await task({ ...secretsManager, endpoints: { iam: url, sts: url, ssm: url, secretsmanager: url } });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("questions to AWS", () => {
  it("end where nothing answers, with how long was waited", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const spec = { ...secretsManager, endpoints: { secretsmanager: url } };
      const patience = { connectionTimeout: 5_000, requestTimeout: 100, throwOnRequestTimeout: true };
      assert.deepEqual(await awsQuestions(spec, variable, patience).secret("shop"), {
        refused: "no answer within 0.1 s",
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("are signed with the credentials of the environment, and know what is there, what is not, and what is refused", async () => {
    const signed = new Set<string>();
    const answers: Readonly<Record<string, Answer>> = {
      DescribeSecret: json({
        ARN: "arn:x",
        DeletedDate: 1770000000,
        VersionIdsToStages: { a: ["AWSCURRENT"] },
        PrimaryRegion: "eu-central-1",
        ReplicationStatus: [{ Region: "eu-west-1", Status: "Failed", StatusMessage: "it exists" }],
        RotationEnabled: true,
        RotationRules: { AutomaticallyAfterDays: 7 },
        NextRotationDate: 1771000000,
        OwningService: "rds",
      }),
      GetSecretValue: json({ __type: "ResourceNotFoundException", message: "Secrets Manager can't find it." }, 400),
      GetParameter: json({ __type: "AccessDeniedException", message: "User: x is not authorized to perform y" }, 400),
      GetRole: {
        status: 404,
        body: "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no role</Message></Error></ErrorResponse>",
      },
      SimulatePrincipalPolicy: xml(
        "SimulatePrincipalPolicy",
        "<EvaluationResults><member><EvalActionName>a:B</EvalActionName><EvalResourceName>arn:x</EvalResourceName>" +
          "<EvalDecision>implicitDeny</EvalDecision><PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false" +
          "</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail></member></EvaluationResults><IsTruncated>false</IsTruncated>",
      ),
    };
    await withAws(
      (action, { headers }) => {
        signed.add(/Credential=([^/]+)/.exec(headers.authorization ?? "")?.[1] ?? "nobody");
        const found = answers[action];
        if (found === undefined) throw new Error(`the test has no answer for ${action}`);
        return found;
      },
      async (spec) => {
        const ask = awsQuestions(spec, variable);
        assert.deepEqual(await ask.secret("a"), {
          value: {
            arn: "arn:x",
            deleted: new Date(1770000000_000),
            replicas: [{ region: "eu-west-1", status: "Failed", message: "it exists" }],
            rotation: { by: "AWS (rds)", everyDays: 7, next: new Date(1771000000_000) },
            stages: { a: ["AWSCURRENT"] },
          },
        });
        assert.deepEqual(await ask.secretValue("a"), { absent: true });
        assert.deepEqual(await ask.parameter("/a"), {
          refused: "AccessDeniedException: User: x is not authorized to perform y",
        });
        assert.deepEqual(await ask.trustOf("a"), { absent: true });
        assert.deepEqual(await ask.simulated("arn:role", ["a:B"], ["arn:x"]), {
          value: [{ action: "a:B", arn: "arn:x", decision: "implicitDeny", byBoundary: false }],
        });
      },
    );
    assert.deepEqual([...signed], ["AKIAIOSFODNN7EXAMPLE"]);
  });

  const caller = (account: string) => () => xml("GetCallerIdentity", `<Account>${account}</Account><Arn>a</Arn>`);

  it("tell the tags of a parameter, and whether it has none, is not there, or may not be asked for", async () => {
    const told = (answer: Answer) =>
      withAws(
        (action, request) =>
          action === "ListTagsForResource" ? answer : assert.fail(`${action} ${request.url ?? ""}`),
        ({ endpoints, ...account }) => {
          const asked = { ...awsParameterStore.spec, ...account, kind: "aws-parameter-store", endpoints } as const;
          return parameterTags(asked as AwsParameterStoreSpec, variable)("/acme-test/shop/db");
        },
      );
    assert.deepEqual(await told(json({ TagList: [{ Key: "stack", Value: "prod" }] })), { value: { stack: "prod" } });
    assert.deepEqual(await told(json({})), { value: {} });
    const missing = json({ __type: "InvalidResourceId", message: "The resource ID isn't valid." }, 400);
    assert.deepEqual(Object.keys(await told(missing)), ["refused"]);
  });

  it("are not asked with the credentials of another account", async () => {
    assert.deepEqual(await withAws(caller("999988887777"), (spec) => open(spec, variable)), {
      reason: "these credentials are of account 999988887777, and the store is in account 111122223333",
    });
    assert.ok("reader" in (await withAws(caller("111122223333"), (spec) => open(spec, variable))));
  });

  it("are not asked where nothing answers", async () => {
    const spec = { ...secretsManager, endpoints: { sts: "http://127.0.0.1:1" } };
    const opened = await open(spec, variable);
    assert.ok("reason" in opened);
    assert.match(opened.reason, /ECONNREFUSED/);
  });
});
