import { WriteStream } from 'node:tty';
import { inspect } from 'node:util';

/**
 * How texts are coloured on a stream: not at all unless it is a terminal that can, or FORCE_COLOR says so; and never where
 * NO_COLOR does (no-color.org).
 */
export function coloursOf(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv,
): (style: 'red' | 'bold', text: string) => string {
  const { NO_COLOR, FORCE_COLOR } = env;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  const wanted = !NO_COLOR && (forced || (stream.isTTY === true && FORCE_COLOR === undefined));
  return wanted && (forced || depthOf(env) > 1) ? painted : (_, text) => text;
}

/** Not `styleText`: newer versions of Node ask a stream of their own choice whether it is a terminal. */
function painted(style: 'red' | 'bold', text: string): string {
  const [on, off] = inspect.colors[style] ?? [0, 0];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

const depthOf = (env: NodeJS.ProcessEnv): number => WriteStream.prototype.getColorDepth(env);
