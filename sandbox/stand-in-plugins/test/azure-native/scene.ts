import { AZURE_SANDBOX, ROLES } from "../../../fakes/azure/directory.ts";
import { Cloud, vaultBody, VAULT as VAULT_ID } from "../../../test/fakes/azure/cloud.ts";
import { azureNativeProvider } from "../../azure-native/provider.ts";
import { SILENT } from "../../support/engine.ts";
import type { StandInProvider } from "../../support/provider.ts";
import { type PropertyMap, Secret } from "../../support/values.ts";
import { held } from "../sdk/conforms.ts";

export const VAULT = "azure-native:keyvault:Vault";
export const SECRET = "azure-native:keyvault:Secret";
export const IDENTITY = "azure-native:managedidentity:UserAssignedIdentity";
export const CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential";
export const ASSIGNMENT = "azure-native:authorization:RoleAssignment";
export const DIAGNOSTICS = "azure-native:monitor:DiagnosticSetting";
export const { signal } = new AbortController();
export const { resourceGroup, subscriptionId, tenantId, deployer } = AZURE_SANDBOX;

/** What the SDK sends for a vault: its own defaults are filled in. */
export const VAULT_INPUTS: PropertyMap = {
  resourceGroupName: resourceGroup,
  vaultName: "team",
  location: "West Europe",
  properties: {
    ...(vaultBody() as PropertyMap),
    enableSoftDelete: true,
    publicNetworkAccess: "enabled",
    enabledForDeployment: false,
  },
};
export const SECRET_INPUTS: PropertyMap = {
  resourceGroupName: resourceGroup,
  vaultName: "team",
  secretName: "db",
  tags: { app: "shop" },
  properties: { value: new Secret("hunter2"), contentType: "text/plain", attributes: { expires: 2_000_000_000 } },
};

/** What a request for a resource of this type has in common with every other. */
export const request = (type: string) => ({ urn: `urn:pulumi:s::p::${type}::n`, type, name: "n", log: SILENT, signal });

/** A fake cloud for each test of a suite, and the stand-in, configured for it. */
export class Scene {
  cloud!: Cloud;
  provider!: StandInProvider;

  /** Call it in `describe`. */
  static forEach(): Scene {
    const scene = new Scene();
    beforeEach(async () => {
      scene.cloud = await Cloud.start();
      scene.provider = await scene.configured();
    });
    afterEach(() => scene.cloud.stop());
    return scene;
  }

  async configured(config: PropertyMap = {}): Promise<StandInProvider> {
    const environment = {
      HTTPS_PROXY: `http://127.0.0.1:${this.cloud.gateway.port}`,
      ARM_SUBSCRIPTION_ID: subscriptionId,
      ARM_TENANT_ID: tenantId,
      ARM_CLIENT_ID: deployer.clientId,
      ARM_CLIENT_SECRET: deployer.clientSecret,
    };
    const made = held(azureNativeProvider({ environment, ca: this.cloud.ca.certificate, retryDelayMs: 1 }));
    await made.configure(config);
    return made;
  }

  readonly create = (type: string, inputs: PropertyMap, preview = false) =>
    this.provider.resource(type).create({ ...request(type), inputs, timeoutSeconds: 0, preview });

  readonly check = (type: string, newInputs: PropertyMap, oldInputs: PropertyMap = {}) =>
    this.provider.resource(type).check({ ...request(type), newInputs, oldInputs, randomSeed: new Uint8Array() });

  readonly remove = (type: string, id: string, oldInputs: PropertyMap) =>
    this.provider.resource(type).delete({ ...request(type), id, oldInputs, oldOutputs: {}, timeoutSeconds: 0 });

  readonly diff = async (type: string, oldInputs: PropertyMap, newInputs: PropertyMap) => {
    const common = { ...request(type), id: "x", oldOutputs: {}, ignoreChanges: [] };
    const { detailed, deleteBeforeReplace } = await this.provider
      .resource(type)
      .diff({ ...common, oldInputs, newInputs });
    return [Object.fromEntries(Object.entries(detailed).map(([path, { kind }]) => [path, kind])), deleteBeforeReplace];
  };

  /** The vault, and the deployer's right to its secrets. */
  readonly team = async (): Promise<void> => {
    await this.create(VAULT, VAULT_INPUTS);
    await this.create(ASSIGNMENT, {
      scope: VAULT_ID,
      roleAssignmentName: crypto.randomUUID(),
      principalId: deployer.objectId,
      principalType: "ServicePrincipal",
      roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ROLES.secretsOfficer}`,
    });
  };
}
