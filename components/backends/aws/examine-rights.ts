import { awsReaderRole } from "../../support/naming.ts";
import { broken, examinedTogether, restore, sound, unanswered } from "../examiner.ts";
import type { Reading, StoreExamination } from "../examiner.ts";
import type { RemoteObject } from "../remote-object.ts";
import { roleArn } from "./account.ts";
import type { AwsStoreSpec } from "./identity-rules.ts";
import { parameterArn } from "./parameter-store.ts";
import { awsReadPolicy, readPolicyName, type KnownGrant } from "./policies.ts";
import { missingRights } from "./policy-check.ts";
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
  if (missing.length > 0) return broken("rights", subject, `does not allow ${missing.join(", ")}`, restore);
  return examinedTogether([
    sound("rights", `${subject} allows reading ${objects.map(({ name }) => name).join(", ")}`),
    await checkBounds(spec, ask, role, { grants, by }),
    ...keysOf(grants),
  ]);
}

/** What is granted of an object. The ARN of a secret ends at random: one that was made anew has another. */
async function grantOf(
  spec: AwsStoreSpec,
  ask: AwsQuestions,
  { name, foreign }: RemoteObject,
): Promise<KnownGrant | undefined> {
  const kmsKeyArn = foreign?.kmsKeyArn ?? spec.kmsKeyArn;
  const key = kmsKeyArn === undefined ? {} : { kmsKeyArn };
  if (spec.kind === "aws-parameter-store") return { kind: spec.kind, arn: parameterArn(spec, name), ...key };
  const secret = await ask.secret(name);
  return "value" in secret ? { kind: spec.kind, arn: secret.value.arn, ...key } : undefined;
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
