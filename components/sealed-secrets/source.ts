import { readFile } from "node:fs/promises";
import path from "node:path";
import { apiPath } from "../clusters/api-path.ts";
import { causeOf, loadClient } from "../clusters/client.ts";
import type { ClusterSpec } from "../clusters/contract.ts";
import { blank, configPath, removeCommand, setCommand, shellWord } from "../support/messages/config-command.ts";
import type { Issue } from "../support/messages/errors.ts";
import { fileProblem } from "../support/messages/file-problem.ts";
import type { SealedSecretsSpec } from "./facts.ts";
import { fetchCertificateCommand } from "./kubeseal.ts";

/** A cluster for which values are sealed. */
export type SealingCluster = ClusterSpec & { readonly sealedSecrets: SealedSecretsSpec };

/**
 * The certificate of a cluster's controller as PEM: from its facts, from a file, or from the controller itself, through the
 * API server, as `kubeseal --fetch-cert` does.
 *
 * @param folder what a relative path of a file is in. Default: the working directory.
 * @returns an issue where it can't be had.
 */
export async function certificateText(cluster: SealingCluster, folder = "."): Promise<string | Issue> {
  const { certificate } = cluster.sealedSecrets;
  switch (certificate.from) {
    case "facts":
      return certificate.pem;
    case "file":
      return fromFile(cluster, certificate.path, folder);
    case "controller":
      return fromController(cluster);
  }
}

async function fromFile(cluster: SealingCluster, file: string, folder: string): Promise<string | Issue> {
  try {
    return await readFile(path.resolve(folder, file), "utf8");
  } catch (error) {
    const names = ["clusters", cluster.name, "sealedSecrets"];
    const own = [...names, "certificateFile"];
    const problem = fileProblem(error);
    const another = `name the file that holds it: ${setCommand(own, blank("path"))}`;
    const fetched = `or fetch it in each run: ${removeCommand(own)} && ${setCommand([...names, "fetchCertificate"], true)}`;
    return {
      path: configPath(own),
      problem: `${file} ${problem}; it must be a file with the certificate of the cluster's controller as PEM, by its path from the folder of Pulumi.yaml`,
      fix: [
        ...(problem === "does not exist" ? [`write it: ${writeCommand(cluster, file)}`, `or ${another}`] : [another]),
        fetched,
      ].join("\n    "),
    };
  }
}

function writeCommand(cluster: SealingCluster, file: string): string {
  const folder = path.dirname(file);
  const make = folder === "." ? "" : `mkdir -p ${shellWord(folder)} && `;
  return make + fetchCertificateCommand(cluster, file);
}

async function fromController(cluster: SealingCluster): Promise<string | Issue> {
  const { namespace, name } = cluster.sealedSecrets.controller;
  try {
    const client = await loadClient(cluster);
    // The scheme, the Service and its only port, as the controller's chart allows them to be asked for.
    const service = apiPath({ apiVersion: "v1", kind: "Service", namespace, name: `http:${name}:` });
    return await client.text({ at: `${service}/proxy/v1/cert.pem`, accept: "*/*" });
  } catch (error) {
    const names = ["clusters", cluster.name, "sealedSecrets"];
    return {
      path: configPath(names),
      problem: `fetching the certificate from Service ${namespace}/${name} failed: ${causeOf(error)}`,
      fix:
        `check that the controller runs and that you may ask it: kubectl get --raw /api/v1/namespaces/${namespace}/services/http:${name}:/proxy/v1/cert.pem` +
        `\n    or name a file that holds it: ${removeCommand([...names, "fetchCertificate"])} && ${setCommand([...names, "certificateFile"], blank("path"))}`,
    };
  }
}
