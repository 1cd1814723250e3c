/** Median and 95th percentile by nearest rank: each is one of the measurements. 0 where there are none. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
}

export function quantiles(measured: readonly number[]): Quantiles {
  const sorted = [...measured].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}
