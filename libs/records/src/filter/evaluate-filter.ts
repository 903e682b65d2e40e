import type { QuantityView, SubstanceView } from '@concord/deidentification';
import type { FilteredContent } from './filter-fields.js';
import { every, negate, some, truthOf, type Truth } from './kleene.js';
import type {
  CountyCondition,
  FilterCondition,
  FilterExpression,
  Moment,
  OccurredCondition,
  ParsedFilter,
  ReleasedCondition,
  SubstanceCondition,
} from './parsed-filter.js';

/** What a filter looks at: one view of a record, and when it was released. */
export type FilterableView = FilteredContent & { readonly releasedAt: Date };

/** The code in our lists for what the submitter did not know. */
export const NOT_KNOWN = 'UNKNOWN';

/** Whether the record behind this view meets the filter, as far as the view tells. `compileFilter` says the same in SQL. */
export function evaluateFilter(filter: ParsedFilter, view: FilterableView): Truth {
  return evaluate(filter.expression, view);
}

function evaluate(expression: FilterExpression, view: FilterableView): Truth {
  if (expression.kind === 'all') return every(expression.of, (part) => evaluate(part, view));
  if (expression.kind === 'any') return some(expression.of, (part) => evaluate(part, view));
  if (expression.kind === 'not') return negate(evaluate(expression.of, view));
  return meets(expression, view);
}

function meets(condition: FilterCondition, view: FilterableView): Truth {
  switch (condition.kind) {
    case 'state':
      return isWanted(view.place.stateFips, condition.wanted);
    case 'county':
      return isInCounty(condition, view);
    case 'setting':
      return isWanted(view.place.setting, condition.wanted);
    case 'conveyance':
      return isWanted(view.conveyance, condition.wanted);
    case 'reliability':
      return isWanted(view.source?.reliability ?? null, condition.wanted);
    case 'credibility':
      return view.source === null ? 'UNKNOWN' : truthOf(condition.wanted.includes(view.source.credibility));
    case 'concealment':
      // Without methods the view does not carry them: the tables hold none and an empty list alike.
      if (!view.concealment?.length) return 'UNKNOWN';
      return some(view.concealment, (method) => isWanted(method, condition.wanted));
    case 'occurred':
      return occurredWithin(condition, view);
    case 'released':
      return releasedWithin(condition, view.releasedAt.getTime());
    case 'substance':
      return some(view.substances, (substance) => isSubstance(condition, substance));
  }
}

function isWanted(code: string | null, wanted: readonly string[]): Truth {
  if (code === null) return 'UNKNOWN';
  if (wanted.includes(code)) return 'TRUE';
  return code === NOT_KNOWN ? 'UNKNOWN' : 'FALSE';
}

function isInCounty({ wanted, states }: CountyCondition, { place }: FilterableView): Truth {
  if (place.countyFips !== null) return isWanted(place.countyFips, wanted);
  return states.includes(place.stateFips) ? 'UNKNOWN' : 'FALSE';
}

function occurredWithin({ from, to }: OccurredCondition, { occurred }: FilterableView): Truth {
  const [start, end] = [occurred.from.getTime(), occurred.to.getTime()];
  const instant = (moment: Moment): number =>
    moment.kind === 'date' ? moment.epochMs - occurred.offsetMinutes * 60_000 : moment.epochMs;
  const notBefore = from ? compare(start >= instant(from), end <= instant(from)) : 'TRUE';
  const before = to ? compare(end <= instant(to), start >= instant(to)) : 'TRUE';
  return every([notBefore, before], (truth) => truth);
}

function releasedWithin({ fromMs, toMs }: ReleasedCondition, releasedMs: number): Truth {
  return truthOf((fromMs === null || releasedMs >= fromMs) && (toMs === null || releasedMs < toMs));
}

function isSubstance(condition: SubstanceCondition, substance: SubstanceView): Truth {
  const { deaCodes, categories, forms, laboratoryStatuses } = condition;
  const codes = [
    deaCodes && hasDeaCode(substance, deaCodes),
    categories && isWanted(substance.category, categories),
    forms && isWanted(substance.form, forms),
    laboratoryStatuses && isWanted(substance.laboratoryStatus, laboratoryStatuses),
    amounts(condition, substance.quantity),
  ];
  return every(codes, (truth) => truth ?? 'TRUE');
}

function hasDeaCode({ deaCode, category }: SubstanceView, wanted: readonly string[]): Truth {
  if (deaCode !== null) return truthOf(wanted.includes(deaCode));
  return category === NOT_KNOWN ? 'UNKNOWN' : 'FALSE';
}

function amounts(condition: SubstanceCondition, quantity: QuantityView | null): Truth {
  const { minMilligrams, maxMilligrams, minUnits, maxUnits } = condition;
  const milligrams = quantity?.milligrams ?? null;
  const units = quantity?.units ?? null;
  const bounds = [
    atLeast(milligrams, minMilligrams),
    atMost(milligrams, maxMilligrams),
    atLeast(units, minUnits),
    atMost(units, maxUnits),
  ];
  return every(bounds, (truth) => truth);
}

type Band = { readonly min: bigint; readonly max: bigint } | null;

function atLeast(band: Band, bound: bigint | null): Truth {
  if (bound === null) return 'TRUE';
  return band ? compare(band.min >= bound, band.max < bound) : 'UNKNOWN';
}

function atMost(band: Band, bound: bigint | null): Truth {
  if (bound === null) return 'TRUE';
  return band ? compare(band.max <= bound, band.min > bound) : 'UNKNOWN';
}

/** Of a band or an interval: wholly inside, wholly outside, or across the bound. */
function compare(isInside: boolean, isOutside: boolean): Truth {
  if (isInside) return 'TRUE';
  return isOutside ? 'FALSE' : 'UNKNOWN';
}
