import { randomUUID } from "node:crypto";
import { generated, KEEPERS, validKeepers } from "./generated.ts";

/** `RandomUuid`: its id is its result, neither is secret (hashicorp/terraform-provider-random, resource_uuid.go). */
export const randomUuid = generated({
  fields: { keepers: KEEPERS },
  computed: ["result"],
  validate: validKeepers,
  settle: (inputs) => inputs,
  generate: (settled) => {
    const result = randomUUID();
    return Promise.resolve({ id: result, outputs: { ...settled, result } });
  },
  adopt: (id) => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new Error("the id to import is not a UUID");
    return Promise.resolve({ id, outputs: { result: id } });
  },
});
