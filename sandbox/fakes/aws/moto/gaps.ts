/**
 * What moto 5.2.5 does not do and AWS does, as far as the sandbox proves something with it. Each rule says the API page it follows.
 */
import { type Answer, AwsError } from "../answers.ts";
import { type AwsCall, type Input, textOf } from "../call.ts";
import { findKey, isManagedKey } from "./keys.ts";
import type { MotoReader } from "./moto.ts";
import { findParameter, parameterName } from "./parameters.ts";
import { parsePolicy, type Policy } from "../policy.ts";
import type { ReplicaKeys } from "./replica-keys.ts";
import { findSecret } from "./secrets.ts";

const STANDARD_BYTES = 4096;
const ADVANCED_BYTES = 8192;
const SECRET_BYTES = 65_536;

/** Refuses what AWS would refuse, and answers the call as moto is to get it. */
export async function beforeMoto(call: AwsCall, moto: MotoReader): Promise<AwsCall> {
  switch (`${call.service}:${call.action}`) {
    case "ssm:PutParameter":
      return await putParameter(call, moto);
    case "secretsmanager:CreateSecret":
      await refuseScheduledName(call, moto);
      refuseLargeSecret(call.input);
      await refuseUnknownKey(call, moto);
      return call;
    case "secretsmanager:UpdateSecret":
      refuseLargeSecret(call.input);
      await refuseUnknownKey(call, moto);
      await refuseDeleted(call, moto);
      return call;
    case "secretsmanager:PutSecretValue":
      refuseLargeSecret(call.input);
      await refuseDeleted(call, moto);
      return call;
    case "secretsmanager:PutResourcePolicy":
      refusePublicPolicy(call.input);
      return call;
    case "secretsmanager:ReplicateSecretToRegions":
      await refuseSecondReplica(call, moto);
      return call;
    default:
      return call;
  }
}

/** Completes moto's answer. */
export async function afterMoto(call: AwsCall, answer: Answer, replicaKeys: ReplicaKeys): Promise<Answer> {
  if (call.service !== "secretsmanager" || answer.status >= 300) return answer;
  return await replicaKeys.complete(call, answer);
}

/**
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html and "Managing parameter tiers",
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
 */
async function putParameter(call: AwsCall, moto: MotoReader): Promise<AwsCall> {
  const size = Buffer.byteLength(textOf(call.input, "Value"));
  const existing = await findParameter(moto, call.region, parameterName(textOf(call.input, "Name")));
  const asked = textOf(call.input, "Tier") || (existing?.tier ?? "Standard");
  const advanced = existing?.tier === "Advanced" || size > STANDARD_BYTES || textOf(call.input, "Policies") !== "";
  const tier = asked === "Intelligent-Tiering" ? (advanced ? "Advanced" : "Standard") : asked;
  if (size > ADVANCED_BYTES) throw invalid(tooLong("value", ADVANCED_BYTES));
  if (existing?.tier === "Advanced" && tier === "Standard") throw invalid(DOWNGRADE);
  if (tier === "Standard" && size > STANDARD_BYTES) throw invalid(TOO_LARGE_FOR_STANDARD);
  const keyId = textOf(call.input, "KeyId");
  if (!isManagedKey(keyId) && (await findKey(moto, call.region, keyId)) === undefined) {
    throw new AwsError("InvalidKeyId", `Invalid keyId ${keyId}`);
  }
  return withInput(call, { ...call.input, Tier: tier });
}

const TOO_LARGE_FOR_STANDARD =
  "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the " +
  "parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html";
const DOWNGRADE =
  "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the " +
  "standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html: the name stays taken until the window is over. */
async function refuseScheduledName(call: AwsCall, moto: MotoReader): Promise<void> {
  const existing = await findSecret(moto, call.region, textOf(call.input, "Name"));
  if (existing?.deletedDate === undefined) return;
  throw new AwsError(
    "InvalidRequestException",
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  );
}

async function refuseDeleted(call: AwsCall, moto: MotoReader): Promise<void> {
  const existing = await findSecret(moto, call.region, textOf(call.input, "SecretId"));
  if (existing?.deletedDate === undefined) return;
  const message = "You can't perform this operation on the secret because it was marked for deletion.";
  throw new AwsError("InvalidRequestException", message);
}

/** https://docs.aws.amazon.com/secretsmanager/latest/APIReference/API_CreateSecret.html */
function refuseLargeSecret(input: Input): void {
  if (Buffer.byteLength(textOf(input, "SecretString")) > SECRET_BYTES)
    throw invalid(tooLong("secretString", SECRET_BYTES));
}

async function refuseUnknownKey(call: AwsCall, moto: MotoReader): Promise<void> {
  const keyId = textOf(call.input, "KmsKeyId");
  if (isManagedKey(keyId) || (await findKey(moto, call.region, keyId)) !== undefined) return;
  throw new AwsError(
    "EncryptionFailure",
    "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state.",
  );
}

/** https://docs.aws.amazon.com/secretsmanager/latest/APIReference/API_PutResourcePolicy.html */
function refusePublicPolicy(input: Input): void {
  const policy = policyOf(textOf(input, "ResourcePolicy"));
  if (input["BlockPublicPolicy"] !== true) return;
  const isPublic = [policy.Statement].flat().some(({ Effect, Principal, Condition }) => {
    const anyone = Principal === "*" || (Principal !== undefined && [Principal["AWS"]].flat().includes("*"));
    return Effect === "Allow" && anyone && Condition === undefined;
  });
  if (!isPublic) return;
  throw new AwsError(
    "PublicPolicyException",
    "The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.",
  );
}

function policyOf(text: string): Policy {
  try {
    return parsePolicy(text);
  } catch {
    throw new AwsError("MalformedPolicyDocumentException", "This resource policy contains invalid Json.");
  }
}

async function refuseSecondReplica(call: AwsCall, moto: MotoReader): Promise<void> {
  const secret = await findSecret(moto, call.region, textOf(call.input, "SecretId"));
  const asked = ((call.input["AddReplicaRegions"] ?? []) as readonly { Region: string }[]).map(({ Region }) => Region);
  const twice = asked.find((region) => secret?.replicaRegions.includes(region));
  if (twice !== undefined)
    throw new AwsError("InvalidParameterException", `Secret already replicated to region ${twice}.`);
}

function tooLong(member: string, limit: number): string {
  return `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${limit}.`;
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

function withInput(call: AwsCall, input: Input): AwsCall {
  return { ...call, input, body: Buffer.from(JSON.stringify(input)) };
}
