import { explainNotReady, isReady } from "../../../components/external-secrets/readiness/explain.ts";
import type { Examined } from "../model.ts";
import { applyAgain, isStoreRendered, storeReference, type AskedNamespace } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";

/** Whether the SecretStore that a namespace reads through is there, and the operator could log in by it. */
export async function checkStore(asked: AskedNamespace): Promise<Examined> {
  const reference = storeReference(asked);
  if (reference === undefined) return {};
  const { kind, name, namespace } = reference;
  const subject = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  const place = namespace === undefined ? { name } : { name, namespace };
  const found = await asked.reader.get(kind, place);
  if (isRefused(found)) return unanswered("store", subject, found);
  if (found.value === undefined) {
    const fix = applyAgain(asked, isStoreRendered(asked.namespace));
    return { findings: [{ link: "store", severity: "broken", subject, problem: "does not exist", fix }] };
  }
  if (isReady(found.value)) return { seen: [{ link: "store", text: `${subject} is Ready` }] };
  const events = await asked.reader.events(kind, place);
  const { link = "store", ...told } = explainNotReady({ ...found.value, kind }, isRefused(events) ? [] : events.value);
  return {
    findings: [{ ...told, subject, link, severity: "broken" }],
    ...(isRefused(events) ? unanswered("store", `the events of ${subject}`, events) : {}),
  };
}
