import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** How a vendor publishes the checksum of a file. */
export interface PublishedChecksum {
  readonly url: string;
  readonly algorithm: "sha256" | "sha512";
  /** `alone`: nothing but the digest. `list`: lines of digest and name. `github`: the assets of a release as GitHub's API has them. */
  readonly form: "alone" | "list" | "github";
}

/** The digest of one file in what was published; undefined where there is none. */
export function digestIn(text: string, form: PublishedChecksum["form"], name: string): string | undefined {
  switch (form) {
    case "alone":
      return text.trim().split(/\s+/)[0];
    case "list": {
      const line = text.split("\n").find((each) => each.trim().split(/\s+\*?/)[1] === name);
      return line?.trim().split(/\s+/)[0];
    }
    case "github": {
      const { assets = [] } = JSON.parse(text) as { assets?: readonly { name: string; digest?: string | null }[] };
      // "sha256:…", which GitHub computes when a file is uploaded.
      return assets.find((asset) => asset.name === name)?.digest?.split(":")[1];
    }
  }
}

/** A file's digest, in hexadecimal. */
export async function digestOf(file: string, algorithm: PublishedChecksum["algorithm"]): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
