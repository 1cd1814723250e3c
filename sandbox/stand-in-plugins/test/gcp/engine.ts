import assert from "node:assert/strict";
import { gcpProvider } from "../../gcp/provider.ts";
import { SILENT } from "../../support/engine.ts";
import type { DiffResult, ResourceHandler, StandInProvider } from "../../support/provider.ts";
import { type PropertyMap, Secret } from "../../support/values.ts";
import { CLUSTER, DEPLOYER_TOKEN, type Fake, PROJECT, withFake } from "../../../test/fakes/gcp/fake.ts";
import { held } from "../sdk/conforms.ts";

export const SECRET = "gcp:secretmanager/secret:Secret";
export const VERSION = "gcp:secretmanager/secretVersion:SecretVersion";
export const MEMBER = "gcp:secretmanager/secretIamMember:SecretIamMember";
export const POOL = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool";
export const PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider";
export const ACCOUNT = "gcp:serviceaccount/account:Account";
export const ACCOUNT_MEMBER = "gcp:serviceaccount/iAMMember:IAMMember";
export const HOST = "secretmanager.googleapis.com";
export const SECRETS = `https://${HOST}/v1/projects/${PROJECT.id}/secrets`;
/** A service account of the sandbox's cluster. */
export const READER = `principal://iam.googleapis.com/projects/${PROJECT.number}/locations/global/workloadIdentityPools/${CLUSTER.project}.svc.id.goog/subject/ns/shop/sa/reader`;
/** The smallest secret. */
export const AUTO = { secretId: "db", replication: { auto: {} } };
const signal = new AbortController().signal;

/** A plugin with resources that a test creates, changes and deletes as the engine would. */
export class Engine {
  readonly provider: StandInProvider;
  constructor(provider: StandInProvider) {
    this.provider = provider;
  }

  async check(type: string, inputs: PropertyMap, oldInputs: PropertyMap = {}) {
    const request = { ...this.request(type), oldInputs, newInputs: inputs, randomSeed: new Uint8Array() };
    return this.handler(type).check(request);
  }

  async create(type: string, inputs: PropertyMap, preview = false) {
    const checked = await this.check(type, inputs);
    assert.deepEqual(checked.failures, []);
    const request = { ...this.request(type), inputs: checked.inputs, timeoutSeconds: 0, preview };
    const { id, outputs } = await this.handler(type).create(request);
    return { type, id, outputs, inputs: checked.inputs };
  }

  diff({ type, id, outputs, inputs }: Made, newInputs: PropertyMap): Promise<DiffResult> {
    const request = { ...this.request(type), id, oldInputs: inputs, oldOutputs: outputs, newInputs, ignoreChanges: [] };
    return this.handler(type).diff(request);
  }

  async update(made: Made, newInputs: PropertyMap): Promise<Made> {
    const { type, id, outputs: oldOutputs, inputs: oldInputs } = made;
    const request = { ...this.request(type), id, oldInputs, oldOutputs, newInputs, ignoreChanges: [] };
    const outputs = await this.handler(type).update({ ...request, timeoutSeconds: 0, preview: false });
    return { type, id, outputs, inputs: newInputs };
  }

  read({ type, id, outputs, inputs }: Made) {
    return this.handler(type).read({ ...this.request(type), id, oldInputs: inputs, oldOutputs: outputs });
  }

  import(type: string, id: string) {
    return this.handler(type).read({ ...this.request(type), id, oldInputs: {}, oldOutputs: {} });
  }

  delete({ type, id, outputs, inputs }: Made): Promise<void> {
    const request = { ...this.request(type), id, oldInputs: inputs, oldOutputs: outputs, timeoutSeconds: 0 };
    return this.handler(type).delete(request);
  }

  invoke(token: string, args: PropertyMap): Promise<PropertyMap> {
    return this.provider.invoke({ token, args, preview: false, log: SILENT, signal });
  }

  private handler(type: string): ResourceHandler {
    return this.provider.resource(type);
  }

  private request(type: string) {
    return { urn: `urn:pulumi:s::p::${type}::n`, type, name: "n", log: SILENT, signal };
  }
}

/** A resource that exists, as the engine knows it. */
export interface Made {
  readonly type: string;
  readonly id: string;
  readonly outputs: PropertyMap;
  readonly inputs: PropertyMap;
}

/** Runs a test with a plugin that talks to a fake of its own. */
export function withEngine(
  use: (engine: Engine, fake: Fake) => Promise<void>,
  config: PropertyMap = {},
): Promise<void> {
  return withFake(async (fake) => {
    const patience = { firstWaitMs: 5, longestWaitMs: 20, attempts: 500 };
    const provider = held(gcpProvider({ agent: fake.agent, patience }));
    const settings = { accessToken: new Secret(DEPLOYER_TOKEN), project: PROJECT.id, addPulumiAttributionLabel: false };
    await provider.configure({ ...settings, ...config });
    await use(new Engine(provider), fake);
  });
}

/** What would change, and how. */
export const kinds = ({ detailed }: DiffResult): Record<string, string> =>
  Object.fromEntries(Object.entries(detailed).map(([path, { kind }]) => [path, kind]));
