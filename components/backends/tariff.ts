/**
 * What a kind of store costs and how many calls it takes. Prices are in US dollars, as texts, since a sum of binary
 * fractions is not exact to the cent. They are list prices of the cheapest large region (us-east-1, East US,
 * us-central1); free tiers, taxes and contracts are not in them. Check them against the vendor's calculator before you
 * quote them.
 */

/** Day on which the pages were read that tariffs name. */
export const pricesReadOn = "2026-11-22";

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
  /** Pages that the numbers are from; none where nothing of it is in a price list. */
  readonly sources: readonly string[];
}

/** Where nothing is charged for objects or reads. */
export const free = { standard: "0", advanced: "0" } as const;
