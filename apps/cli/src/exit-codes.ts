/** What the program ends with; docs/cli.md is printed from it. */
export const EXIT_CODES = {
  done: { code: 0, meaning: 'Done.' },
  failed: { code: 1, meaning: 'It failed, or what it found is not in order.' },
  usage: {
    code: 2,
    meaning: 'Asked for in a way that cannot be meant; nothing was done. The help of the command is printed.',
  },
} as const;
