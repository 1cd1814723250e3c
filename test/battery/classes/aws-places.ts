import { accepted, at, refused, type CaseClass, type Input } from "../case.ts";
import { values } from "../changes.ts";

const region = ["stores", "parameters", "region"];
const keyArn = (partition: string, where: string, account = "123456789012") =>
  `arn:${partition}:kms:${where}:${account}:key/11111111-2222-3333-4444-555555555555`;

/** Puts a store into a region, with a key. */
function withKey(where: string, kmsKeyArn: unknown) {
  return ({ facts }: Input) => void Object.assign(at(facts, "stores", "parameters"), { region: where, kmsKeyArn });
}

function replica(...replicas: readonly unknown[]) {
  return ({ facts }: Input) => void (at(facts, "stores", "secrets")["replicas"] = replicas);
}

/** Regions, partitions and keys of AWS that don't fit together. */
export const awsPlaces: CaseClass = {
  title: "regions, partitions and keys of AWS",
  cases: [
    ...values(refused, "region", region, [
      "",
      "eu-central",
      "eu-central-9",
      "eu-centrl-1",
      "EU-CENTRAL-1",
      "eu-central-1a",
      " eu-central-1",
      "eu_central_1",
      "europe-west3",
      "westeurope",
      "aws-global",
      "us-iso-1",
      "constructor",
      "__proto__",
      "*",
      1,
      null,
    ]),
    ...values(accepted, "region", region, [
      "eu-central-2",
      "ap-southeast-7",
      "mx-central-1",
      "il-central-1",
      "cn-north-1",
      "cn-northwest-1",
      "us-gov-west-1",
      "us-iso-east-1",
      "us-isob-west-1",
      "us-isof-south-1",
      "eu-isoe-west-1",
      "eusc-de-east-1",
    ]),
    ...refused({
      "a key of China in Frankfurt": withKey("eu-central-1", keyArn("aws-cn", "cn-north-1")),
      "the partition of China for a region of Frankfurt": withKey("eu-central-1", keyArn("aws-cn", "eu-central-1")),
      "the public partition for a region of China": withKey("cn-north-1", keyArn("aws", "cn-north-1")),
      "the public partition for a secret region": withKey("us-iso-east-1", keyArn("aws", "us-iso-east-1")),
      "the partition aws-iso for us-isob": withKey("us-isob-east-1", keyArn("aws-iso", "us-isob-east-1")),
      "a partition that does not exist": withKey("eu-central-1", keyArn("aws-mars", "eu-central-1")),
      "a key of another region": withKey("eu-central-1", keyArn("aws", "eu-west-1")),
      "a key without an account": withKey("eu-central-1", keyArn("aws", "eu-central-1", "")),
      "a key of an account of 11 digits": withKey("eu-central-1", keyArn("aws", "eu-central-1", "12345678901")),
      "an alias": withKey("eu-central-1", "arn:aws:kms:eu-central-1:123456789012:alias/aws/ssm"),
      "the id of a key": withKey("eu-central-1", "11111111-2222-3333-4444-555555555555"),
      "a key with a wildcard": withKey("eu-central-1", "arn:aws:kms:eu-central-1:123456789012:key/*"),
      "an ARN of another service": withKey("eu-central-1", "arn:aws:iam::123456789012:role/key"),
      "a replica in the store's own region": replica({ region: "eu-central-1" }),
      "two replicas in one region": replica({ region: "eu-west-1" }, { region: "eu-west-1" }),
      "a replica in another partition": replica({ region: "cn-north-1" }),
      "a replica with a key of another region": replica({
        region: "eu-west-1",
        kmsKeyArn: keyArn("aws", "eu-central-1"),
      }),
      "a replica with a key of another partition": replica({
        region: "eu-west-1",
        kmsKeyArn: keyArn("aws-cn", "eu-west-1"),
      }),
      "a replica that is a text": replica("eu-west-1"),
    }),
    ...accepted({
      "a key of China in China": withKey("cn-north-1", keyArn("aws-cn", "cn-north-1")),
      "a key of the European cloud": withKey("eusc-de-east-1", keyArn("aws-eusc", "eusc-de-east-1")),
      "a key of a secret region": withKey("us-isof-south-1", keyArn("aws-iso-f", "us-isof-south-1")),
      "a key of another account": withKey("eu-central-1", keyArn("aws", "eu-central-1", "210987654321")),
      "a multi-Region key": withKey(
        "eu-central-1",
        "arn:aws:kms:eu-central-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab",
      ),
      "a replica with a key": replica({ region: "eu-west-1", kmsKeyArn: keyArn("aws", "eu-west-1") }),
    }),
    ...values(
      refused,
      "account",
      ["stores", "parameters", "accountId"],
      ["", "12345678901", "1234567890123", "1234-5678-9012", "root"],
    ),
    ...values(
      refused,
      "location in Azure",
      ["stores", "azure", "location"],
      ["", "West Europe", "west-europe", "WESTEUROPE", "europe-west3", "eu-central-1", 7],
    ),
    ...values(
      accepted,
      "location in Azure",
      ["stores", "azure", "location"],
      ["germanywestcentral", "eastus2", "usgovvirginia", "chinanorth3"],
    ),
    ...values(
      refused,
      "location in Google Cloud",
      ["stores", "google", "locations"],
      ["europe-west3-a", "westeurope", "eu-central-1", "EUROPE-WEST3", "global", ""].map((location) => [{ location }]),
    ),
    ...values(
      accepted,
      "location in Google Cloud",
      ["stores", "google", "locations"],
      ["europe-west3", "northamerica-northeast1", "us-east4", "europe-west12"].map((location) => [{ location }]),
    ),
    ...refused({
      "one location twice": ({ facts }) =>
        void (at(facts, "stores", "google")["locations"] = [
          { location: "europe-west3" },
          { location: "europe-west3" },
        ]),
    }),
  ],
};
