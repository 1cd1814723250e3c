import { SILENT } from "../../support/engine.ts";
import type { ResourceHandler } from "../../support/provider.ts";
import type { PropertyMap } from "../../support/values.ts";
import type { Clients } from "../../aws/clients.ts";
import { RESOURCES } from "../../aws/provider.ts";
import { awsResource, type AwsResource } from "../../aws/resource.ts";
import { heldResource } from "../sdk/conforms.ts";

/** A call that a plugin made: the operation, and what it sent. */
export type Sent = readonly [operation: string, input: Record<string, unknown>];

/** What AWS answers to an operation; an error is thrown. */
export type Answers = Readonly<Record<string, unknown>>;

/** AWS' refusal, as the SDK throws it. */
export function refused(name: string, message = "no"): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400, requestId: "r1" } });
}

/** A resource on an AWS that answers these operations and fails the test for every other. */
export function onAws(
  resource: AwsResource,
  answers: Answers = {},
  defaultTags: Readonly<Record<string, string>> = {},
): { handler: ResourceHandler; sent: Sent[] } {
  const sent: Sent[] = [];
  const send = (command: { constructor: { name: string }; input: Record<string, unknown> }): Promise<unknown> => {
    const operation = command.constructor.name.replace(/Command$/, "");
    sent.push([operation, command.input]);
    if (!(operation in answers)) return Promise.reject(new Error(`unexpected call of ${operation}`));
    const answer = answers[operation];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const client = () => Promise.resolve({ send });
  const clients = { ssm: client, secretsManager: client, iam: client, eks: client } as unknown as Clients;
  const handler = awsResource(resource, () => ({ clients, region: "eu-central-1", defaultTags }));
  return { handler: heldResource(handler, () => tokenOf(resource)), sent };
}

async function tokenOf(resource: AwsResource): Promise<string> {
  for (const [token, load] of Object.entries(RESOURCES)) if ((await load()) === resource) return token;
  throw new Error("a resource that the provider does not have");
}

const signal = new AbortController().signal;
const request = { urn: "urn:pulumi:s::p::t::n", type: "t", name: "n", log: SILENT, signal };

/** Requests with what a test is not about filled in. */
export const ask = {
  check: (newInputs: PropertyMap) => ({ ...request, newInputs, oldInputs: {}, randomSeed: new Uint8Array() }),
  diff: (oldOutputs: PropertyMap, newInputs: PropertyMap) => ({
    ...{ ...request, id: "id", oldInputs: {}, ignoreChanges: [] },
    ...{ oldOutputs, newInputs },
  }),
  create: (inputs: PropertyMap, preview = false) => ({ ...request, inputs, timeoutSeconds: 0, preview }),
  read: (id: string, oldInputs: PropertyMap, oldOutputs: PropertyMap) => ({ ...request, id, oldInputs, oldOutputs }),
  update: (id: string, oldOutputs: PropertyMap, newInputs: PropertyMap, preview = false) => ({
    ...{ ...request, id, oldInputs: {}, ignoreChanges: [], timeoutSeconds: 0, preview },
    ...{ oldOutputs, newInputs },
  }),
  remove: (id: string, oldOutputs: PropertyMap) => ({ ...request, id, oldInputs: {}, oldOutputs, timeoutSeconds: 0 }),
};

/** What a change does to each property. */
export async function kindsOf(
  handler: ResourceHandler,
  state: PropertyMap,
  inputs: PropertyMap,
): Promise<Record<string, string>> {
  const { detailed } = await handler.diff(ask.diff(state, inputs));
  return Object.fromEntries(Object.entries(detailed).map(([path, { kind }]) => [path, kind]));
}
