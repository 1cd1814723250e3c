import type { Recipe } from "../../../../components/values/recipe.ts";
import type { CatalogueDelivery, CatalogueSecret } from "../../../environments/catalogue-spec.ts";

/** A secret as far as it could be read. */
export interface SecretDraft {
  readonly app: string;
  readonly name: string;
  readonly secret: CatalogueSecret;
  /** Names of all of its keys, be their recipes readable or not. */
  readonly names: ReadonlySet<string>;
  /** Its recipes that could be read, those of some environments among them. */
  readonly recipes: Readonly<Record<string, Recipe>>;
  /** Whether its keys are known: what names another is then wrong. */
  readonly isWhole: boolean;
}

/** A delivery as far as it could be read. */
export interface DeliveryDraft {
  readonly path: readonly PropertyKey[];
  readonly delivery: CatalogueDelivery;
}

/** An application as far as it could be read. */
export interface ApplicationDraft {
  readonly app: string;
  readonly secrets: readonly SecretDraft[];
  readonly deliveries: readonly DeliveryDraft[];
  /** Whether the names of its secrets are known. */
  readonly namesKnown: boolean;
  /** Whether each of its deliveries could be read. */
  readonly deliveriesKnown: boolean;
}
