import { NotInStandIn } from "../support/errors.ts";
import type { CheckFailure } from "../support/provider.ts";
import { type PropertyMap, reveal } from "../support/values.ts";

/** How to reach Google Cloud, and for whom. */
export interface GcpConfig {
  readonly accessToken: string;
  readonly project: string | undefined;
  readonly region: string | undefined;
  /** Whether everything with labels gets `goog-pulumi-provisioned: true`, which is the official plugin's default. */
  readonly attribution: boolean;
}

/**
 * Settings that this stand-in accepts and that change nothing.
 * `version` and the like are the engine's own; there are no zones here, and no warnings to turn off.
 */
export const IGNORED = [
  "version",
  "pluginDownloadURL",
  "__internal",
  "__defaults",
  "zone",
  "disableGlobalProjectWarning",
  "skipRegionValidation",
];
/** Settings that this stand-in follows. */
export const USED = ["accessToken", "project", "region", "addPulumiAttributionLabel"];

/** Every key that the program sets and this stand-in would silently ignore. */
export function unsupportedConfig(config: PropertyMap): readonly CheckFailure[] {
  return Object.entries(config)
    .filter(([key, value]) => value !== undefined && value !== null && ![...USED, ...IGNORED].includes(key))
    .filter(([, value]) => value !== false && value !== "false")
    .map(([key]) => ({ property: key, reason: new NotInStandIn("gcp", `Provider setting ${key}`).message }));
}

/**
 * Reads the provider's settings; each may be absent, a string, or what a string encodes. Where they come from otherwise:
 * hashicorp/terraform-provider-google, google/provider/provider.go. Only a token is taken: to get one from a key file or a
 * metadata server is the official plugin's business.
 */
export function parseConfig(config: PropertyMap, environment: NodeJS.ProcessEnv = process.env): GcpConfig {
  const text = (key: string, ...variables: string[]): string | undefined => {
    const value = reveal(config[key] ?? null);
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "boolean") return String(value);
    return variables.map((variable) => environment[variable]).find((found) => found !== undefined && found !== "");
  };
  const accessToken = text("accessToken", "GOOGLE_OAUTH_ACCESS_TOKEN");
  if (accessToken === undefined) {
    throw new Error("gcp: no access token: set the provider's `accessToken`, or GOOGLE_OAUTH_ACCESS_TOKEN");
  }
  return {
    accessToken,
    project: text("project", "GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"),
    region: text("region", "GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"),
    attribution: text("addPulumiAttributionLabel") !== "false",
  };
}
