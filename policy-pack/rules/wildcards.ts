import { listOf, mapOf, parsed, textOf, textsOf, type Rule, type Subject } from "./rule.ts";

const remedy =
  "grant exactly the objects that are read: the platform gives each namespace the rights to what it consumes";

/** A right to every secret of a store is one to those of every team. */
export const noWildcardOnStores: Rule = {
  name: "no-wildcard-on-stores",
  description: "No right covers every secret of a store.",
  remedy,
  check: (subject) => [
    ...aws(subject),
    ...azure(subject),
    ...accessPolicies(subject),
    ...google(subject),
    ...vault(subject),
  ],
};

/** Policies of Amazon's own that cover every secret or parameter of an account. */
const amazonPolicies = /:policy\/(?:SecretsManagerReadWrite|AmazonSSMFullAccess|AmazonSSMReadOnlyAccess)$/;

function aws({ type, name, props }: Subject): readonly string[] {
  if (!/^aws(?:-native)?:/.test(type)) return [];
  const attached = [...textsOf(props["policyArn"]), ...textsOf(props["managedPolicyArns"])].filter((arn) =>
    amazonPolicies.test(arn),
  );
  // The second names are those of Cloud Control.
  const inline = [
    ...listOf(props["inlinePolicies"]).map((each) => mapOf(each)["policy"]),
    ...listOf(props["policies"]).map((each) => mapOf(each)["policyDocument"]),
  ];
  const documents = [props["policy"], props["policyDocument"], ...inline].filter(
    (each) => each !== undefined && /^aws(?:-native)?:iam[/:]/.test(type),
  );
  return [
    ...attached.map(
      (arn) => `${name} attaches ${arn.split("/").at(-1) ?? ""}, which covers every secret of the account`,
    ),
    ...documents
      .flatMap((document) => listOf(mapOf(parsed(document))["Statement"]))
      .map(mapOf)
      .flatMap((statement) => broadStatement(name, statement)),
  ];
}

function broadStatement(name: string, statement: Readonly<Record<string, unknown>>): readonly string[] {
  if (statement["Effect"] !== "Allow") return [];
  const actions = textsOf(statement["Action"]);
  const secrets = actions.filter((action) => reaches(action));
  const excepting = statement["NotAction"] !== undefined;
  if (secrets.length === 0 && !excepting) return [];
  const what = excepting ? "all actions but some" : secrets.join(", ");
  if (statement["NotResource"] !== undefined) return [`${name} allows ${what} on all resources but some`];
  const broad = textsOf(statement["Resource"]).filter(isBroad);
  return broad.length === 0 ? [] : [`${name} allows ${what} on ${broad.join(", ")}`];
}

/** Whether an action of IAM, which may hold wildcards, reads or writes a secret or a parameter. */
function reaches(action: string): boolean {
  const pattern = new RegExp(
    `^${action
      .toLowerCase()
      .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );
  return [
    "secretsmanager:getsecretvalue",
    "secretsmanager:batchgetsecretvalue",
    "secretsmanager:putsecretvalue",
    "ssm:getparameter",
    "ssm:getparameters",
    "ssm:getparametersbypath",
    "ssm:putparameter",
  ].some((each) => pattern.test(each));
}

/** Whether a resource covers every secret, or every parameter: a wildcard before the first part of its name has ended. */
function isBroad(resource: string): boolean {
  if (/^\**$/.test(resource)) return true;
  const parts = resource.split(":");
  const service = parts[2] ?? "";
  if (service.includes("*") || service.includes("?")) return true;
  if (!["secretsmanager", "ssm"].includes(service)) return false;
  const name = parts
    .slice(5)
    .join(":")
    .replace(/^(?:secret:|parameter\/?)/, "");
  const [first = ""] = name.split("/");
  // Secrets Manager ends each name with six characters of its own.
  return name === "" || /[*?]/.test(first.replace(/-\?{6}$/, ""));
}

/** Roles of Azure that read or write secrets, by their GUID (learn.microsoft.com, built-in roles for security, 2026-11-29). */
const azureRoles: Readonly<Record<string, string>> = {
  "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
  "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
  "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
};

function azure({ type, name, props }: Subject): readonly string[] {
  if (!/^azure(?:-native)?:authorization.*:(?:RoleAssignment|Assignment)$/.test(type)) return [];
  const guid = textOf(props["roleDefinitionId"]).split("/").at(-1)?.toLowerCase() ?? "";
  const named = textOf(props["roleDefinitionName"]);
  const role = azureRoles[guid] ?? Object.values(azureRoles).find((each) => each === named);
  const scope = textOf(props["scope"]);
  if (role === undefined || /\/vaults\/[^/]+\/secrets\/[^/]+$/i.test(scope)) return [];
  return [`${name} assigns ${role} on more than one secret: its scope must end in /secrets/<name>`];
}

/** An access policy of a Key Vault knows no single secret: who may read one may read all. */
function accessPolicies({ type, name, props }: Subject): readonly string[] {
  if (!/^azure(?:-native)?:keyvault[/:]/.test(type)) return [];
  const policies = [
    ...(/:AccessPolicy$/.test(type) ? [props, props["policy"]] : []),
    ...listOf(props["accessPolicies"]),
    ...listOf(mapOf(props["properties"])["accessPolicies"]),
  ].map(mapOf);
  const granted = policies.flatMap((each) => [
    ...textsOf(each["secretPermissions"]),
    ...textsOf(mapOf(each["permissions"])["secrets"]),
  ]);
  const reaching = [...new Set(granted.filter((each) => /^(?:get|set|all|backup|restore)$/i.test(each)))];
  if (reaching.length === 0) return [];
  return [
    `${name} allows ${reaching.join(", ")} of every secret of a Key Vault: an access policy knows no single one, a role assignment does`,
  ];
}

/** Roles of Google Cloud that read or write secrets. */
const googleRoles = new Set([
  "roles/secretmanager.admin",
  "roles/secretmanager.secretAccessor",
  "roles/secretmanager.secretVersionManager",
  "roles/secretmanager.secretVersionAdder",
]);

function google({ type, name, props }: Subject): readonly string[] {
  const role = textOf(props["role"]);
  if (/^gcp:secretmanager\/(?:region)?secretIam/i.test(type)) {
    const everybody = [...textsOf(props["member"]), ...textsOf(props["members"])].filter((each) =>
      /^all(?:Authenticated)?Users$/.test(each),
    );
    return everybody.map((each) => `${name} gives ${role} to ${each}`);
  }
  if (!/^gcp:(?:projects|folder|organizations)\/iam(?:Member|Binding)/i.test(type) || !googleRoles.has(role)) return [];
  const { expression = "" } = mapOf(props["condition"]);
  if (String(expression).includes("resource.name")) return [];
  return [`${name} gives ${role} on a whole ${/projects/.test(type) ? "project" : "folder or organization"}`];
}

function vault({ type, name, props }: Subject): readonly string[] {
  if (type !== "vault:index/policy:Policy" || typeof props["policy"] !== "string") return [];
  return pathsOf(props["policy"])
    .filter((path) => path.endsWith("*") || path.split("/").includes("+"))
    .map((path) => `${name} covers ${path}, and whatever is made there later`);
}

/** Paths that a policy of Vault gives a right to, written in HCL or as JSON. */
function pathsOf(policy: string): readonly string[] {
  const blocks: readonly (readonly [path: string, body: string])[] = [
    ...[...policy.matchAll(/^\s*path\s+"(?<path>[^"]*)"(?<body>[^}]*)/gm)].map(
      ({ groups }) => [groups?.["path"] ?? "", groups?.["body"] ?? ""] as const,
    ),
    ...Object.entries(mapOf(mapOf(parsed(policy))["path"])).map(
      ([path, body]) => [path, JSON.stringify(body)] as const,
    ),
  ];
  return blocks.filter(([, body]) => !/"deny"/.test(body)).map(([path]) => path);
}
