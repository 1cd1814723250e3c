/** A reason is printed as it is. */
const legalReason = /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}]{1,200}$/u;

/** Whether a value is a reason: a line of 1 to 200 characters. */
export function isReason(value: unknown): boolean {
  return typeof value === "string" && legalReason.test(value);
}
