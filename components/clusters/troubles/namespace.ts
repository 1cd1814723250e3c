import type { Explanation } from "../../support/messages/explanation.ts";

/** What is said of a namespace that takes no new object. Pure. */

interface Terminating {
  readonly name: string;
  /** What its status says that remains. Default: nobody asked. */
  readonly blocked?: readonly string[];
  readonly kubectl: (words: string) => string;
  /** What makes everything again once it is gone. */
  readonly again: string;
}

export function terminating({ name, blocked = [], kubectl, again }: Terminating): Explanation {
  return {
    subject: `Namespace ${name}`,
    problem: "is being deleted, and takes no new object",
    evidence: blocked,
    fix: `${releaseOf(name, blocked, kubectl)}; once it is gone: ${again}`,
  };
}

/** How it gets rid of what holds it. A finalizer is there since its owner wants to clean up first: it is taken away last. */
function releaseOf(name: string, blocked: readonly string[], kubectl: Terminating["kubectl"]): string {
  if (blocked.some((each) => /discovery failed/i.test(each))) {
    return `start what serves the API that is named, or remove the APIService if nothing will any more: ${kubectl("get apiservices")}`;
  }
  const kinds = [...new Set(blocked.flatMap(remainingKinds))].join(",");
  if (kinds === "") {
    return `see what holds it: ${kubectl(`get namespace ${name} -o jsonpath='{.status.conditions[*].message}'`)}`;
  }
  const columns = "custom-columns=KIND:.kind,NAME:.metadata.name,FINALIZERS:.metadata.finalizers";
  const all = kubectl(`-n ${name} get ${kinds} -o name`);
  const one = kubectl(`-n ${name} patch --type=merge -p '{"metadata":{"finalizers":null}}'`);
  return (
    `see whose finalizers hold it, and let them finish: ${kubectl(`-n ${name} get ${kinds} -o ${columns}`)}; ` +
    `take them away only where nobody does any more: ${all} | xargs -n 1 ${one}`
  );
}

/** `configmaps. has 1 resource instances, externalsecrets.external-secrets.io has 3 resource instances` */
function remainingKinds(words: string): readonly string[] {
  const found = words.matchAll(/([a-z0-9]+)\.([a-z0-9.-]*) has \d+ resource instances/g);
  return [...found].map(([, plural = "", group]) => (group === "" ? plural : `${plural}.${group}`));
}
