import { NotInStandIn } from "../support/errors.ts";
import type { CheckFailure } from "../support/provider.ts";
import { type PropertyMap, reveal } from "../support/values.ts";

/** How to reach AWS. Credentials that are not set here come from where every AWS SDK looks for them. */
export interface AwsConfig {
  readonly region: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly allowedAccountIds: readonly string[];
  readonly defaultTags: Readonly<Record<string, string>>;
  readonly maxRetries: number;
}

/**
 * Settings that this stand-in accepts and that change nothing.
 * The engine's own, and checks of the official plugin that the stand-in never makes.
 */
export const IGNORED = [
  ...["version", "pluginDownloadURL", "__internal", "__defaults"],
  ...["skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId"],
];
/** Settings that this stand-in follows. */
export const USED = ["region", "accessKey", "secretKey", "token", "allowedAccountIds", "defaultTags", "maxRetries"];

/** Every key that the program sets and this stand-in would silently ignore. */
export function unsupportedConfig(config: PropertyMap): readonly CheckFailure[] {
  return Object.entries(config)
    .filter(([key, value]) => value !== undefined && value !== null && ![...USED, ...IGNORED].includes(key))
    .map(([key]) => ({ property: key, reason: new NotInStandIn("aws", `Provider setting ${key}`).message }));
}

/** Reads the provider's settings; lists and maps arrive as JSON text. */
export function parseConfig(config: PropertyMap, environment: NodeJS.ProcessEnv = process.env): AwsConfig {
  const text = (key: string): string | undefined => {
    const value = reveal(config[key] ?? null);
    if (typeof value === "number") return String(value);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const region = text("region") ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"];
  if (region === undefined || region === "") {
    throw new Error("aws: no region: set the provider's `region`, or AWS_REGION");
  }
  const [accessKeyId, secretAccessKey, sessionToken] = [text("accessKey"), text("secretKey"), text("token")];
  const credentials =
    accessKeyId === undefined || secretAccessKey === undefined
      ? undefined
      : { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  const tags = (structured(config, "defaultTags") as { tags?: Record<string, string> } | undefined)?.tags;
  return {
    region,
    ...(credentials === undefined ? {} : { credentials }),
    allowedAccountIds: (structured(config, "allowedAccountIds") as readonly string[] | undefined) ?? [],
    defaultTags: tags ?? {},
    // hashicorp/aws-sdk-go-base: 25 unless set.
    maxRetries: Number(text("maxRetries") ?? 25),
  };
}

function structured(config: PropertyMap, key: string): unknown {
  const value = reveal(config[key] ?? null);
  if (value === null) return undefined;
  return typeof value === "string" ? (JSON.parse(value) as unknown) : value;
}
