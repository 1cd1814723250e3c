import type { Explanation } from "../../support/messages/explanation.ts";
import { terminating } from "./namespace.ts";

/** What the API server says when it refuses an object, in words that people can act on. Pure. */

const kubectl = (words: string) => `kubectl ${words}`;

interface Refusal {
  readonly pattern: RegExp;
  readonly explain: (words: readonly string[], namespace: string) => Explanation;
}

const refusals: readonly Refusal[] = [
  {
    pattern: /unable to create new content in namespace (\S+) because it is being terminated/,
    explain: ([, name = ""]) => terminating({ name, kubectl, again: "pulumi up --refresh" }),
  },
  {
    pattern: /(?:exceeded|status unknown for) quota: ([^\n]+)/,
    explain: ([, quota = ""], namespace) => ({
      subject: `Namespace ${namespace}`,
      problem: `has no quota left: ${quota}`,
      fix: quotaFix(namespace, kubectl),
    }),
  },
  {
    pattern: /user "([^"\n]+)"[^\n]* is attempting to grant RBAC permissions not currently held:?((?:\s*\{[^\n]+)*)/,
    explain: ([, user = "", rights = ""]) => ({
      subject: `user ${user}`,
      problem: "may not give rights in the cluster that it does not have itself",
      evidence: rights.split("\n").flatMap((each) => (each.trim() === "" ? [] : [each.trim()])),
      fix: `give it these rights, or the one to give any: ${grantCommand(user)} (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping)`,
    }),
  },
  {
    pattern:
      /User "([^"\n]+)" cannot (\w+) resource "([^"\n]+)" in API group "([^"\n]*)"(?: in the namespace "([^"\n]+)")?/,
    explain: ([, user = "", verb = "", resource = "", group = "", place]) => {
      const kind = group === "" ? resource : `${resource}.${group}`;
      return {
        subject: `user ${user}`,
        problem: `may not ${verb} ${kind} ${place === undefined ? "in the cluster" : `in namespace ${place}`}`,
        fix: `give it that right, which this command then answers with yes: ${kubectl(`auth can-i ${verb} ${kind}${place === undefined ? "" : ` -n ${place}`} --as ${user}`)}`,
      };
    },
  },
  {
    pattern: /admission webhook "([^"\n]+)" denied the request:\s*([^\n]+)/,
    explain: ([, webhook = "", why = ""]) => deniedBy(`admission webhook ${webhook}`, why),
  },
  {
    pattern: /ValidatingAdmissionPolicy '([^'\n]+)'[^\n]*? denied request: ([^\n]+)/,
    explain: ([, policy = "", why = ""]) => deniedBy(`ValidatingAdmissionPolicy ${policy}`, why),
  },
  {
    pattern: /failed calling webhook "([^"\n]+)": (?:failed to call webhook: )?([^\n]+)/,
    explain: ([, webhook = "", why = ""]) => ({
      subject: `admission webhook ${webhook}`,
      problem: `can't be reached, so the API server refuses what it would look at: ${why}`,
      fix: `start what answers there; where nothing does any more, remove its configuration: ${kubectl("get validatingwebhookconfigurations,mutatingwebhookconfigurations")}`,
    }),
  },
];

/** Why the API server refuses what is in a namespace, as one sentence: its own words, where they are none that are known. */
export function refusalSentence(words: string, namespace: string): { readonly problem: string; readonly fix?: string } {
  const refused = refusedIn(words, namespace);
  if (refused === undefined) return { problem: words };
  const { subject, problem, fix } = refused;
  return { problem: `${subject} ${problem}`, ...(fix === undefined ? {} : { fix }) };
}

export function quotaFix(namespace: string, kubectl: (words: string) => string): string {
  return `raise the quota, or remove what uses it up: ${kubectl(`-n ${namespace} describe resourcequota`)}`;
}

/** Lets a user give rights that it does not have. */
function grantCommand(user: string): string {
  const name = "secrets-deployer-may-grant";
  const roles = ["roles", "clusterroles"].map((each) => `${each}.rbac.authorization.k8s.io`).join(",");
  return [
    kubectl(`create clusterrole ${name} --verb=escalate,bind --resource=${roles}`),
    kubectl(`create clusterrolebinding ${name} --clusterrole=${name} --user=${user}`),
  ].join(" && ");
}

function deniedBy(subject: string, why: string): Explanation {
  return {
    subject,
    problem: `refuses the object: ${why}`,
    fix: "change what it names, or ask whoever runs that policy for an exception",
  };
}

/**
 * What the API server refused, as far as its words tell.
 *
 * @param namespace where the object was to be.
 */
export function refusedIn(words: string, namespace: string): Explanation | undefined {
  for (const { pattern, explain } of refusals) {
    const found = pattern.exec(words);
    if (found !== null) return explain(found, namespace);
  }
  return undefined;
}
