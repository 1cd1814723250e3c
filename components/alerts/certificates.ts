import { X509Certificate } from "node:crypto";

/**
 * When the first certificate of a PEM bundle expires; `undefined` where none of it can be read. Pure.
 *
 * @param bundle certificates one after the other, as facts bring them.
 */
export function firstExpiry(bundle: string): Date | undefined {
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const times = blocks.flatMap((pem) => {
    try {
      return [Date.parse(new X509Certificate(pem).validTo)];
    } catch {
      return [];
    }
  });
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}
