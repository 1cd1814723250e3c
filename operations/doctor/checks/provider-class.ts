import { isMounted } from "../../../components/delivery/contract.ts";
import type { Examined } from "../model.ts";
import type { AskedSecret } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";

/** Whether what Pods mount a Secret by is there (`via: csi`). */
export async function checkProviderClass({ delivery, reader }: AskedSecret): Promise<Examined> {
  if (!isMounted(delivery)) return {};
  const place = { namespace: delivery.namespace, name: delivery.secretName };
  const subject = `SecretProviderClass ${place.namespace}/${place.name}`;
  const found = await reader.get("SecretProviderClass", place);
  if (isRefused(found)) return unanswered("delivery", subject, found);
  if (found.value !== undefined) {
    return { seen: [{ link: "delivery", text: `${subject} exists; the driver reads the store when a Pod mounts it` }] };
  }
  return {
    findings: [
      { link: "delivery", severity: "broken", subject, problem: "does not exist", fix: "pulumi up --refresh" },
    ],
  };
}
