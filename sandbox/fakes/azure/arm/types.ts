import type { Caller } from "../access-tokens.ts";
import { AzureRefusal } from "../answers.ts";
import { AZURE_SANDBOX } from "../directory.ts";
import type { Store } from "../state.ts";

/** A request to Resource Manager, understood. */
export interface ArmCall {
  readonly store: Store;
  readonly now: () => number;
  readonly rolePropagationMs: number;
  readonly parts: Readonly<Record<string, string>>;
  /** The resource's ID, as the client wrote it. */
  readonly path: string;
  readonly body: unknown;
  readonly caller: Caller;
}

/** What to answer. */
export interface ArmAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** A type of resource and what can be done to it. */
export interface ArmType {
  /** `Microsoft.KeyVault/vaults`. */
  readonly name: string;
  readonly pattern: RegExp;
  readonly methods: Readonly<Record<string, (call: ArmCall) => ArmAnswer | Promise<ArmAnswer>>>;
}

/** The beginning of a path in a resource group, for patterns. */
export const IN_GROUP = "/subscriptions/(?<subscription>[^/]+)/resourceGroups/(?<group>[^/]+)";

/** A pattern for a path in a resource group; Resource Manager does not tell upper from lower case. */
export function inGroup(rest: string): RegExp {
  return new RegExp(`^${IN_GROUP}${rest}$`, "i");
}

/** A part of the path. */
export function part(call: ArmCall, name: string): string {
  return decodeURIComponent(call.parts[name] ?? "");
}

/** Refuses another subscription, or a resource group that does not exist. */
export function checkGroup(call: ArmCall): void {
  checkSubscription(call);
  const group = part(call, "group");
  if (call.store.state.resourceGroups[group.toLowerCase()] !== undefined) return;
  throw new AzureRefusal(404, "ResourceGroupNotFound", `Resource group '${group}' could not be found.`);
}

/** Refuses another subscription. */
export function checkSubscription(call: ArmCall): void {
  const subscription = part(call, "subscription");
  if (subscription.toLowerCase() === AZURE_SANDBOX.subscriptionId) return;
  throw new AzureRefusal(404, "SubscriptionNotFound", `The subscription '${subscription}' could not be found.`);
}

/** "The Resource … under resource group … was not found." */
export function resourceNotFound(call: ArmCall, type: string, name: string): AzureRefusal {
  return new AzureRefusal(
    404,
    "ResourceNotFound",
    `The Resource '${type}/${name}' under resource group '${part(call, "group")}' was not found. For more details please go to ` +
      `https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** A refusal of what was sent. */
export function badRequest(message: string): AzureRefusal {
  return new AzureRefusal(400, "BadRequest", message);
}
