import { clearLine, cursorTo } from "node:readline";
import type { WriteStream } from "node:tty";

/** Says what a command is doing. */
export interface Progress {
  /** What is being done from now on: `reading 3 sources`. Names only, never a value. */
  readonly step: (text: string) => void;
  /** Takes the last step off the screen. */
  readonly end: () => void;
}

const silent: Progress = { step: () => undefined, end: () => undefined };

/** One line that is written over. Nothing where the stream is no terminal. */
export function progressOn(stream: Pick<WriteStream, "isTTY" | "columns" | "write">): Progress {
  if (!stream.isTTY) return silent;
  const clear = () => {
    cursorTo(stream as WriteStream, 0);
    clearLine(stream as WriteStream, 0);
  };
  return {
    step: (text) => {
      clear();
      stream.write(`… ${text}`.slice(0, stream.columns || 80));
    },
    end: clear,
  };
}
