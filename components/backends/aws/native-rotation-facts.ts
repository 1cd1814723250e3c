import { z } from "zod";
import type { NativeRotations } from "../native-rotation.ts";

const entry = z
  .strictObject({
    lambdaArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]+)?$/,
        "must be the ARN of a Lambda function (arn:aws:lambda:<region>:<account>:function:<name>)",
      ),
    automaticallyAfterDays: z.int().min(1).max(1000).optional(),
    scheduleExpression: z
      .string()
      .regex(/^(rate|cron)\([^()]{1,240}\)$/, "must be rate(…) or cron(…)")
      .optional(),
    duration: z
      .string()
      .regex(/^([1-9]|1\d|2[0-4])h$/, "must be 1h to 24h")
      .optional(),
    rotateImmediately: z.boolean().default(false),
  })
  .refine(
    ({ automaticallyAfterDays: days, scheduleExpression: schedule }) =>
      (days === undefined) !== (schedule === undefined),
    { error: "must have automaticallyAfterDays or scheduleExpression, and not both" },
  );

/** Secrets that Secrets Manager rotates with a Lambda function, by `<app>/<secret>`. */
export const nativeRotation = z.record(z.string(), entry).default({});

/** The rotations of a store's spec. */
export function nativeRotationsOf(
  facts: z.output<typeof nativeRotation>,
  { retain }: { readonly retain: boolean },
): { readonly nativeRotations?: NativeRotations } {
  const entries = Object.entries(facts).map(([id, each]) => {
    const { lambdaArn, automaticallyAfterDays: days, scheduleExpression, duration, rotateImmediately } = each;
    const often =
      days === undefined ? { scheduleExpression: scheduleExpression ?? "" } : { automaticallyAfterDays: days };
    const window = duration === undefined ? {} : { duration };
    return [id, { lambdaArn, ...often, ...window, rotateImmediately, retain }] as const;
  });
  return entries.length === 0 ? {} : { nativeRotations: Object.fromEntries(entries) };
}
