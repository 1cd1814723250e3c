import { shellWord } from "../../../components/support/messages/config-command.ts";
import type { Examined } from "../model.ts";
import type { Asked } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";

/** Whether the cluster answers whoever asks. Nothing in it can be looked at otherwise. */
export async function checkCluster({ cluster: { spec }, reader }: Asked): Promise<Examined> {
  const version = await reader.version();
  if (isRefused(version)) {
    const { kubeconfig } = spec;
    const file = kubeconfig === undefined ? "" : ` --kubeconfig ${shellWord(kubeconfig)}`;
    const refused = `${version.refused}; check its kubeconfig and context: kubectl${file} config get-contexts`;
    return unanswered("cluster", `cluster ${spec.name}`, { refused });
  }
  return { seen: [{ link: "cluster", text: `cluster ${spec.name} answers: Kubernetes ${version.value}` }] };
}
