import { listOf, optional } from "./fields.ts";

/** Roles that the operator itself may take on for stores on AWS (EKS Pod Identity), each for one namespace. Plain data. */
export interface OperatorRoles {
  /** Namespace whose roles are those of ClusterSecretStores; absent when there are none. */
  readonly shared?: string;
  /** What the ARNs of this stack's roles begin with: a role of namespace `shop` goes on with `shop.`. */
  readonly beginnings: readonly string[];
  /** ARNs of this stack's roles whose names were cut before that: the namespace of each. */
  readonly cut: Readonly<Record<string, string>>;
  /** Whether other stacks have roles too, of which no more is known than the fourth part of the name, as far as it goes. */
  readonly others: boolean;
}

/** Variable that {@link takesOnOwnRole} reads: the namespace that a store's role must be of. */
export function roleVariables({ shared = "" }: OperatorRoles) {
  return [
    { name: "reader", expression: `object.kind == 'ClusterSecretStore' ? '${shared}' : request.namespace` },
  ] as const;
}

/**
 * That a store on AWS without credentials names a role of its own namespace, and nothing that would change what the
 * operator does with its own identity on the way. In CEL. Names of namespaces are in the roles' names, so that the rule
 * stays the same while namespaces come: the API server is seconds late in heeding a change.
 */
export function takesOnOwnRole({ beginnings, cut, others }: OperatorRoles): string {
  const role = `${optional("aws.role")}.orValue('')`;
  const pairs = Object.entries(cut).map(([arn, namespace]) => `${namespace} ${arn}`);
  const ways = [
    ...(beginnings.length === 0
      ? []
      : [`${listOf(beginnings)}.exists(each, ${role}.startsWith(each + variables.reader + '.'))`]),
    ...(pairs.length === 0 ? [] : [`(variables.reader + ' ' + ${role}) in ${listOf(pairs)}`]),
    ...(others ? [`${role}.matches('${anyBeginning}' + variables.reader + '${anyEnd}')`, isCutFor(role)] : []),
  ];
  const fields = listOf(["service", "region", "role", "prefix", "secretsManager", "sessionTagsPolicy"]);
  return [
    "variables.reader != ''",
    `object.spec.provider.aws.all(each, each in ${fields})`,
    `${optional("aws.sessionTagsPolicy")}.orValue('None') == 'None'`,
    // Part of the name of the host that the operator signs its requests for.
    `${optional("aws.region")}.orValue('').matches('^[a-z0-9-]+$')`,
    ways.length === 0 ? "false" : `(${ways.join(" || ")})`,
  ].join(" && ");
}

/** `<platform>.<environment>.<cluster>.<namespace>.<store>`, as `awsReaderRole` has it. Not below a path of roles. */
const anyBeginning = "^arn:[a-z-]+:iam::[0-9]{12}:role/[a-z0-9-]+[.][a-z0-9-]+[.][a-z0-9-]+[.]";
const anyEnd = "[.][a-z0-9._-]+$";

/** That a name which is cut within its namespace is so for this one: all that can be told without the roles themselves. */
function isCutFor(role: string): string {
  const visible = `${role}.split('.')[3].split('_')[0]`;
  return `(${role}.matches('${anyBeginning}[a-z0-9-]+_[0-9a-f]{10}$') && variables.reader.startsWith(${visible}))`;
}
