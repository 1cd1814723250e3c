import { readFileSync, readdirSync, statSync } from "node:fs";

/** Files that sources consist of. Readers get them from here, so that they are pure. */
export interface SourceFiles {
  /** `undefined` where there is no such file or folder. */
  readonly kindOf: (path: string) => "file" | "folder" | undefined;
  /** Names in a folder, sorted. */
  readonly list: (folder: string) => readonly string[];
  /** Bytes of a file; `undefined` where it can't be read. */
  readonly read: (file: string) => Uint8Array | undefined;
}

/** The files of this machine. */
export const machineFiles: SourceFiles = {
  kindOf: (path) => {
    const stat = attempt(() => statSync(path));
    return stat === undefined ? undefined : stat.isDirectory() ? "folder" : "file";
  },
  list: (folder) => attempt(() => readdirSync(folder).sort()) ?? [],
  read: (file) => attempt(() => readFileSync(file)),
};

/** The system's messages hold paths and nothing that helps more. */
function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

/** Bytes as text; `undefined` where they are not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
