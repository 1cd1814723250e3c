import { type ServiceAccountClaims, type ServiceAccountVerifier, TokenRefused } from "../support/tokens.ts";
import { ACCOUNT_ID } from "./account.ts";
import { type Answer, AwsError, escapeXml, stsAnswer } from "./answers.ts";
import { type AwsCall, type Input, textOf } from "./call.ts";
import type { IamReader, Role } from "./iam.ts";
import { evaluate } from "./policy.ts";
import { type Caller, callerContext, type Session, type Sessions } from "./sessions.ts";

/** What the token exchange is made of. */
export interface StsParts {
  readonly iam: IamReader;
  readonly sessions: Sessions;
  /** Verifies tokens of the platform's cluster. */
  readonly verify: ServiceAccountVerifier;
}

/** Answers STS: moto's takes any string for a token and checks no trust policy. */
export async function answerSts(call: AwsCall, parts: StsParts): Promise<Answer> {
  switch (call.action) {
    case "AssumeRoleWithWebIdentity":
      // The one call without a signature: the token is the proof.
      return await assumeRoleWithWebIdentity(call.input, parts);
    case "AssumeRole":
      return await assumeRole(call.input, parts.sessions.callerOf(call), parts);
    case "GetCallerIdentity": {
      const { arn, userId } = parts.sessions.callerOf(call);
      const result = `<Arn>${escapeXml(arn)}</Arn><UserId>${userId}</UserId><Account>${ACCOUNT_ID}</Account>`;
      return stsAnswer("GetCallerIdentity", result);
    }
    default:
      throw new AwsError("InvalidAction", `Could not find operation ${call.action} for version 2011-06-15`);
  }
}

/**
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html: signature and issuer first, then the
 * provider's client ids, then the role's trust policy. A role that does not exist is refused like one that does not trust.
 */
async function assumeRoleWithWebIdentity(input: Input, { iam, sessions, verify }: StsParts): Promise<Answer> {
  const token = textOf(input, "WebIdentityToken");
  const claims = await verified(token, iam, verify);
  const provider = (await iam.providers()).find(({ url }) => url === withoutScheme(claims.issuer));
  if (provider === undefined) throw noProvider(claims.issuer);
  if (!claims.audiences.some((audience) => provider.clientIds.includes(audience))) {
    throw new AwsError("InvalidIdentityToken", "Incorrect token audience");
  }
  const role = await iam.role(textOf(input, "RoleArn"));
  const trusted =
    role !== undefined &&
    evaluate([role.trust], {
      action: "sts:AssumeRoleWithWebIdentity",
      resource: role.arn,
      asker: { type: "Federated", names: [provider.arn] },
      context: {
        [`${provider.url}:sub`]: claims.subject,
        [`${provider.url}:aud`]: claims.audiences,
        "sts:RoleSessionName": textOf(input, "RoleSessionName"),
      },
    }).decision === "allow";
  if (!trusted) throw new AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403);
  const session = await sessions.start({ role, sessionName: sessionName(input), seconds: seconds(input, role) });
  const result =
    `<SubjectFromWebIdentityToken>${escapeXml(claims.subject)}</SubjectFromWebIdentityToken>` +
    `<Audience>${escapeXml(claims.audiences[0] ?? "")}</Audience><Provider>${escapeXml(provider.arn)}</Provider>`;
  return stsAnswer("AssumeRoleWithWebIdentity", result + credentials(session));
}

async function verified(token: string, iam: IamReader, verify: ServiceAccountVerifier): Promise<ServiceAccountClaims> {
  try {
    return await verify(token, undefined);
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    throw await refusalOf(error, iam);
  }
}

async function refusalOf({ reason, claimed }: TokenRefused, iam: IamReader): Promise<AwsError> {
  const invalid = (message: string) => new AwsError("InvalidIdentityToken", message);
  switch (reason) {
    case "issuer": {
      const known = (await iam.providers()).some(({ url }) => url === withoutScheme(claimed.issuer ?? ""));
      if (!known) return noProvider(claimed.issuer ?? "");
      return invalid(
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
      );
    }
    case "expired":
      return new AwsError(
        "ExpiredTokenException",
        "The web identity token that was passed is expired or is not valid.",
      );
    case "signature":
      return invalid("Token signature invalid");
    case "malformed":
    case "audience":
      return invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
  }
}

function noProvider(issuer: string): AwsError {
  return new AwsError("InvalidIdentityToken", `No OpenIDConnect provider found in your account for ${issuer}`);
}

/**
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. Within one account the trust policy suffices when it
 * names the caller itself; when it names the account, the caller's own policies must allow the call as well. Tags of the session,
 * new or handed on, need sts:TagSession in the same way.
 */
async function assumeRole(input: Input, caller: Caller, { iam, sessions }: StsParts): Promise<Answer> {
  const target = textOf(input, "RoleArn");
  const role = await iam.role(target);
  const handedOn = caller.kind === "role" ? caller.transitive.map((key) => [key, caller.tags[key] ?? ""] as const) : [];
  const tags = { ...Object.fromEntries(requestTags(input)), ...Object.fromEntries(handedOn) };
  const actions = ["sts:AssumeRole", ...(Object.keys(tags).length === 0 ? [] : ["sts:TagSession"])];
  for (const action of actions) {
    if (role !== undefined && (await mayAssume(action, role, caller, tags, iam))) continue;
    throw new AwsError(
      "AccessDenied",
      `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${target}`,
      403,
    );
  }
  if (role === undefined) throw new Error("unreachable: a missing role was refused");
  const transitive = [...new Set([...handedOn.map(([key]) => key), ...indexed(input, "TransitiveTagKeys.member")])];
  const session = await sessions.start({
    ...{ role, tags, transitive },
    ...{ sessionName: sessionName(input), seconds: seconds(input, role) },
  });
  return stsAnswer("AssumeRole", credentials(session));
}

async function mayAssume(
  action: string,
  role: Role,
  caller: Caller,
  tags: Readonly<Record<string, string>>,
  iam: IamReader,
): Promise<boolean> {
  const account = [`arn:aws:iam::${ACCOUNT_ID}:root`, ACCOUNT_ID];
  const own = caller.kind === "role" ? [caller.arn, caller.roleArn] : [caller.arn];
  const context = {
    ...callerContext(caller),
    "aws:TagKeys": Object.keys(tags),
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
  const question = { action, resource: role.arn, context };
  const trust = evaluate([role.trust], { ...question, asker: { type: "AWS", names: [...own, ...account] } });
  if (trust.decision !== "allow") return false;
  if (caller.kind === "administrator") return true;
  const identity = evaluate((await iam.role(caller.roleArn))?.policies ?? [], question);
  if (identity.decision === "explicit-deny") return false;
  return identity.decision === "allow" || own.includes(trust.by ?? "");
}

function requestTags(input: Input): [string, string][] {
  const keys = Object.keys(input).filter((name) => /^Tags\.member\.\d+\.Key$/.test(name));
  return keys.map((name) => [textOf(input, name), textOf(input, name.replace(/Key$/, "Value"))]);
}

function indexed(input: Input, prefix: string): string[] {
  return Object.keys(input).flatMap((name) => (name.startsWith(`${prefix}.`) ? [textOf(input, name)] : []));
}

function sessionName(input: Input): string {
  const name = textOf(input, "RoleSessionName");
  if (/^[\w+=,.@-]{2,64}$/.test(name)) return name;
  throw new AwsError(
    "ValidationError",
    `1 validation error detected: Value '${name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
  );
}

function seconds(input: Input, role: Role): number {
  const wanted = Number(textOf(input, "DurationSeconds") || 3600);
  if (wanted >= 900 && wanted <= role.maxSessionSeconds) return wanted;
  throw new AwsError(
    "ValidationError",
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  );
}

function credentials({ accessKeyId, secretAccessKey, token, expiresAt, caller }: Session): string {
  return (
    `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${escapeXml(secretAccessKey)}</SecretAccessKey>` +
    `<SessionToken>${escapeXml(token)}</SessionToken><Expiration>${new Date(expiresAt).toISOString()}</Expiration></Credentials>` +
    `<AssumedRoleUser><AssumedRoleId>${caller.userId}</AssumedRoleId><Arn>${escapeXml(caller.arn)}</Arn></AssumedRoleUser>`
  );
}

function withoutScheme(issuer: string): string {
  return issuer.replace(/^https:\/\//, "");
}
