import type { AwsEndpoint } from "../../../fakes/aws/hosts.ts";
import { AwsError } from "../../../fakes/aws/answers.ts";
import type { AwsCall, Input } from "../../../fakes/aws/call.ts";
import { protocolOf } from "../../../fakes/aws/call.ts";
import type { IamReader, OidcProvider, Role } from "../../../fakes/aws/iam.ts";
import type { MotoReader } from "../../../fakes/aws/moto/moto.ts";
import type { Statement } from "../../../fakes/aws/policy.ts";

/** A role with what it trusts and may do. */
export function aRole(name: string, trust: readonly Statement[], policies: readonly Statement[] = []): Role {
  const arn = `arn:aws:iam::123456789012:role/${name}`;
  return {
    arn,
    name,
    id: `AROA${name}`,
    trust: { Statement: trust },
    policies: [{ Statement: policies }],
    maxSessionSeconds: 3600,
  };
}

/** IAM with these roles and providers. */
export function anIam(roles: readonly Role[], providers: readonly OidcProvider[] = []): IamReader {
  return {
    role: (arn) => Promise.resolve(roles.find((role) => role.arn === arn)),
    providers: () => Promise.resolve(providers),
  };
}

/** A moto that answers these actions, and says that there is no such thing for every other. */
export function aMoto(answers: Readonly<Record<string, (input: Input, endpoint: AwsEndpoint) => unknown>>): MotoReader {
  return {
    json: (endpoint, target, input) => {
      const action = target.split(".").at(-1) ?? "";
      const answer = answers[action]?.(input, endpoint);
      if (answer !== undefined) return Promise.resolve(answer as Record<string, unknown>);
      const code = endpoint.service === "kms" ? "NotFoundException" : "ResourceNotFoundException";
      return action === "DescribeParameters"
        ? Promise.resolve({ Parameters: [] })
        : Promise.reject(new AwsError(code, "there is no such thing"));
    },
  };
}

/** A call as the front reads it. */
export function aCall(
  service: AwsEndpoint["service"],
  action: string,
  input: Input,
  more: Partial<AwsCall> = {},
): AwsCall {
  return {
    ...{ service, region: "eu-central-1", protocol: protocolOf(service), action, input },
    ...{ method: "POST", path: "/", headers: {}, body: Buffer.from(JSON.stringify(input)) },
    ...more,
  };
}

/** What AWS says when it refuses: code, status and message. */
export async function refusal(work: Promise<unknown>): Promise<[string, number, string]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AwsError) return [error.code, error.status, error.message];
    throw error;
  }
  throw new Error("it was not refused");
}
