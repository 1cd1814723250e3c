import type { PropertyMap } from "./values.ts";

/** Asked for something that only the official plugin does. A stand-in never makes a result up instead. */
export class NotInStandIn extends Error {
  constructor(plugin: string, what: string) {
    super(
      `${what} is not implemented by the stand-in for the "${plugin}" plugin. ` +
        `Install the official one: pulumi plugin install resource ${plugin}`,
    );
    this.name = "NotInStandIn";
  }
}

/** What {@link InitializationFailed} keeps of the object that exists but is not ready. */
export interface PartialState {
  readonly id: string;
  readonly outputs: PropertyMap;
  readonly inputs?: PropertyMap;
  readonly reasons: readonly string[];
}

/**
 * The object was created or changed, but did not become ready. The engine keeps it in state with its reasons, so that
 * the next update repairs it instead of creating a second one.
 */
export class InitializationFailed extends Error {
  readonly partial: PartialState;
  constructor(message: string, partial: PartialState) {
    super(message);
    this.name = "InitializationFailed";
    this.partial = partial;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
