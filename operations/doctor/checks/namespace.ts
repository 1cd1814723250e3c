import { terminating } from "../../../components/clusters/troubles/namespace.ts";
import type { Examined } from "../model.ts";
import { kubectl, type AskedNamespace } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";

/** Whether the namespace is there, and stays. */
export async function checkNamespace(asked: AskedNamespace): Promise<Examined> {
  const { name, create } = asked.namespace;
  const subject = `Namespace ${name}`;
  const found = await asked.reader.get("Namespace", { name });
  if (isRefused(found)) return unanswered("namespace", subject, found);
  if (found.value === undefined) {
    return {
      findings: [
        {
          link: "namespace",
          severity: "broken",
          subject,
          problem: `does not exist in cluster ${asked.cluster.spec.name}`,
          fix: create ? "pulumi up --refresh" : kubectl(asked, `create namespace ${name}`),
        },
      ],
    };
  }
  const { metadata, status } = found.value;
  if (metadata?.deletionTimestamp === undefined && status?.phase !== "Terminating") {
    return { seen: [{ link: "namespace", text: `${subject} exists` }] };
  }
  const blocked = (status?.conditions ?? []).flatMap(({ type, status: value, message }) =>
    value === "True" && message !== undefined && /Remaining|Failure/.test(type ?? "") ? [message] : [],
  );
  const typed = (words: string) => kubectl(asked, words);
  const explained = terminating({ name, blocked, kubectl: typed, again: "pulumi up --refresh" });
  return { findings: [{ link: "namespace", severity: "broken", ...explained }] };
}
