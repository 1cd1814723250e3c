import { awsReaderRole } from "../../support/naming.ts";
import { broken, examinedTogether, restore, sound, unanswered } from "../examiner.ts";
import type { ReadObject, Reading, StoreExamination } from "../examiner.ts";
import { retakeCommand } from "../retake.ts";
import { isReplica } from "./replicas.ts";
import { roleArn } from "./account.ts";
import type { AwsStoreSpec } from "./identity-rules.ts";
import { parameterArn } from "./parameter-store.ts";
import { awsReadPolicy, readPolicyName, type KnownGrant } from "./policies.ts";
import { earlierArn, missingRights } from "./policy-check.ts";
import type { AwsQuestions, Decision } from "./questions.ts";

/** Whether the namespace's role may read these very objects: by its policy, and by what bounds it. */
export async function checkRights(
  spec: AwsStoreSpec,
  ask: AwsQuestions,
  { scope, objects, by }: Reading,
): Promise<StoreExamination> {
  const role = awsReaderRole({ ...scope, store: spec.name });
  const found = await Promise.all(objects.map((object) => grantOf(spec, ask, object)));
  const grants = found.flatMap((each) => (each === undefined ? [] : [each]));
  // What is not there, or not told of, has no right to look for: of it the check of the object tells.
  if (grants.length === 0) return {};
  const subject = `policy ${readPolicyName} of IAM role ${role}`;
  const held = await ask.inlinePolicy(role, readPolicyName);
  if ("refused" in held) return unanswered("rights", subject, held.refused);
  if ("absent" in held) return broken("rights", subject, "does not exist", restore);
  const [read, mounted] = by === "operator" ? [grants, []] : [[], grants];
  const missing = missingRights(held.value, awsReadPolicy(read, spec, mounted));
  if (missing.length > 0) return explainMissing(spec, { subject, held: held.value, missing, read, mounted });
  return examinedTogether([
    sound("rights", `${subject} allows reading ${objects.map(({ name }) => name).join(", ")}`),
    await checkBounds(spec, ask, role, { grants, by }),
    ...keysOf(grants),
  ]);
}

/** A grant, and whose object it is of. */
interface ObjectGrant extends KnownGrant {
  readonly object: ReadObject;
}

interface MissingRights {
  /** The policy. */
  readonly subject: string;
  readonly held: string;
  readonly missing: readonly string[];
  readonly read: readonly ObjectGrant[];
  readonly mounted: readonly ObjectGrant[];
}

/** Rights that a policy lacks because a secret has another ARN now are given back with the secret; all others are written again. */
function explainMissing(
  spec: AwsStoreSpec,
  { subject, held, missing, read, mounted }: MissingRights,
): StoreExamination {
  const madeAnew = [...read, ...mounted].flatMap(({ kind, arn, object }) => {
    const isLacking = kind === "aws-secrets-manager" && missing.some((each) => each.endsWith(` on ${arn}`));
    const before = isLacking ? earlierArn(held, arn) : undefined;
    return before === undefined ? [] : [{ arn, before, object }];
  });
  if (madeAnew.length === 0) return broken("rights", subject, `does not allow ${missing.join(", ")}`, restore);
  const earlier = new Map(madeAnew.map(({ arn, before }) => [arn, before]));
  const asBefore = (grants: readonly ObjectGrant[]) =>
    grants.map((each) => ({ ...each, arn: earlier.get(each.arn) ?? each.arn }));
  const others = missingRights(held, awsReadPolicy(asBefore(read), spec, asBefore(mounted)));
  const ids = [...new Set(madeAnew.flatMap(({ object }) => object.secret ?? []))].sort();
  // The ARN of what somebody else writes is asked for in each run.
  const fix = ids.length === 0 ? restore : retakeCommand(ids);
  return examinedTogether([
    ...madeAnew.map(({ arn, before, object }) => {
      const problem = `allows reading ${before}, and secret "${object.name}" was deleted and made anew: it is ${arn} now`;
      return broken("rights", subject, problem, fix);
    }),
    ...(others.length === 0 ? [] : [broken("rights", subject, `does not allow ${others.join(", ")}`, fix)]),
  ]);
}

/** What is granted of an object. The ARN of a secret ends at random: one that was made anew has another. */
async function grantOf(spec: AwsStoreSpec, ask: AwsQuestions, object: ReadObject): Promise<ObjectGrant | undefined> {
  const { name, foreign } = object;
  const kmsKeyArn = foreign?.kmsKeyArn ?? spec.kmsKeyArn;
  const key = kmsKeyArn === undefined ? {} : { kmsKeyArn };
  if (spec.kind === "aws-parameter-store") return { kind: spec.kind, arn: parameterArn(spec, name), ...key, object };
  const secret = await ask.secret(name);
  // What stands in the place of a replica nobody has a right to: of it the check of the object tells.
  if (!("value" in secret) || (object.replicaOf !== undefined && !isReplica(secret.value))) return undefined;
  return { kind: spec.kind, arn: secret.value.arn, ...key, object };
}

/** Policies are not all: a permissions boundary, the organization's policies or a denial may stand above them. */
async function checkBounds(
  spec: AwsStoreSpec,
  ask: AwsQuestions,
  role: string,
  { grants, by }: { readonly grants: readonly KnownGrant[]; readonly by: Reading["by"] },
): Promise<StoreExamination> {
  const action = readAction(spec.kind, by);
  const arns = [...new Set(grants.map(({ arn }) => arn))].sort();
  const subject = `what bounds IAM role ${role}`;
  const simulated = await ask.simulated(roleArn(spec, role), [action], arns);
  if (!("value" in simulated)) {
    return unanswered("rights", subject, "refused" in simulated ? simulated.refused : "AWS does not know the role");
  }
  const refused = simulated.value.filter(({ decision }) => decision !== "allowed");
  if (refused.length === 0) return sound("rights", `nothing above the policies of IAM role ${role} forbids ${action}`);
  return examinedTogether(
    refused.map((each) =>
      broken("rights", `IAM role ${role}`, `may not call ${each.action} on ${each.arn}: ${whyNot(each)}`, fixOf(each)),
    ),
  );
}

/** What reads a value: the CSI driver's provider asks for parameters in the plural. */
function readAction(kind: AwsStoreSpec["kind"], by: Reading["by"]): string {
  if (kind === "aws-secrets-manager") return "secretsmanager:GetSecretValue";
  return by === "mount" ? "ssm:GetParameters" : "ssm:GetParameter";
}

function whyNot({ decision, byBoundary, byOrganization }: Decision): string {
  if (decision === "explicitDeny") return "a policy denies it, for this role or for the whole organization";
  if (byBoundary === false) return "its permissions boundary does not allow it";
  if (byOrganization === false) return "the organization's policies do not allow it";
  return "AWS finds nothing that allows it";
}

function fixOf({ decision, byBoundary, byOrganization }: Decision): string {
  if (byBoundary === false)
    return "have the owner of the permissions boundary allow it (stores.<name>.roles.permissionsBoundary)";
  if (byOrganization === false || decision === "explicitDeny")
    return "have whoever wrote the policy that denies it let this role through";
  return restore;
}

/** The other half of the right to decrypt is the key's own policy. */
function keysOf(grants: readonly KnownGrant[]): readonly StoreExamination[] {
  const keys = [...new Set(grants.flatMap(({ kmsKeyArn }) => kmsKeyArn ?? []))].sort();
  return keys.map((key) =>
    unanswered("rights", `key policy of ${key}`, "a key is not asked; what the operator says of it is checked"),
  );
}
