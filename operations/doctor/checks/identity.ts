import { wantedClusterObjects, wantedObjects } from "../../../components/delivery/wanted.ts";
import { usesStore } from "../../../stacks/config/store-use.ts";
import { merged, type Examined } from "../model.ts";
import type { AskedNamespace } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";

/** What of a login lies in the cluster: the service account, and the operator's right to mint its tokens. */
const kinds = ["ServiceAccount", "Role", "RoleBinding", "Secret"] as const;
type LoginKind = (typeof kinds)[number];

/** Whether the login of a namespace's reader is there as this program makes it. */
export async function checkIdentity(asked: AskedNamespace): Promise<Examined> {
  const { namespace, environment, cluster } = asked;
  if (!usesStore(namespace)) return {};
  const { platform, name } = environment;
  const wanted =
    cluster.spec.externalSecrets.clusterSecretStore === undefined
      ? wantedObjects(namespace)
      : wantedClusterObjects(cluster.spec, namespace.store, { platform, environment: name });
  const login = wanted.flatMap(({ kind, namespace: within = "", name }) =>
    isLoginKind(kind) ? [{ kind, namespace: within, name }] : [],
  );
  return merged(await Promise.all(login.map((each) => checkObject(asked, each))));
}

function isLoginKind(kind: string): kind is LoginKind {
  return (kinds as readonly string[]).includes(kind);
}

interface LoginObject {
  readonly kind: LoginKind;
  readonly namespace: string;
  readonly name: string;
}

async function checkObject(asked: AskedNamespace, { kind, namespace, name }: LoginObject): Promise<Examined> {
  const subject = `${kind} ${namespace}/${name}`;
  const found = await asked.reader.get(kind, { namespace, name });
  if (isRefused(found)) return unanswered("identity", subject, found);
  const problem = found.value === undefined ? "does not exist" : changedRight(asked, kind, found.value);
  if (problem === undefined) return { seen: [{ link: "identity", text: `${subject} exists` }] };
  return {
    findings: [{ link: "identity", severity: "broken", subject, problem, fix: "pulumi up --refresh" }],
  };
}

/** How a right to mint tokens differs from the one that is made here. */
function changedRight({ cluster }: AskedNamespace, kind: LoginKind, object: object): string | undefined {
  if (kind === "Role") {
    const { rules = [] } = object as { readonly rules?: readonly Rule[] };
    const mints = rules.some(
      ({ resources = [], verbs = [] }) => resources.includes("serviceaccounts/token") && verbs.includes("create"),
    );
    return mints ? undefined : "no longer lets the operator mint tokens of the service account";
  }
  if (kind === "RoleBinding") {
    const { subjects = [] } = object as { readonly subjects?: readonly Subject[] };
    const operator = cluster.spec.externalSecrets.namespace;
    return subjects.some(({ namespace }) => namespace === operator)
      ? undefined
      : `no longer names the operator's service account, of namespace ${operator}`;
  }
  return undefined;
}

interface Rule {
  readonly resources?: readonly string[];
  readonly verbs?: readonly string[];
}
interface Subject {
  readonly namespace?: string;
}
