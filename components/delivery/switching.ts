import type { CustomResourceOptions, Resource, ResourceHook } from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import type { ClusterSpec } from "../clusters/contract.ts";
import type { DeliverySpec } from "./contract.ts";
import { takeOverHook } from "./take-over-hook.ts";
import type { FormerVia, Switch, TakeOverOptions } from "./take-over.ts";

export interface SwitchingArgs {
  readonly namespaceKey: string;
  readonly cluster: ClusterSpec;
  /** Secrets that are delivered in another way than so far, by logical name of what delivers them. */
  readonly switches: ReadonlyMap<string, Switch>;
  readonly options: CustomResourceOptions;
}

/** What a delivery does so that the Secret of a switch stays in place. */
export interface TakingOver {
  readonly from: readonly FormerVia[];
  /** Run before the delivery's own object is written, be that created or, after an interruption, updated. */
  readonly hooks: readonly ResourceHook[];
  /** What has to be in the state before. */
  readonly dependsOn: readonly Resource[];
  /** Whether the delivery's object exists, and may have let go of the Secret: it has to be written again. */
  readonly resumed: boolean;
}

const nothing: TakingOver = { from: [], hooks: [], dependsOn: [], resumed: false };

/** How the Secrets of one namespace change hands when they are delivered in another way than so far. */
export class Switching {
  readonly #args: SwitchingArgs;

  constructor(args: SwitchingArgs) {
    this.#args = args;
  }

  /** Takes the Secret of a delivery over. Called once for each delivery. */
  takeOver(delivery: DeliverySpec, options: TakeOverOptions = {}): TakingOver {
    const { namespaceKey, cluster, switches } = this.#args;
    const name = `${namespaceKey}/${delivery.secretName}`;
    const found = switches.get(name);
    if (found === undefined) return nothing;
    const { from, registered, resumed, keep } = found;
    return {
      from,
      resumed,
      dependsOn: keep === undefined ? [] : [keptSecret(name, keep, this.#args.options)],
      hooks: registered && !resumed ? [] : [takeOverHook(cluster, { resource: name, delivery, from, ...options })],
    };
  }
}

/**
 * A plain Secret that goes on to be somebody else's. The engine deletes what the program no longer has by the options that
 * the state has of it; so it gets the option to stay, and a name that says so, before anything else takes it over. It is
 * not written. The next run no longer has it, and the Secret stays.
 */
function keptSecret(name: string, keep: string, options: CustomResourceOptions): Resource {
  return new Secret(
    keep,
    {},
    {
      ...options,
      aliases: [{ name }],
      retainOnDelete: true,
      ignoreChanges: ["metadata", "data", "stringData", "type", "immutable"],
    },
  );
}
