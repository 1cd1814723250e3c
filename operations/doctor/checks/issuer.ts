import { backendOf } from "../../../components/backends/index.ts";
import type { ClusterSpec } from "../../../components/clusters/contract.ts";
import { setCommand } from "../../../components/support/messages/config-command.ts";
import { usesStore, type UsingNamespace } from "../../../stacks/config/store-use.ts";
import type { Examined } from "../model.ts";
import type { AskedNamespace } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";

/** Whether the issuer that a cloud is told to trust is the one that the cluster's tokens name, character by character. */
export async function checkIssuer({ namespace, cluster: { spec }, reader }: AskedNamespace): Promise<Examined> {
  if (!usesStore(namespace) || spec.issuer === undefined || !needsIssuer(namespace, spec)) return {};
  const subject = `clusters.${spec.name}.issuer`;
  const told = await reader.issuer();
  if (isRefused(told)) return unanswered("identity", `issuer of cluster ${spec.name}`, told);
  if (told.value === spec.issuer) {
    return { seen: [{ link: "identity", text: `the tokens of cluster ${spec.name} are issued by ${told.value}` }] };
  }
  return {
    findings: [
      {
        link: "identity",
        severity: "broken",
        subject,
        problem: `is "${spec.issuer}", but the cluster's tokens say "${told.value}": store ${namespace.store.name} compares them character by character`,
        fix: `${setCommand(["clusters", spec.name, "issuer"], told.value)} && pulumi up`,
      },
    ],
  };
}

/** Whether a namespace's store knows the cluster by its issuer: parsing asks for the fact then. */
function needsIssuer({ store }: UsingNamespace, { issuer: _, ...without }: ClusterSpec): boolean {
  return backendOf(store)
    .identity.check(store, without)
    .some(({ path }) => path === `clusters.${without.name}.issuer`);
}
