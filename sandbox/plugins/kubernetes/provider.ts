import { compare } from "../support/diff.ts";
import { NotInStandIn } from "../support/errors.ts";
import type { DiffResult, StandInProvider } from "../support/provider.ts";
import { equal, type PropertyMap, reveal, Unknown } from "../support/values.ts";
import { Cluster } from "./cluster.ts";
import { loadKubeConfig, parseConfig, unsupportedConfig } from "./config.ts";
import { objectResource } from "./object-resource.ts";
import { releaseResource } from "./release-resource.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** The `kubernetes` plugin on the API server's own interface, and on the `helm` program for releases. */
export function kubernetesProvider(): StandInProvider {
  let cluster: Cluster | undefined;
  const connected = (): Cluster => {
    if (cluster === undefined) throw new Error("kubernetes: the provider is not configured");
    return cluster;
  };
  const objects = objectResource(connected);
  const release = releaseResource(connected);
  return {
    name: "kubernetes",
    checkConfig: (inputs) => Promise.resolve({ inputs, failures: unsupportedConfig(inputs) }),
    diffConfig: (olds, news) => Promise.resolve(diffConfig(olds, news)),
    configure: async (config) => {
      cluster = await Cluster.connect(parseConfig(config));
    },
    resource: (type) => {
      if (type === RELEASE) return release;
      if (/^kubernetes:(helm\.sh|yaml|kustomize)/.test(type))
        throw new NotInStandIn("kubernetes", `Resource type ${type}`);
      return objects;
    },
    invoke: ({ token }) => Promise.reject(new NotInStandIn("kubernetes", `Function ${token}`)),
  };
}

// Another cluster needs every object anew; another way to the same one does not (provider.go: DiffConfig).
function diffConfig(olds: PropertyMap, news: PropertyMap): DiffResult {
  const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
  names.delete("version");
  const { detailed } = compare(olds, news, Object.fromEntries([...names].map((name) => [name, {}])));
  const changed = Object.keys(detailed);
  if (news["kubeconfig"] instanceof Unknown) return { detailed, replaces: ["kubeconfig"] };
  return { detailed, replaces: equal(activeCluster(olds), activeCluster(news)) ? [] : changed };
}

function activeCluster(config: PropertyMap): PropertyMap {
  const kubeconfig = reveal(config["kubeconfig"] ?? null);
  if (typeof kubeconfig !== "string" || kubeconfig === "") return {};
  const parsed = loadKubeConfig(kubeconfig);
  const context = reveal(config["context"] ?? null);
  if (typeof context === "string" && context !== "") parsed.setCurrentContext(context);
  return { ...parsed.getCurrentCluster() };
}
