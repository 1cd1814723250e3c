import type { CustomResourceOptions } from "@pulumi/pulumi";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { keptName } from "./namespace-names.ts";

/**
 * A namespace that nothing deletes: neither an edit that stops to declare it, nor a replacement, nor `destroy`. It leaves
 * the state and stays in the cluster, with whatever others have put into it.
 *
 * @example
 * keptNamespace("main/mlflow/namespace", { name: "mlflow" }, { provider });
 */
export function keptNamespace(
  name: string,
  { name: namespace, labels }: { readonly name: string; readonly labels?: Readonly<Record<string, string>> },
  options: CustomResourceOptions,
): Namespace {
  return new Namespace(
    keptName(name),
    { metadata: { name: namespace, ...(labels === undefined ? {} : { labels: { ...labels } }) } },
    { ...options, retainOnDelete: true, aliases: [{ name }] },
  );
}
