import { readFileSync } from "node:fs";
import { readPreview, reducedPreview } from "./preview.ts";

/**
 * Reduces a preview to names, from standard input to standard output:
 * `pulumi preview --json | node ci/reduce.ts > preview-dev.json`. The full document contains the configuration and
 * every input that is not marked secret. Anyone with read access to the repository can download a workflow artifact, so
 * the artifact must not contain those.
 */
process.stdout.write(reducedPreview(readPreview(readFileSync(process.stdin.fd, "utf8"))));
