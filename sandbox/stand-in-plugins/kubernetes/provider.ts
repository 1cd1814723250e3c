import { NotInStandIn } from "../support/errors.ts";
import type { StandInProvider } from "../support/provider.ts";
import { Cluster } from "./cluster.ts";
import { parseConfig, unsupportedConfig } from "./config.ts";
import { diffConfig } from "./diff/diff-config.ts";
import { objectResource } from "./objects/object-resource.ts";
import { releaseResource } from "./helm/release-resource.ts";

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
