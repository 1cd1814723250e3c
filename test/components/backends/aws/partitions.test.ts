import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { awsPartitionOf, awsPartitions, awsRegions } from "../../../../components/backends/aws/partitions.ts";

interface SdkPartition {
  readonly id: string;
  readonly outputs: { readonly dnsSuffix: string };
  readonly regions: Readonly<Record<string, unknown>>;
}

/** The table of AWS' own SDK. Its package exports a function that asks it, and not the table itself. */
async function sdkPartitions(): Promise<readonly SdkPartition[] | undefined> {
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve("@aws-sdk/core");
  } catch {
    return undefined;
  }
  const file = new URL("../dist-es/submodules/client/util-endpoints/lib/aws/partitions.js", pathToFileURL(entry));
  const { partitionsInfo } = (await import(file.href)) as {
    readonly partitionsInfo: { readonly partitions: readonly SdkPartition[] };
  };
  return partitionsInfo.partitions;
}

describe("partitions of AWS", () => {
  it("are those of AWS' own SDK", async function () {
    const theirs = await sdkPartitions();
    // It comes with the end-to-end tests, which may be left out.
    if (theirs === undefined) return this.skip();
    assert.deepEqual(
      awsPartitions,
      theirs.map(({ id, outputs, regions }) => ({
        id,
        dnsSuffix: outputs.dnsSuffix,
        regions: Object.keys(regions).filter((region) => !region.endsWith("-global")),
      })),
    );
  });

  it("share no region", () => {
    assert.equal(new Set(awsRegions).size, awsRegions.length);
    assert.equal(awsPartitionOf("eusc-de-east-1")?.id, "aws-eusc");
    assert.equal(awsPartitionOf("us-isof-south-1")?.id, "aws-iso-f");
    assert.equal(awsPartitionOf("constructor"), undefined);
  });
});
