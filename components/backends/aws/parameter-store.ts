import { blank, setCommand } from "../../support/messages/config-command.ts";
import type { Issue } from "../../support/messages/errors.ts";
import { parameterName, secretId } from "../../support/naming.ts";
import { checkAccount, checkReferencedKey, regionalArn, type AwsAccount } from "./account.ts";
import type { StoreBase, StoreRules } from "../contract.ts";
import { namingPath } from "../remote-names.ts";
import { leastBytes, objectsOf, type Layout, type RemoteObject, type SecretShape } from "../remote-object.ts";

/** AWS Systems Manager Parameter Store: SecureString parameters in a hierarchy. */
export interface AwsParameterStoreSpec extends AwsAccount, StoreBase {
  readonly kind: "aws-parameter-store";
  /** Default: `per-key`. */
  readonly layout: Layout;
  /** `by-size` takes `advanced` (charged, 8 KiB) where a value does not fit into `standard` (free, 4 KiB). */
  readonly tier: "by-size" | "standard" | "advanced";
}

/** Most bytes of a parameter's value, by tier: "Managing parameter tiers" in the AWS Systems Manager User Guide. */
const standardBytes = 4096;
const advancedBytes = 8192;

/** Most characters of a parameter's ARN, and most levels of a hierarchy: `PutParameter` in the API reference. */
const arnCharacters = 1011;
const levels = 15;

export const awsParameterStoreRules: StoreRules<AwsParameterStoreSpec> = {
  objects: (spec, shape) => objectsOf(spec, shape, (key) => parameterName(shape.address, key)),
  check: (spec, shape) => [
    ...checkAccount(spec),
    ...checkReferencedKey(spec, shape),
    ...awsParameterStoreRules
      .objects(spec, shape)
      .flatMap((object) => [
        ...nameIssues(spec, shape, object),
        ...sizeIssues(spec, shape, object),
        ...braceIssues(spec, shape, object),
      ]),
  ],
};

/** ARN of a parameter. One slash is before the name, whether the name begins with one or is in no hierarchy. */
export function parameterArn(spec: AwsAccount, name: string): string {
  return regionalArn(spec, "ssm", `parameter/${name.replace(/^\//, "")}`);
}

/** Most bytes that a value may have. */
export function valueLimit({ tier }: Pick<AwsParameterStoreSpec, "tier">): number {
  return tier === "standard" ? standardBytes : advancedBytes;
}

function nameIssues(spec: AwsParameterStoreSpec, { address }: SecretShape, object: RemoteObject): readonly Issue[] {
  const { name, namedBy } = object;
  const path = namingPath(spec.name, object);
  const whose = `parameter "${name}" of ${secretId(address)}`;
  const arn = parameterArn(spec, name);
  const depth = name.split("/").length - 1;
  const issues: Issue[] = [];
  if (!/^[\w./-]+$/.test(name)) {
    issues.push({ path, problem: `${whose} contains characters other than letters, digits and _ . - /` });
  }
  if (!/^(?:[^/]+|(?:\/[^/]+)+)$/.test(name)) {
    const problem = `${whose} must be one part, or parts that each begin with a slash, such as /legacy/db/password`;
    issues.push({ path, problem });
  }
  if (/^\/?(aws|ssm)/i.test(name)) {
    const first = name.startsWith("/") ? `/${name.split("/")[1] ?? ""}/` : name;
    issues.push({
      path,
      problem: `"${first}" begins with aws or ssm, which AWS reserves`,
      fix:
        namedBy === undefined && object.byScheme !== true
          ? `choose another platform name: ${setCommand("platform", blank("name"))}`
          : setCommand(path, blank("another name")),
    });
  }
  if (arn.length > arnCharacters) {
    issues.push({
      path,
      problem: `the ARN of ${whose} has ${arn.length} characters; AWS allows at most ${arnCharacters}`,
    });
  }
  if (depth > levels) {
    issues.push({ path, problem: `${whose} lies ${depth} levels deep; AWS allows at most ${levels}` });
  }
  return issues;
}

function sizeIssues(spec: AwsParameterStoreSpec, shape: SecretShape, object: RemoteObject): readonly Issue[] {
  const size = leastBytes(object, shape.lengths);
  if (size <= valueLimit(spec)) return [];
  return [
    {
      path: `stores.${spec.name}`,
      problem: sizeProblem(spec, `parameter "${object.name}" of ${secretId(shape.address)}`, size),
      fix: sizeFix(spec),
    },
  ];
}

/**
 * AWS takes two braces for the name of another parameter, and refuses the value: "You can't include values wrapped in double
 * brackets" (`PutParameter` in the API reference).
 */
function braceIssues(spec: AwsParameterStoreSpec, shape: SecretShape, object: RemoteObject): readonly Issue[] {
  return object.keys
    .filter((key) => shape.doubleBraces?.includes(key))
    .map((key) => ({
      path: `stores.${spec.name}`,
      problem: bracesProblem(`key ${key} of ${secretId(shape.address)} holds, or may hold,`),
      fix: `leave { out of its symbols or text, encode it (a template with \${KEY|base64}), or keep the secret in a store of kind aws-secrets-manager`,
    }));
}

/**
 * What is wrong with a value that holds two braces.
 *
 * @param saying its subject and verb.
 */
export function bracesProblem(saying: string): string {
  return `${saying} "{{", which Parameter Store takes for the name of another parameter and refuses`;
}

/** What is wrong with a value that does not fit. */
export function sizeProblem(spec: AwsParameterStoreSpec, subject: string, size: number): string {
  return `${subject} has ${size} bytes; tier ${spec.tier} allows at most ${valueLimit(spec)}`;
}

/** How to make a value fit. */
export function sizeFix({ name, tier, layout }: AwsParameterStoreSpec): string {
  if (tier === "standard") return setCommand(["stores", name, "tier"], "by-size");
  const split = layout === "bundle" ? `${setCommand(["stores", name, "layout"], "per-key")}, or ` : "";
  return `${split}keep it in a store of kind aws-secrets-manager, which allows 65536`;
}
