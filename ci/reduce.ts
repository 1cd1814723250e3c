import { readFileSync } from "node:fs";
import { readPreview, reducedPreview } from "./preview.ts";

/**
 * Reduces a preview to names, from standard input to standard output:
 * `pulumi preview --json | node ci/reduce.ts > preview-dev.json`. The whole document has the configuration and every
 * input that is not marked secret; an artifact of a workflow, which everybody who reads the repository may download, must not.
 */
process.stdout.write(reducedPreview(readPreview(readFileSync(process.stdin.fd, "utf8"))));
