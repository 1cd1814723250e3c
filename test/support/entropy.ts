import { createHash } from "node:crypto";
import type { Entropy } from "../../components/values/entropy.ts";

/** Bytes that look random and are the same in each run: SHA-256 of label and counter. */
export function knownEntropy(label = "entropy"): Entropy {
  let counter = 0;
  let buffered = Buffer.alloc(0);
  return (count) => {
    while (buffered.length < count) {
      const block = createHash("sha256").update(`${label}/${counter}`).digest();
      counter += 1;
      buffered = Buffer.concat([buffered, block]);
    }
    const taken = buffered.subarray(0, count);
    buffered = buffered.subarray(count);
    return Buffer.from(taken);
  };
}

/** Entropy that must not be asked. */
export const noEntropy: Entropy = (count) => {
  throw new Error(`nothing random was expected here, ${count} bytes were asked for`);
};
