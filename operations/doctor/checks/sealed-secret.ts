import { explainNotSynced, syncedState } from "../../../components/sealed-secrets/explain.ts";
import type { Examined } from "../model.ts";
import { applyAgain, kubectl, type AskedSecret } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";

/** Whether the Sealed Secrets controller unsealed the SealedSecret of a Secret as it is now. */
export async function checkSealedSecret(asked: AskedSecret): Promise<Examined> {
  const { delivery, cluster, reader } = asked;
  if (delivery.via !== "sealed-secret") return {};
  const { namespace, secretName: name } = delivery;
  const subject = `SealedSecret ${namespace}/${name}`;
  const found = await reader.get("SealedSecret", { namespace, name });
  if (isRefused(found)) return unanswered("delivery", subject, found);
  if (found.value === undefined) {
    const fix = applyAgain(asked, cluster.spec.sealedSecrets?.appliedBy === "gitops");
    return { findings: [{ link: "delivery", severity: "broken", subject, problem: "does not exist", fix }] };
  }
  if (syncedState(found.value) === "synced") {
    return { seen: [{ link: "delivery", text: `${subject} is synced: its controller unsealed it` }] };
  }
  return {
    findings: [{ ...explainNotSynced(cluster.spec, found.value), link: "delivery", severity: "broken" }],
  };
}

/** What makes the controller write its Secrets again: it looks at each of them when it starts. */
export function unsealAgain(asked: AskedSecret): string {
  const { namespace = "", name = "" } = asked.cluster.spec.sealedSecrets?.controller ?? {};
  return `restart the controller, which unseals again: ${kubectl(asked, `-n ${namespace} rollout restart deployment ${name}`)}`;
}
