import { NOT_KNOWN } from './evaluate-filter.js';
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

/** A boolean expression over `record_view v`, in which NULL is UNKNOWN. */
export interface CompiledFilter {
  readonly sql: string;
  readonly params: (string | string[])[];
}

/**
 * The same truth as `evaluateFilter`, in SQL. The first parameter is `$firstParameter`; what the user wrote is only
 * ever a parameter. `where (…) is not false` keeps TRUE and UNKNOWN, as rules and search do.
 *
 * Columns are compared with leakproof operators only (=, <, >= on text, int8 and timestamptz), or row-level security
 * takes their indexes away. The one exception is a date as a bound of `occurred`: where it begins is arithmetic on
 * the view's offset.
 */
export function compileFilter(filter: ParsedFilter, firstParameter: number): CompiledFilter {
  const compiler = new FilterCompiler(firstParameter);
  return { sql: compiler.expression(filter.expression), params: compiler.params };
}

class FilterCompiler {
  readonly params: (string | string[])[] = [];

  constructor(private readonly firstParameter: number) {}

  expression(expression: FilterExpression): string {
    if (expression.kind === 'not') return `(not ${this.expression(expression.of)})`;
    if (expression.kind === 'all') return conjunction(expression.of.map((part) => this.expression(part)));
    if (expression.kind === 'any') return `(${expression.of.map((part) => this.expression(part)).join(' or ')})`;
    return this.#condition(expression);
  }

  #condition(condition: FilterCondition): string {
    switch (condition.kind) {
      case 'state':
        return this.#coded('v.state_fips', condition.wanted);
      case 'county':
        return this.#county(condition);
      case 'setting':
        return this.#coded('v.setting', condition.wanted);
      case 'conveyance':
        return this.#coded('v.conveyance', condition.wanted);
      case 'reliability':
        return this.#coded('v.source_reliability', condition.wanted);
      case 'credibility':
        return `(v.source_credibility = any(${this.#bind(condition.wanted.map(String), 'int2[]')}))`;
      case 'concealment':
        return this.#concealment(condition.wanted);
      case 'occurred':
        return this.#occurred(condition);
      case 'released':
        return this.#released(condition);
      case 'substance':
        return this.#substance(condition);
    }
  }

  #bind(value: string | readonly string[], type: 'text[]' | 'int2[]' | 'int8' | 'timestamptz'): string {
    this.params.push(typeof value === 'string' ? value : [...value]);
    return `$${this.firstParameter + this.params.length - 1}::${type}`;
  }

  /** NULL for what the view does not carry, and for UNKNOWN unless that is what was asked for. */
  #coded(column: string, wanted: readonly string[]): string {
    const known = wanted.includes(NOT_KNOWN) ? column : `nullif(${column}, '${NOT_KNOWN}')`;
    return `(${known} = any(${this.#bind(wanted, 'text[]')}))`;
  }

  #county({ wanted, states }: CountyCondition): string {
    const inCounty = `v.county_fips = any(${this.#bind(wanted, 'text[]')})`;
    const inState = `v.state_fips = any(${this.#bind(states, 'text[]')})`;
    return `(case when v.county_fips is not null then ${inCounty} when ${inState} then null else false end)`;
  }

  #concealment(wanted: readonly string[]): string {
    const rows = 'from record_view_concealment c where c.record_id = v.record_id and c.rank = v.rank';
    const anyWanted = `true = any (select ${this.#coded('c.concealment', wanted)} ${rows})`;
    return `(case when exists (select 1 ${rows}) then ${anyWanted} end)`;
  }

  #occurred({ from, to }: OccurredCondition): string {
    const parts: string[] = [];
    if (from) {
      const bound = this.#moment(from);
      parts.push(band(`v.occurred_from >= ${bound}`, `v.occurred_to <= ${bound}`));
    }
    if (to) {
      const bound = this.#moment(to);
      parts.push(band(`v.occurred_to <= ${bound}`, `v.occurred_from >= ${bound}`));
    }
    return conjunction(parts);
  }

  #released({ fromMs, toMs }: ReleasedCondition): string {
    const parts: string[] = [];
    if (fromMs !== null) parts.push(`v.released_at >= ${this.#instant(fromMs)}`);
    if (toMs !== null) parts.push(`v.released_at < ${this.#instant(toMs)}`);
    return conjunction(parts);
  }

  #moment({ kind, epochMs }: Moment): string {
    const instant = this.#instant(epochMs);
    return kind === 'date' ? `(${instant} - make_interval(mins => v.offset_minutes))` : instant;
  }

  #instant(epochMs: number): string {
    return this.#bind(new Date(epochMs).toISOString(), 'timestamptz');
  }

  /** `true = any (…)` over the substances is Kleene's OR: TRUE, else NULL where one is NULL, else FALSE; none: FALSE. */
  #substance(condition: SubstanceCondition): string {
    const { deaCodes, categories, forms, laboratoryStatuses } = condition;
    const parts: string[] = [];
    if (deaCodes) {
      const wanted = `s.dea_code = any(${this.#bind(deaCodes, 'text[]')})`;
      const known = `when s.dea_code is not null then ${wanted}`;
      parts.push(`(case ${known} when s.category = '${NOT_KNOWN}' then null else false end)`);
    }
    if (categories) parts.push(this.#coded('s.category', categories));
    if (forms) parts.push(this.#coded('s.form', forms));
    if (laboratoryStatuses) parts.push(this.#coded('s.laboratory_status', laboratoryStatuses));
    parts.push(...this.#atLeast('milligrams', condition.minMilligrams));
    parts.push(...this.#atMost('milligrams', condition.maxMilligrams));
    parts.push(...this.#atLeast('units', condition.minUnits));
    parts.push(...this.#atMost('units', condition.maxUnits));
    const rows = 'from record_view_substance s where s.record_id = v.record_id and s.rank = v.rank';
    return `(true = any (select ${conjunction(parts)} ${rows}))`;
  }

  #atLeast(measure: 'milligrams' | 'units', bound: bigint | null): string[] {
    if (bound === null) return [];
    const value = this.#bind(bound.toString(), 'int8');
    return [band(`s.min_${measure} >= ${value}`, `s.max_${measure} < ${value}`)];
  }

  #atMost(measure: 'milligrams' | 'units', bound: bigint | null): string[] {
    if (bound === null) return [];
    const value = this.#bind(bound.toString(), 'int8');
    return [band(`s.max_${measure} <= ${value}`, `s.min_${measure} > ${value}`)];
  }
}

const conjunction = (parts: readonly string[]): string => (parts.length === 0 ? 'true' : `(${parts.join(' and ')})`);

/** Of a band or an interval: wholly inside, wholly outside, or across the bound (and NULL where there is none). */
const band = (inside: string, outside: string): string =>
  `(case when ${inside} then true when ${outside} then false end)`;
