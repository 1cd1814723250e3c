import type { Tariff } from "../tariff.ts";

export const parameterStoreTariff: Tariff = {
  // 40 a second for GetParameter and GetParameters together, per account and region; 10,000 with higher throughput.
  readsPerSecond: 40,
  // PutParameter: 3 per second (10 with higher throughput), according to AWS support; the quotas page does not list it.
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
};

export const secretsManagerTariff: Tariff = {
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
};
