import type { LineCounter } from "yaml";
import { own } from "../own.ts";

/**
 * What is wrong with a file of YAML, by the code of an error of the library `yaml`: in words that hold nothing of the file,
 * which the library's own messages quote. Pure.
 */
export function yamlProblem({ code }: { readonly code: string }): string {
  return own(problems, code) ?? "is no YAML here: check indentation, quotation marks and brackets";
}

const problems: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "is indented by a tab; indent by spaces",
  BAD_INDENT: "is indented by another number of spaces than the lines that it belongs to, or lacks a closing bracket",
  BLOCK_AS_IMPLICIT_KEY: "has a second colon with a space behind it; put the value in quotation marks",
  MULTILINE_IMPLICIT_KEY:
    "is no key with a value: write <key>: <value>, and a value that holds a colon in quotation marks",
  MISSING_CHAR: "lacks a closing quotation mark or bracket, a comma, or a colon with a space behind it",
  BAD_SCALAR_START: "begins with a character that means something else in YAML; put the value in quotation marks",
  BAD_DQ_ESCAPE:
    "has a backslash that YAML does not know in double quotation marks; write it twice, or use single ones",
  BAD_ALIAS:
    "names an anchor (*name) that no value before it has (&name); put a value that begins with * in quotation marks",
  DUPLICATE_KEY: "has a key for the second time",
  KEY_OVER_1024_CHARS: "has a key of more than 1024 characters",
  TAG_RESOLVE_FAILED: "has a tag (!) that is not known; put a value that begins with ! in quotation marks",
  BAD_DIRECTIVE: "begins with %, which YAML keeps for itself; put the value in quotation marks",
};

/** Line and column of an offset in a file, both from 1 on. */
export function yamlPlace(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
