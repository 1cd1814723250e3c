// What Pulumi loads. Plain JavaScript: it would compile TypeScript itself, and check types at each preview, while Node runs it as it is.
import { registerPack } from "./pack.ts";

registerPack();
