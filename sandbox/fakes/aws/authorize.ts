import { ACCOUNT_ID } from "./account.ts";
import { AwsError } from "./answers.ts";
import { arnOf, type AwsCall, textOf } from "./call.ts";
import type { IamReader } from "./iam.ts";
import { findKey, isManagedKey } from "./moto/keys.ts";
import type { MotoReader } from "./moto/moto.ts";
import { findParameter, parameterArn, parameterName } from "./moto/parameters.ts";
import { evaluate, type Policy, type Verdict } from "./policy.ts";
import type { ReplicaKeys } from "./moto/replica-keys.ts";
import { findSecret, type SecretFacts, secretPolicy } from "./moto/secrets.ts";
import { type Caller, callerContext } from "./sessions.ts";

/** What the decision is made from. */
export interface Authority {
  readonly iam: IamReader;
  readonly moto: MotoReader;
  readonly replicaKeys: ReplicaKeys;
}

type RoleCaller = Extract<Caller, { kind: "role" }>;

interface Need {
  /** "ssm:GetParameter". */
  readonly action: string;
  /** `undefined` for actions that are about no one thing: only a policy for "*" allows them. */
  readonly resource: string | undefined;
  /** What the refusal calls it, where AWS does not say the ARN. */
  readonly said?: string;
  readonly resourcePolicy?: Policy;
  readonly context?: Readonly<Record<string, string>>;
}

/** Lets a call through, or refuses it in AWS' own words. The deployer may do everything. */
export async function authorize(call: AwsCall, caller: Caller, authority: Authority): Promise<void> {
  if (caller.kind === "administrator") return;
  switch (call.service) {
    case "ssm":
      return await authorizeParameters(call, caller, authority);
    case "secretsmanager":
      return await authorizeSecret(call, caller, authority);
    case "kms":
      return await authorizeKms(call, caller, authority);
    case "sts":
    case "iam":
    case "eks":
      return await require(caller, { action: `${call.service}:${call.action}`, resource: undefined }, call, authority);
  }
}

async function authorizeParameters(call: AwsCall, caller: RoleCaller, authority: Authority): Promise<void> {
  const action = `ssm:${call.action}`;
  const path = textOf(call.input, "Path");
  const one = textOf(call.input, "Name") || textOf(call.input, "ResourceId");
  const many = (call.input["Names"] ?? []) as readonly string[];
  const names = [...(one === "" ? [] : [one]), ...many].map(parameterName);
  const resources = [...(path === "" ? [] : [path]), ...names].map((name) => parameterArn(call.region, name));
  if (resources.length === 0) return await require(caller, { action, resource: arnOf(call, "*") }, call, authority);
  for (const resource of resources) await require(caller, { action, resource }, call, authority);
  if (call.input["WithDecryption"] !== true) return;
  const below = path === "" ? [] : await namesBelow(call, path, authority.moto);
  for (const name of [...names, ...below]) await requireParameterKey(name, call, caller, authority);
}

async function namesBelow(call: AwsCall, path: string, moto: MotoReader): Promise<string[]> {
  const input = { Path: path, Recursive: call.input["Recursive"] === true };
  const { Parameters } = await moto.json(call, "AmazonSSM.GetParametersByPath", input);
  return ((Parameters ?? []) as readonly { Name: string }[]).map(({ Name }) => Name);
}

async function requireParameterKey(
  name: string,
  call: AwsCall,
  caller: RoleCaller,
  authority: Authority,
): Promise<void> {
  const parameter = await findParameter(authority.moto, call.region, name);
  if (parameter?.type !== "SecureString" || isManagedKey(parameter.keyId)) return;
  const context = { "kms:EncryptionContext:PARAMETER_ARN": parameterArn(call.region, name) };
  const denied = await kmsRefusal(
    { keyId: parameter.keyId ?? "", action: "kms:Decrypt", context },
    call,
    caller,
    authority,
  );
  if (denied !== undefined) throw new AwsError("AccessDeniedException", `${denied} (Service: Kms, Status Code: 400)`);
}

async function authorizeSecret(call: AwsCall, caller: RoleCaller, authority: Authority): Promise<void> {
  const action = `secretsmanager:${call.action}`;
  const id = textOf(call.input, "SecretId");
  if (call.action === "CreateSecret") {
    // AWS decides on the ARN with the six characters that it is about to draw: a policy ends in `-??????`.
    const resource = arnOf(call, `secret:${textOf(call.input, "Name")}-AbCdEf`);
    return await require(caller, { action, resource }, call, authority);
  }
  if (id === "") return await require(caller, { action, resource: undefined }, call, authority);
  const secret = await findSecret(authority.moto, call.region, id);
  if (secret === undefined) return await require(caller, { action, resource: id, said: id }, call, authority);
  const resourcePolicy = await secretPolicy(authority.moto, call.region, secret);
  const tags = Object.entries(secret.tags).flatMap(([key, value]) => [
    [`aws:ResourceTag/${key}`, value],
    [`secretsmanager:ResourceTag/${key}`, value],
  ]);
  const context = { ...(Object.fromEntries(tags) as Record<string, string>), "secretsmanager:SecretId": secret.arn };
  const policy = resourcePolicy === undefined ? {} : { resourcePolicy };
  await require(caller, { action, resource: secret.arn, context, ...policy }, call, authority);
  const kms = KMS_OF[call.action];
  const keyId = encryptionKey(secret, call.region, authority.replicaKeys);
  if (kms === undefined || isManagedKey(keyId)) return;
  for (const needed of kms) {
    const encryption = { "kms:EncryptionContext:SecretARN": secret.arn };
    const wanted = { keyId: keyId ?? "", action: needed, context: encryption };
    const denied = await kmsRefusal(wanted, call, caller, authority);
    if (denied !== undefined) throw new AwsError("AccessDeniedException", "Access to KMS is not allowed");
  }
}

function encryptionKey(secret: SecretFacts, region: string, replicaKeys: ReplicaKeys): string | undefined {
  if (secret.primaryRegion === undefined || secret.primaryRegion === region) return secret.kmsKeyId;
  // A replica is encrypted with a key of its own region.
  return replicaKeys.keyOf(secret.arn.replace(`:${region}:`, `:${secret.primaryRegion}:`), region);
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
const KMS_OF: Readonly<Record<string, readonly string[]>> = {
  GetSecretValue: ["kms:Decrypt"],
  PutSecretValue: ["kms:GenerateDataKey", "kms:Decrypt"],
  UpdateSecret: ["kms:GenerateDataKey", "kms:Decrypt"],
};

async function authorizeKms(call: AwsCall, caller: RoleCaller, authority: Authority): Promise<void> {
  const action = `kms:${call.action}`;
  const keyId = textOf(call.input, "KeyId");
  if (keyId === "") return await require(caller, { action, resource: undefined }, call, authority);
  const denied = await kmsRefusal({ keyId, action, context: {} }, call, caller, authority);
  if (denied !== undefined) throw new AwsError("AccessDeniedException", denied);
}

/**
 * "Troubleshooting KMS key access", https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html: without the key
 * policy nothing is allowed; where it trusts the whole account, the caller's own policies decide.
 */
async function kmsRefusal(
  { keyId, action, context }: { keyId: string; action: string; context: Readonly<Record<string, string>> },
  call: AwsCall,
  caller: RoleCaller,
  { iam, moto }: Authority,
): Promise<string | undefined> {
  const key = await findKey(moto, call.region, keyId);
  if (key === undefined) return `Key '${keyId}' does not exist`;
  const via = call.service === "kms" ? {} : { "kms:ViaService": `${call.service}.${call.region}.amazonaws.com` };
  const question = {
    ...{ action, resource: key.arn },
    context: { ...callerContext(caller), "kms:CallerAccount": ACCOUNT_ID, ...via, ...context },
  };
  const own = [caller.arn, caller.roleArn];
  const names = [...own, `arn:aws:iam::${ACCOUNT_ID}:root`, ACCOUNT_ID];
  const byKey = evaluate([key.policy], { ...question, asker: { type: "AWS", names } });
  const byIdentity = evaluate((await iam.role(caller.roleArn))?.policies ?? [], question);
  if (byKey.decision === "explicit-deny" || byIdentity.decision === "explicit-deny") {
    return refusal(caller, action, key.arn, { decision: "explicit-deny" }, byKey.decision === "explicit-deny");
  }
  const direct = byKey.decision === "allow" && [...own, "*"].includes(byKey.by ?? "");
  if (direct || (byKey.decision === "allow" && byIdentity.decision === "allow")) return undefined;
  return refusal(caller, action, key.arn, { decision: "implicit-deny" }, byKey.decision !== "allow");
}

async function require(caller: RoleCaller, need: Need, call: AwsCall, { iam }: Authority): Promise<void> {
  const question = {
    ...{ action: need.action, resource: need.resource ?? "*" },
    context: { ...callerContext(caller), "aws:RequestedRegion": call.region, ...need.context },
  };
  const byIdentity = evaluate((await iam.role(caller.roleArn))?.policies ?? [], question);
  const asker = { type: "AWS", names: [caller.arn, caller.roleArn] } as const;
  const byResource: Verdict =
    need.resourcePolicy === undefined
      ? { decision: "implicit-deny" }
      : evaluate([need.resourcePolicy], { ...question, asker });
  const denied = [byIdentity, byResource].some(({ decision }) => decision === "explicit-deny");
  if (!denied && [byIdentity, byResource].some(({ decision }) => decision === "allow")) return;
  const verdict: Verdict = { decision: denied ? "explicit-deny" : "implicit-deny" };
  const message = refusal(
    caller,
    need.action,
    need.said ?? need.resource,
    verdict,
    byResource.decision === "explicit-deny",
  );
  const query = call.protocol === "query";
  throw new AwsError(query ? "AccessDenied" : "AccessDeniedException", message, query ? 403 : 400);
}

/** "Troubleshoot access denied error messages", https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function refusal(
  caller: RoleCaller,
  action: string,
  resource: string | undefined,
  { decision }: Verdict,
  byResource: boolean,
): string {
  const on = resource === undefined ? "" : ` on resource: ${resource}`;
  const kind = byResource ? "resource" : "identity";
  const why =
    decision === "explicit-deny"
      ? `with an explicit deny in ${byResource ? "a" : "an"} ${kind}-based policy`
      : `because no ${kind}-based policy allows the ${action} action`;
  return `User: ${caller.arn} is not authorized to perform: ${action}${on} ${why}`;
}
