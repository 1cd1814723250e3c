import { type ArmType, checkGroup, checkSubscription, inGroup, part } from "./types.ts";
import { AZURE_SANDBOX } from "../directory.ts";
import { objectOf, textOrNone } from "../vault/bodies.ts";

/**
 * Resource groups and the subscription: https://learn.microsoft.com/rest/api/resources/resource-groups. The program only reads
 * them; a test, or the sandbox, makes the ones it needs.
 */
export const GROUPS: readonly ArmType[] = [
  {
    name: "Microsoft.Resources/subscriptions/resourceGroups",
    pattern: inGroup(""),
    methods: {
      GET: (call) => {
        checkGroup(call);
        return { status: 200, body: groupOf(call.store.state.resourceGroups[part(call, "group").toLowerCase()]) };
      },
      PUT: (call) => {
        checkSubscription(call);
        const name = part(call, "group");
        const location = textOrNone(objectOf(call.body, "The request body")["location"], "location");
        const groups = call.store.state.resourceGroups;
        const existing = groups[name.toLowerCase()];
        const group = existing ?? { name, location: location ?? AZURE_SANDBOX.location };
        groups[name.toLowerCase()] = group;
        return { status: existing === undefined ? 201 : 200, body: groupOf(group) };
      },
    },
  },
  {
    name: "Microsoft.Resources/subscriptions",
    pattern: /^\/subscriptions\/(?<subscription>[^/]+)$/i,
    methods: {
      GET: (call) => {
        checkSubscription(call);
        const { subscriptionId, tenantId } = AZURE_SANDBOX;
        const id = `/subscriptions/${subscriptionId}`;
        return { status: 200, body: { id, subscriptionId, tenantId, displayName: "Sandbox", state: "Enabled" } };
      },
    },
  },
];

function groupOf(group: { name: string; location: string } | undefined): object {
  const name = group?.name ?? "";
  return {
    id: `/subscriptions/${AZURE_SANDBOX.subscriptionId}/resourceGroups/${name}`,
    name,
    type: "Microsoft.Resources/resourceGroups",
    location: group?.location,
    properties: { provisioningState: "Succeeded" },
  };
}
