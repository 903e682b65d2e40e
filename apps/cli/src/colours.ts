import { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

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
  return wanted && (forced || depthOf(env) > 1) ? (style, text) => styleText(style, text) : (_, text) => text;
}

const depthOf = (env: NodeJS.ProcessEnv): number => WriteStream.prototype.getColorDepth(env);
