import { NotInStandIn } from "../support/errors.ts";
import type { CheckFailure } from "../support/provider.ts";
import { type PropertyMap, reveal } from "../support/values.ts";

/** Who deploys, and into what. */
export interface AzureConfig {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where resources are made whose `location` the program leaves out. */
  readonly location?: string;
}

/** Settings that this stand-in follows. */
export const USED = ["subscriptionId", "tenantId", "clientId", "clientSecret", "location", "environment"];
/**
 * Settings that this stand-in accepts and that change nothing.
 * `version` and the like are the engine's own; a partner's ID is telemetry; there is no metadata service to ask or not to ask.
 */
export const IGNORED = [
  "version",
  "pluginDownloadURL",
  "__internal",
  "__defaults",
  "disablePulumiPartnerId",
  "partnerId",
  "disableInstanceDiscovery",
];

/** Every key that the program sets and this stand-in would silently ignore. */
export function unsupportedConfig(config: PropertyMap): readonly CheckFailure[] {
  const failures = Object.entries(config)
    .filter(([key, value]) => !isOff(value) && ![...USED, ...IGNORED].includes(key))
    .map(([key]) => ({ property: key, reason: notHere(`Provider setting ${key}`) }));
  const environment = reveal(config["environment"] ?? null);
  if (typeof environment === "string" && environment !== "" && environment !== "public") {
    return [...failures, { property: "environment", reason: notHere(`Provider setting environment ${environment}`) }];
  }
  return failures;
}

/** Reads the provider's settings; each may be absent, and then the environment is asked. */
export function parseConfig(config: PropertyMap, environment: NodeJS.ProcessEnv): AzureConfig {
  const text = (key: string, variable: string): string | undefined => {
    const value = reveal(config[key] ?? null);
    if (typeof value === "string" && value !== "") return value;
    return environment[variable] === "" ? undefined : environment[variable];
  };
  const required = (key: string, variable: string): string => {
    const value = text(key, variable);
    if (value !== undefined) return value;
    throw new Error(
      `azure-native: no ${key}: set the provider's \`${key}\`, or ${variable}. ` +
        `The stand-in signs in as a service principal with a secret; for anything else ` +
        `install the official one: pulumi plugin install resource azure-native`,
    );
  };
  const location = text("location", "ARM_LOCATION");
  return {
    subscriptionId: required("subscriptionId", "ARM_SUBSCRIPTION_ID"),
    tenantId: required("tenantId", "ARM_TENANT_ID"),
    clientId: required("clientId", "ARM_CLIENT_ID"),
    clientSecret: required("clientSecret", "ARM_CLIENT_SECRET"),
    ...(location === undefined ? {} : { location }),
  };
}

// The SDK writes booleans and lists as JSON.
function isOff(value: PropertyMap[string]): boolean {
  const plain = value === undefined ? null : reveal(value);
  return plain === null || plain === "" || plain === false || plain === "false" || plain === "[]";
}

function notHere(what: string): string {
  return new NotInStandIn("azure-native", what).message;
}
