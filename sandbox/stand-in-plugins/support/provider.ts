import type { PropertyMap } from "./values.ts";

/** One finding of a check: which property, and why. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** What a check answers: the inputs to go on with, and what is wrong with them. */
export interface CheckResult {
  readonly inputs: PropertyMap;
  readonly failures?: readonly CheckFailure[];
}

/** How one property changes. */
export type DiffKind = "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";

/** The change of one property. */
export interface PropertyDiff {
  readonly kind: DiffKind;
  /** The paths compared are inputs, not live state. */
  readonly inputDiff?: boolean;
}

/** What would change, by property path; empty means nothing. */
export interface DiffResult {
  readonly detailed: Readonly<Record<string, PropertyDiff>>;
  readonly replaces?: readonly string[];
  readonly deleteBeforeReplace?: boolean;
}

/** How loud a line is. */
export type Severity = "info" | "warning";

/** Says a line to the person who runs the update. */
export interface Log {
  /** Stays on the screen. */
  readonly info: (message: string) => void;
  /** Stays on the screen, counted as a warning. */
  readonly warn: (message: string) => void;
  /** Progress, a note unless said otherwise: replaced by the next one; the empty string clears it. */
  readonly status: (message: string, severity?: Severity) => void;
}

/** What every request about a resource carries. */
export interface ResourceRequest {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly log: Log;
  /** Aborted when the user cancels the update. */
  readonly signal: AbortSignal;
}

/** Asks for the inputs to be validated and completed. */
export interface CheckRequest extends ResourceRequest {
  readonly oldInputs: PropertyMap;
  readonly newInputs: PropertyMap;
  readonly randomSeed: Uint8Array;
}

/** Asks what would change. */
export interface DiffRequest extends ResourceRequest {
  readonly id: string;
  readonly oldInputs: PropertyMap;
  readonly oldOutputs: PropertyMap;
  readonly newInputs: PropertyMap;
  readonly ignoreChanges: readonly string[];
}

/** Asks for the resource to be created, or at preview for what it would look like. */
export interface CreateRequest extends ResourceRequest {
  readonly inputs: PropertyMap;
  readonly timeoutSeconds: number;
  readonly preview: boolean;
}

/** Asks for the live state; without old inputs it is an import. */
export interface ReadRequest extends ResourceRequest {
  readonly id: string;
  readonly oldInputs: PropertyMap;
  readonly oldOutputs: PropertyMap;
}

/** Asks for the resource to be changed in place. */
export interface UpdateRequest extends DiffRequest {
  readonly timeoutSeconds: number;
  readonly preview: boolean;
}

/** Asks for the resource to be deleted. */
export interface DeleteRequest extends ResourceRequest {
  readonly id: string;
  readonly oldInputs: PropertyMap;
  readonly oldOutputs: PropertyMap;
  readonly timeoutSeconds: number;
}

/** What exists after a creation; the id is empty at preview. */
export interface Created {
  readonly id: string;
  readonly outputs: PropertyMap;
}

/** What a read found. */
export interface Found {
  readonly id: string;
  readonly outputs: PropertyMap;
  readonly inputs: PropertyMap;
}

/** Everything that can be asked about one type of resource. */
export interface ResourceHandler {
  readonly check: (request: CheckRequest) => Promise<CheckResult>;
  readonly diff: (request: DiffRequest) => Promise<DiffResult>;
  readonly create: (request: CreateRequest) => Promise<Created>;
  /** `undefined` means that it is gone. */
  readonly read: (request: ReadRequest) => Promise<Found | undefined>;
  readonly update: (request: UpdateRequest) => Promise<PropertyMap>;
  readonly delete: (request: DeleteRequest) => Promise<void>;
}

/** Asks for a function's result. */
export interface InvokeRequest {
  readonly token: string;
  readonly args: PropertyMap;
  readonly preview: boolean;
  /** Of no resource: what is said belongs to the whole run. */
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** A plugin: its configuration, its resources, its functions. */
export interface StandInProvider {
  /** The package's name, such as `vault`. */
  readonly name: string;
  readonly checkConfig: (newConfig: PropertyMap) => Promise<CheckResult>;
  readonly diffConfig: (oldConfig: PropertyMap, newConfig: PropertyMap) => Promise<DiffResult>;
  readonly configure: (config: PropertyMap) => Promise<void>;
  /** Throws for a type that this stand-in does not implement. */
  readonly resource: (type: string) => ResourceHandler;
  readonly invoke: (request: InvokeRequest) => Promise<PropertyMap>;
}
