import { m } from '#lib/paraglide/messages.js';
import { formatNumber, formatShare } from '#lib/text/numbers.ts';
import { responseRate, type Responses } from '#lib/visits/response.ts';

type Lang = 'id' | 'en';

/** The response rate; a dash where it would speak of too few visits. */
export function responseShare(of: Responses, lang: Lang): string {
	const rate = responseRate(of);
	return rate === null ? '–' : formatShare(rate, lang);
}

/** Of how many visits, or why there is no rate. */
export function responseNote(of: Responses, lang: Lang): string {
	if (of.visits === 0) return m.insight_sum_no_visits();
	if (responseRate(of) === null) return m.insight_sum_few_visits();
	const { answered, visits } = of;
	return m.insight_sum_response_detail({ answered: formatNumber(answered, lang), visits: formatNumber(visits, lang) });
}
