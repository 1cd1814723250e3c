import { readFile } from "node:fs/promises";
import type * as Client from "@kubernetes/client-node";
import { loadClient, reasonOf } from "../clusters/client.ts";
import type { ClusterSpec } from "../clusters/contract.ts";
import { blank, configPath, setCommand } from "../support/messages/config-command.ts";
import { StoreError } from "../support/messages/errors.ts";
import type { SealedSecretsSpec } from "./facts.ts";

/** A cluster for which values are sealed. */
export type SealingCluster = ClusterSpec & { readonly sealedSecrets: SealedSecretsSpec };

/**
 * The certificate of a cluster's controller as PEM: from its facts, from a file, or from the controller itself, through the
 * API server, as `kubeseal --fetch-cert` does.
 *
 * @throws StoreError where it can't be had.
 */
export async function certificateText(cluster: SealingCluster): Promise<string> {
  const { certificate } = cluster.sealedSecrets;
  switch (certificate.from) {
    case "facts":
      return certificate.pem;
    case "file":
      return fromFile(cluster, certificate.path);
    case "controller":
      return fromController(cluster);
  }
}

async function fromFile({ name }: SealingCluster, path: string): Promise<string> {
  const names = ["clusters", name, "sealedSecrets", "certificateFile"];
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new StoreError(configPath(names), `${path} can't be read (${code})`, setCommand(names, blank("path")));
  }
}

async function fromController(cluster: SealingCluster): Promise<string> {
  const { namespace, name } = cluster.sealedSecrets.controller;
  try {
    const { library, config } = await loadClient(cluster);
    const core = config.makeApiClient(library.CoreV1Api);
    // The scheme, the Service and its only port, as the controller's chart allows them to be asked for.
    const service = { namespace, name: `http:${name}:`, path: "v1/cert.pem" };
    return await core.connectGetNamespacedServiceProxyWithPath(service, asText(library));
  } catch (error) {
    throw new StoreError(
      `clusters.${cluster.name}.sealedSecrets`,
      `fetching the certificate from Service ${namespace}/${name} failed: ${reasonOf(error)}`,
      `check that the controller runs and that you may ask it: kubectl get --raw /api/v1/namespaces/${namespace}/services/http:${name}:/proxy/v1/cert.pem` +
        "\n    or name a file that holds it: " +
        setCommand(["clusters", cluster.name, "sealedSecrets", "certificateFile"], blank("path")),
    );
  }
}

/** The client reads text and JSON only, and the controller sends a PEM file. */
function asText(library: typeof Client): ReturnType<typeof Client.setHeaderOptions> {
  const header = library.setHeaderMiddleware("accept", "*/*");
  const text = (response: Parameters<typeof header.post>[0]) => {
    if (response.httpStatusCode === 200) response.headers = { ...response.headers, "content-type": "text/plain" };
    return Promise.resolve(response);
  };
  return {
    middleware: [{ ...header, post: (response) => header.post(response).pipe(text) }],
    middlewareMergeStrategy: "append",
  };
}
