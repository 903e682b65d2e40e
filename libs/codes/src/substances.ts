import { DEA_CODES } from './dea-codes.data.js';
import type { SubstanceCategory } from './enumerations.js';

/** A single DEA code, or the first and last of a run of them. */
type CodeRange = number | readonly [first: number, last: number];

/**
 * Which class each DEA code falls in: the first line that holds the code decides, so exceptions stand above the runs they
 * lie in. By what the substance does rather than by its schedule, which files cathinones under hallucinogens. What
 * fits none of the classes (steroids, synthetic cannabinoids, which are not cannabis) is OTHER: no guess.
 */
const CATEGORIES: readonly (readonly [SubstanceCategory, readonly CodeRange[]])[] = [
  // What drugs are made of: lysergic acid, 1-phenylcyclohexylamine and PCC (to PCP), ANPP and norfentanyl (to fentanyl),
  // phenylacetone (P2P), and the "intermediates" of meperidine, methadone and moramide.
  ['PRECURSOR', [7300, 7460, 8333, 8366, 8501, 8603, [9232, 9234], 9254, 9802]],
  // 9811-9856 are all fentanyl-related, also the few whose name is only the formula (9816, 9825, 9843).
  ['FENTANYL', [9729, 9737, 9739, 9740, 9743, 9801, [9811, 9856]]],
  ['HEROIN', [9200]],
  ['COCAINE', [9040, 9041]],
  ['METHAMPHETAMINE', [1105]],
  // Lorcaserin suppresses appetite without being a stimulant, ecgonine is of coca without being cocaine; PMMA is like MDMA.
  ['OTHER', [1625, 9180]],
  ['HALLUCINOGEN', [1245]],
  // The 7xxx here are cathinones (4-MEAP, alpha-PVP, MDPV, methylone ...) and benzylpiperazine.
  ['OTHER_STIMULANT', [[1100, 1999], 7245, 7246, 7443, 7446, 7493, 7498, 7535, [7540, 7549]]],
  ['DEPRESSANT', [[2010, 2999], 7295, 8192]],
  ['CANNABIS', [7350, 7360, 7365, 7369, 7370]],
  [
    'HALLUCINOGEN',
    [7249, 7260, 7285, 7286, 7310, 7315, 7348, 7381, 7385, [7390, 7396], [7399, 7439], [7455, 7484], [7508, 7538]],
  ],
  // Opiates, opioids and their antagonists; the runs above have taken out coca, fentanyl, heroin and precursors.
  ['OTHER_OPIOID', [[9010, 9873]]],
];

const NAMES: ReadonlyMap<string, string> = new Map(DEA_CODES);

/** Whether the text is one of the DEA's four-digit codes, of which the table has 450. */
export function isDeaCode(text: string): boolean {
  return NAMES.has(text);
}

/** Name of a substance by its DEA code ('9801' is Fentanyl); null for a code that the table does not have. */
export function substanceName(deaCode: string): string | null {
  return NAMES.get(deaCode) ?? null;
}

/** Class of a substance by its DEA code; OTHER where none fits, UNKNOWN for a code that the table does not have. */
export function categoryOf(deaCode: string): SubstanceCategory {
  if (!NAMES.has(deaCode)) return 'UNKNOWN';
  const code = Number(deaCode);
  const line = CATEGORIES.find(([, ranges]) => ranges.some((range) => lies(code, range)));
  return line?.[0] ?? 'OTHER';
}

const codesByCategory = new Map<SubstanceCategory, readonly string[]>();

/** Every DEA code of a class. */
export function deaCodesOf(category: SubstanceCategory): readonly string[] {
  const known = codesByCategory.get(category) ?? [...NAMES.keys()].filter((code) => categoryOf(code) === category);
  codesByCategory.set(category, known);
  return known;
}

function lies(code: number, range: CodeRange): boolean {
  return typeof range === 'number' ? code === range : range[0] <= code && code <= range[1];
}
