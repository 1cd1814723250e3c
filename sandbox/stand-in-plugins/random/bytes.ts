import { randomBytes as bytesOf } from "node:crypto";
import type { Created } from "../support/provider.ts";
import { type PropertyMap, secret } from "../support/values.ts";
import { atLeastOne, generated, KEEPERS, validKeepers } from "./generated.ts";

/**
 * `RandomBytes`. As in the official plugin the id IS the value: Terraform's id is "none", and pulumi-random computes the
 * Pulumi id from the secret `base64` output (pulumi/pulumi-random, provider/resources.go: computeRandomBytesID). Ids are
 * never encrypted.
 */
export const randomBytes = generated({
  fields: { keepers: KEEPERS, length: { forceNew: true } },
  computed: ["base64", "hex"],
  validate: (inputs) => [...atLeastOne("length", inputs["length"]), ...validKeepers(inputs)],
  settle: (inputs) => inputs,
  generate: (settled) => Promise.resolve(created(settled, bytesOf(Number(settled["length"])))),
  adopt: (id) => {
    const bytes = Buffer.from(id, "base64");
    return Promise.resolve(created({ length: bytes.length }, bytes));
  },
});

function created(settled: PropertyMap, bytes: Buffer): Created {
  const base64 = bytes.toString("base64");
  return { id: base64, outputs: { ...settled, base64: secret(base64), hex: secret(bytes.toString("hex")) } };
}
