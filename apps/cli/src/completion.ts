import type { Command } from './command.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const optionsOf = ({ options }: Command): string[] =>
  [...Object.keys(options).sort(), 'help'].map((name) => `--${name}`);
/** Of what stands behind a command: its words, then its options, then files. */
const wordsOf = (command: Command): string => [...(command.words ?? []), ...optionsOf(command)].join(' ');

/** What a shell reads to complete `concord`; made of the commands themselves, so that it knows what they know. */
export function completionFor(shell: Shell, commands: readonly Command[]): string {
  const names = ['help', ...commands.map(({ name }) => name)].join(' ');
  switch (shell) {
    case 'bash':
      return bash(names, commands);
    case 'zsh':
      return `#compdef concord\nautoload -U +X bashcompinit && bashcompinit\n${bash(names, commands)}`;
    case 'fish':
      return fish(commands);
  }
}

const bash = (names: string, commands: readonly Command[]): string => `_concord() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then words="${names}"
  else case "\${COMP_WORDS[1]}" in
${commands.map((command) => `    ${command.name}) words="${wordsOf(command)}" ;;`).join('\n')}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _concord concord
`;

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c concord -n __fish_use_subcommand -a ${command.name}`,
    ...(command.words ?? []).map(
      (word) => `complete -c concord -n '__fish_seen_subcommand_from ${command.name}' -a ${word}`,
    ),
    ...optionsOf(command).map(
      (option) => `complete -c concord -n '__fish_seen_subcommand_from ${command.name}' -l ${option.slice(2)}`,
    ),
  ]);
  return `${lines.join('\n')}\n`;
}
