import { knownErrorIn } from "../../../components/external-secrets/readiness/known-errors.ts";
import { isMounted } from "../../../components/delivery/contract.ts";
import { mountErrorIn } from "../../../components/secrets-store-csi/known-mount-errors.ts";
import { readerName } from "../../../components/support/naming.ts";
import type { PodObject } from "../cluster-reader.ts";
import { merged, type Examined, type Finding } from "../model.ts";
import type { AskedSecret } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";
import { mountedClasses } from "./secret-uses.ts";

/** Whether Pods that mount a Secret through the CSI driver run as the account that the store trusts, and start. */
export async function checkMounts(asked: AskedSecret): Promise<Examined> {
  const { delivery, reader } = asked;
  if (!isMounted(delivery)) return {};
  const { namespace, secretName } = delivery;
  const pods = await reader.list("Pod", namespace);
  if (isRefused(pods)) return unanswered("consumers", `the Pods of namespace ${namespace}`, pods);
  const mounting = pods.value.filter(({ spec }) => mountedClasses(spec).includes(secretName));
  if (mounting.length === 0) {
    return { seen: [{ link: "consumers", text: `no Pod of namespace ${namespace} mounts ${secretName}` }] };
  }
  return merged(await Promise.all(mounting.map((pod) => checkPod(asked, pod))));
}

async function checkPod({ delivery, reader }: AskedSecret, { metadata, spec, status }: PodObject): Promise<Examined> {
  const { namespace, secretName } = delivery;
  const { name = "" } = metadata ?? {};
  const subject = `Pod ${namespace}/${name}`;
  const finding = (problem: string, fix: string): Finding => ({
    link: "consumers",
    severity: "broken",
    subject,
    problem,
    fix,
  });
  const account = spec?.serviceAccountName ?? "default";
  if (account !== readerName) {
    return {
      findings: [
        finding(
          `mounts ${secretName} as service account ${account}, which the store does not trust`,
          `run it as ${readerName}: spec.serviceAccountName (docs/deliveries/csi.md)`,
        ),
      ],
    };
  }
  if (status?.phase !== "Pending") {
    return { seen: [{ link: "consumers", text: `${subject} mounts ${secretName}` }] };
  }
  const events = await reader.events("Pod", { namespace, name });
  if (isRefused(events)) return unanswered("consumers", `the events of ${subject}`, events);
  const said = events.value.findLast(({ type, message = "" }) => type === "Warning" && message.includes("MountVolume"));
  const { message } = said ?? {};
  if (message === undefined) return {};
  const mount = mountErrorIn(message);
  if (mount !== undefined)
    return { findings: [{ ...finding(mount.problem, mount.fix), evidence: [`event: ${message}`] }] };
  const known = knownErrorIn(message);
  const fix = known?.fix ?? "see what the provider's Pods on that node say: kubectl -n kube-system get pods -o wide";
  return { findings: [{ ...finding(`does not start: ${message}`, fix), link: known?.link ?? "consumers" }] };
}
