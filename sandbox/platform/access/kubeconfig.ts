import { stringify } from "yaml";
import { PRIVATE_MODE, writeFileAtomically } from "../../support/files.ts";

/** How the user of a kubeconfig proves itself. Files, not their content: a renewed token is picked up without a restart. */
export type Credential =
  | { readonly kind: "certificate"; readonly certificate: string; readonly key: string }
  | { readonly kind: "token-file"; readonly file: string };

/** One kubeconfig with one cluster, one user and one context, all named `sandbox`. */
export interface Kubeconfig {
  readonly server: string;
  /** The CA's certificate itself, so that the file can be copied without its folder. */
  readonly caPem: string;
  readonly credential: Credential;
  readonly namespace?: string;
}

/** The file's text. */
export function renderKubeconfig({ server, caPem, credential, namespace }: Kubeconfig): string {
  const name = "sandbox";
  const user =
    credential.kind === "certificate"
      ? { "client-certificate": credential.certificate, "client-key": credential.key }
      : { tokenFile: credential.file };
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": Buffer.from(caPem).toString("base64") } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) } }],
    "current-context": name,
  });
}

/** Writes it, readable by the user only. */
export async function writeKubeconfig(file: string, kubeconfig: Kubeconfig): Promise<void> {
  await writeFileAtomically(file, renderKubeconfig(kubeconfig), PRIVATE_MODE);
}
