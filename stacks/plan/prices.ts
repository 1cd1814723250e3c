/**
 * What stores cost and how many calls they take: the one table of such numbers. Prices are in US dollars, as texts, since
 * a sum of binary fractions is not exact to the cent. They are list prices of the cheapest large region (us-east-1, East
 * US, us-central1); free tiers, taxes and contracts are not in them. Check them against the vendor's calculator before
 * you quote them.
 */

/** Day on which the pages below were read. */
export const pricesReadOn = "2026-11-22";

/** Seconds of an average month, as vendors bill it: 730 hours. */
export const secondsPerMonth = 2_628_000;

/** Parameter Store charges by size: up to 4 KiB is `standard`. Elsewhere all objects are `standard`. */
export type SizeClass = "standard" | "advanced";

export interface Tariff {
  /** Reads per second that the store answers by default; absent where it has no quota. */
  readonly readsPerSecond?: number;
  /** Writes per second; absent where there is no quota. */
  readonly writesPerSecond?: number;
  /** Writes that one new object takes. */
  readonly writesPerObject: number;
  /** What is billed by the month, in each location: the object, or each of its live versions. */
  readonly billed: "object" | "version";
  /** Dollars per month for each billed thing and location. */
  readonly storage: Readonly<Record<SizeClass, string>>;
  /** Dollars per 10,000 reads. */
  readonly reads: Readonly<Record<SizeClass, string>>;
  /** Dollars per 10,000 reads for the use of the key that decrypts, and which keys cost it. */
  readonly keyUse: { readonly price: string; readonly charged: "always" | "customer-key" | "never" };
  /** Dollars per 10,000 reads of `standard` objects once the read quota was raised; absent where raising it is free. */
  readonly raisedReads?: string;
  /** Pages that the numbers are from. */
  readonly sources: readonly string[];
}

/** Every kind of store that the planner knows. */
export const plannedKinds = [
  "aws-parameter-store",
  "aws-secrets-manager",
  "azure-key-vault",
  "gcp-secret-manager",
  "vault-kv",
  "kubernetes",
] as const;
export type PlannedKind = (typeof plannedKinds)[number];

const free = { standard: "0", advanced: "0" } as const;

/** Your own servers, or none at all: what they cost and take is not in a price list. */
const ownServers: Tariff = {
  writesPerObject: 1,
  billed: "object",
  storage: free,
  reads: free,
  keyUse: { price: "0", charged: "never" },
  sources: [],
};

export const tariffs: Readonly<Record<PlannedKind, Tariff>> = {
  "aws-parameter-store": {
    // 40 a second for GetParameter and GetParameters together, per account and region; 10,000 with higher throughput.
    readsPerSecond: 40,
    // PutParameter: 3 a second (10 with higher throughput), as AWS support says; the quotas page is silent about it.
    writesPerSecond: 3,
    writesPerObject: 1,
    billed: "object",
    storage: { standard: "0", advanced: "0.05" },
    reads: { standard: "0", advanced: "0.05" },
    // A SecureString is decrypted by KMS at each read, and that is charged with the key `aws/ssm` as well:
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-securestring.html
    keyUse: { price: "0.03", charged: "always" },
    raisedReads: "0.05",
    sources: [
      "https://docs.aws.amazon.com/general/latest/gr/ssm.html#limits_ssm",
      "https://aws.amazon.com/systems-manager/pricing/#Parameter_Store",
      "https://aws.amazon.com/kms/pricing/",
    ],
  },
  "aws-secrets-manager": {
    // DescribeSecret and GetSecretValue together; each region has its own quota.
    readsPerSecond: 10_000,
    // CreateSecret, and apart from it PutSecretValue with UpdateSecret: 50 each.
    writesPerSecond: 50,
    writesPerObject: 1,
    billed: "object",
    storage: { standard: "0.40", advanced: "0.40" },
    reads: { standard: "0.05", advanced: "0.05" },
    // The key `aws/secretsmanager` is free.
    keyUse: { price: "0.03", charged: "customer-key" },
    sources: [
      "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html",
      "https://aws.amazon.com/secrets-manager/pricing/",
      "https://aws.amazon.com/kms/pricing/",
    ],
  },
  "azure-key-vault": {
    // 4,000 in 10 seconds per vault and region; five times that for a subscription.
    readsPerSecond: 400,
    // "Secret create": 300 in 10 seconds.
    writesPerSecond: 30,
    writesPerObject: 1,
    billed: "object",
    storage: free,
    reads: { standard: "0.03", advanced: "0.03" },
    keyUse: { price: "0", charged: "never" },
    sources: [
      "https://learn.microsoft.com/en-us/azure/key-vault/general/service-limits",
      "https://azure.microsoft.com/en-us/pricing/details/key-vault/",
    ],
  },
  "gcp-secret-manager": {
    // Access requests: 90,000 a minute and project.
    readsPerSecond: 1_500,
    // Write requests: 600 a minute and project. A secret and its first version are two.
    writesPerSecond: 10,
    writesPerObject: 2,
    // A version that is enabled or disabled is billed in each of its locations; automatic replication is one location.
    billed: "version",
    storage: { standard: "0.06", advanced: "0.06" },
    reads: { standard: "0.03", advanced: "0.03" },
    keyUse: { price: "0", charged: "never" },
    sources: ["https://cloud.google.com/secret-manager/quotas", "https://cloud.google.com/secret-manager/pricing"],
  },
  "vault-kv": ownServers,
  kubernetes: ownServers,
};
