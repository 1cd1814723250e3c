import type { Place } from "../model.ts";

/** Something in a file that a migration has made obsolete, and that can be taken out of it. */
export interface ObsoletePart {
  /** What it is, by name. */
  readonly what: string;
  /** Lines of the file, from 1 on. */
  readonly first: number;
  readonly last: number;
  /** The lines, without anything that may be a value. */
  readonly shown: readonly string[];
  /** What to look at as well. */
  readonly note?: string;
}

/** A file with what is obsolete in it. */
export interface ObsoleteFile {
  readonly file: string;
  readonly parts: readonly ObsoletePart[];
  /** Places of the parts, as the sources name them. */
  readonly places: readonly Place[];
  /** The file as it is, and as it will be: with values, for what writes it. */
  readonly before: string;
  readonly after: string;
  /** Whether nothing but comments would be left, so that the file itself is obsolete: people remove it, with what names it. */
  readonly isWhole: boolean;
}

/** What version control knows of a file. */
export type Revision =
  /** As it was committed. */
  | "committed"
  /** It has changes that are not. */
  | "changed"
  /** Version control does not have it: nobody brings it back. */
  | "untracked";

/** What a retirement has found, and done. */
export interface Retirement {
  readonly environment: string;
  /** `<namespace>/<Secret>`. */
  readonly secrets: readonly string[];
  readonly files: readonly (Omit<ObsoleteFile, "before" | "after" | "places"> & { readonly revision: Revision })[];
  /** What is left for people. */
  readonly people: readonly string[];
  /** Whether the files were written. */
  readonly isWritten: boolean;
  /** Whether the migration has ended. */
  readonly isEnded: boolean;
}
