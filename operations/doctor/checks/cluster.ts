import type { Examined } from "../model.ts";
import { connection, type Asked } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";

/** Whether the cluster answers whoever asks. Nothing in it can be looked at otherwise. */
export async function checkCluster({ cluster: { spec }, reader }: Asked): Promise<Examined> {
  const version = await reader.version();
  if (isRefused(version)) {
    const { context: _, ...file } = spec;
    const contexts = ["kubectl", ...connection(file, "--context"), "config get-contexts"].join(" ");
    const refused = `${version.refused}; check its kubeconfig and context: ${contexts}`;
    return unanswered("cluster", `cluster ${spec.name}`, { refused });
  }
  return { seen: [{ link: "cluster", text: `cluster ${spec.name} answers: Kubernetes ${version.value}` }] };
}
