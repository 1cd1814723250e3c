import { messageOf } from "../support/errors.ts";
import { Api } from "./api.ts";
import type { KubernetesConfig } from "./config.ts";
import { Discovery } from "./discovery.ts";
import type { Identity } from "./manifest.ts";
import { Objects } from "./objects/objects.ts";

/** One configured cluster: its settings, its API, and whether it answers. */
export class Cluster {
  readonly config: KubernetesConfig;
  readonly objects: Objects;
  /** Why the cluster can't be reached, if it can't. Previews still work then. */
  readonly unreachable: string | undefined;

  private constructor(config: KubernetesConfig, objects: Objects, unreachable: string | undefined) {
    this.config = config;
    this.objects = objects;
    this.unreachable = unreachable;
  }

  /** Connects; a cluster that does not answer is remembered as such, not an error. */
  static async connect(config: KubernetesConfig): Promise<Cluster> {
    const api = new Api(config.kubeConfig);
    const objects = new Objects(api, new Discovery(api));
    try {
      await api.send({ method: "GET", path: "/version" });
      return new Cluster(config, objects, undefined);
    } catch (error) {
      return new Cluster(config, objects, `unable to load schema information from the API server: ${messageOf(error)}`);
    }
  }

  /** Whether a kind lives in namespaces; `undefined` if the cluster does not know the kind or does not answer. */
  async namespaced(identity: Pick<Identity, "apiVersion" | "kind">): Promise<boolean | undefined> {
    if (this.unreachable !== undefined) return undefined;
    return (await this.objects.findKind(identity))?.namespaced;
  }

  mustBeReachable(): void {
    if (this.unreachable !== undefined)
      throw new Error(`configured Kubernetes cluster is unreachable: ${this.unreachable}`);
  }
}
