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
  const columns = "custom-columns=KIND:.kind,NAME:.metadata.name,FINALIZERS:.metadata.finalizers";
  return {
    subject: `Namespace ${name}`,
    problem: "is being deleted, and takes no new object",
    evidence: blocked,
    fix: `see what holds it: ${kubectl(`-n ${name} get externalsecrets,secretstores,secrets -o ${columns}`)}; once it is gone: ${again}`,
  };
}
