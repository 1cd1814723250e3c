import { hexToken, literal, password } from "../../components/values/recipe.ts";
import type { Catalogue } from "../../stacks/environments/catalogue-spec.ts";
import { storeRows, type StoreRow } from "./rows.ts";

/** Name of the one Secret in each namespace. */
export const proofSecret = "credentials";

/** One declared secret, delivered into the namespace of each row: only facts say which store each of them reads. */
export function proofCatalogue(rows: readonly StoreRow[] = storeRows): Catalogue {
  const keys = { username: literal("proof"), password: password(), token: hexToken(32) };
  return {
    proof: {
      secrets: { [proofSecret]: { keys } },
      deliveries: rows.map(({ namespace }) => ({ namespace, secretName: proofSecret, from: [proofSecret] })),
    },
  };
}
