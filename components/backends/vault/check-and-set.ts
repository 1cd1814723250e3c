import { samePayload } from "../remote-object.ts";

/** Metadata that is written with a value. */
export interface Metadata {
  readonly maxVersions: number;
  readonly casRequired?: boolean;
  readonly data: Readonly<Record<string, string>>;
}

/** Options of a write. */
export interface Options {
  readonly [key: string]: string;
  /** Version that it must find. */
  readonly cas: string;
}

/**
 * The options of a write over an object of ours. Where nothing is written they must stay as they are in the state: as an
 * input like any other, another number alone would make the provider write, and each write makes a version.
 *
 * @param written number of the value and its metadata, where the state does not hold the value.
 */
export function optionsOver(
  state: Readonly<Record<string, unknown>>,
  payload: string,
  wanted: Metadata,
  written?: number,
): Options | undefined {
  const { dataJson, dataJsonWoVersion, options, metadata, customMetadata, deleteAllVersions } = state as State;
  const unchanged =
    written === undefined
      ? samePayload(dataJson ?? "", payload) && sameMetadata(customMetadata, wanted)
      : written === dataJsonWoVersion;
  return unchanged && deleteAllVersions === true ? options : { cas: metadata?.["version"] ?? "0" };
}

interface State {
  /** False only where the object was imported: setting it is a write as well. */
  readonly deleteAllVersions?: boolean;
  readonly dataJson?: string;
  readonly dataJsonWoVersion?: number;
  readonly options?: Options;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly customMetadata?: Partial<Metadata>;
}

/** Canonical text of the metadata of a value: equal for the wanted metadata and for that in the state. */
export function metadataText({ maxVersions, casRequired, data }: Partial<Metadata> = {}): string {
  return JSON.stringify([maxVersions, casRequired ?? false, Object.entries(data ?? {}).sort()]);
}

function sameMetadata(old: Partial<Metadata> | undefined, wanted: Metadata): boolean {
  const data = Object.entries(wanted.data);
  return (
    old?.maxVersions === wanted.maxVersions &&
    (old.casRequired ?? false) === (wanted.casRequired ?? false) &&
    Object.keys(old.data ?? {}).length === data.length &&
    data.every(([key, value]) => old.data?.[key] === value)
  );
}
