import { configPath } from "../support/messages/config-command.ts";

/** How a store rotates a secret by itself, with a function of somebody else's. */
export interface NativeRotationSpec {
  /** ARN of the Lambda function that rotates. */
  readonly lambdaArn: string;
  /** Days between rotations; absent where there is a schedule. */
  readonly automaticallyAfterDays?: number;
  /** `rate(…)` or `cron(…)`; absent where there are days. */
  readonly scheduleExpression?: string;
  /** Length of the window of each rotation, such as `3h`. Default: to the end of the day (UTC), or of the hour. */
  readonly duration?: string;
  /** Whether the store rotates at once when this is set up, too. */
  readonly rotateImmediately: boolean;
  /** Whether the store goes on after `destroy`. Policy decides. */
  readonly retain: boolean;
}

/** Native rotations of a store, by `<app>/<secret>`. */
export type NativeRotations = Readonly<Record<string, NativeRotationSpec>>;

/** Path of the fact that has a store rotate a secret. */
export function nativeRotationPath(store: string, id: string): string {
  return configPath(["stores", store, "nativeRotation", id]);
}
